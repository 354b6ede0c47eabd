/** Receives commands, runs each of them once, and replies. */
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { Command, Commander, Outcome, Progress } from '../model/commands.ts';
import { clipText } from '../model/rounding.ts';
import type { Incoming } from './client/connection.ts';
import type { CommandMemory } from './command-memory.ts';
import type { Body } from './payloads/topics.ts';
import { type Addressee, parseRequest, type Request } from './request.ts';

type Reply = Body<'reply'>;

export interface ReceiverDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly commander: Commander;
  readonly memory: CommandMemory;
  /** False until the network has set the clock: a Pi has none with a battery. */
  readonly isClockSet: () => boolean;
  /** Sends a reply, or drops it without a connection: the repeated command receives it. */
  readonly reply: (to: Addressee, reply: Reply) => void;
}

/** Commands that run at once. They do not wait for one another: `end` must not be delayed. */
const RUNNING_MAX = 8;
/** Orders that are saved at once, besides. */
const ORDERS_MAX = 64;
const ADDRESSEES_MAX = 4;
const PROGRESS_EVERY_MS = 250;
const LOG_EVERY_MS = 1_000;

/** Runs each command once, however often it is received. */
export class CommandReceiver {
  readonly #root: string;
  readonly #deps: ReceiverDeps;
  readonly #running = new Map<string, Addressee[]>();
  #orders = 0;
  #refused = 0;
  #refusalLoggedMs = Number.NEGATIVE_INFINITY;

  constructor(root: string, deps: ReceiverDeps) {
    this.#root = root;
    this.#deps = deps;
  }

  /** Resolves when the command is done. Never rejects. */
  async receive(message: Incoming, signal: AbortSignal): Promise<void> {
    const { clock, isClockSet } = this.#deps;
    const request = parseRequest(message, this.#root, isClockSet() ? clock.wallMs() : undefined);
    if (request.kind === 'ignore') return;
    if (request.kind === 'refuse') {
      this.#logRefusal(request.refusal.code, message.topic);
      this.#deps.reply(request.to, { id: request.id, ...request.refusal, result: null });
      return;
    }
    if (this.#isRepeat(request)) return;
    await this.#run(request, signal);
  }

  #isRepeat({ id, to }: Extract<Request, { kind: 'run' }>): boolean {
    const known = this.#deps.memory.find(id);
    if (known === undefined && !this.#running.has(id)) return false;
    const addressees = this.#running.get(id);
    if (addressees !== undefined && addressees.length < ADDRESSEES_MAX) addressees.push(to);
    if (known !== undefined) this.#deps.reply(to, known);
    return true;
  }

  async #run({ id, command, to }: Extract<Request, { kind: 'run' }>, signal: AbortSignal) {
    const { log, memory, clock } = this.#deps;
    // The ledger remembers orders, by their own ids and for ever.
    const isOrder = command.verb === 'order';
    const max = isOrder ? ORDERS_MAX : RUNNING_MAX;
    if ((isOrder ? this.#orders : this.#running.size - this.#orders) >= max)
      return this.#deps.reply(to, rejected(id, `${max} commands are running`));
    this.#running.set(id, [to]);
    if (isOrder) this.#orders += 1;
    try {
      if (!isOrder && !(await memory.accept(id, clock.monotonicMs())))
        return this.#reply(id, rejected(id, 'too many commands in the last minutes'));
      log.debug('command accepted', { verb: command.verb, id, dryRun: command.isDryRun ?? false });
      this.#reply(id, { id, status: 'accepted', code: null, detail: null, result: null });
      const reply = await this.#settle(id, replyOf(id, await this.#execute(id, command, signal)));
      log.debug('command done', { verb: command.verb, id, status: reply.status, code: reply.code });
      this.#reply(id, reply);
    } catch (error) {
      const detail = `the command cannot be saved: ${messageOf(error)}`;
      log.error('command not saved', { id, reason: messageOf(error) });
      this.#reply(id, {
        id,
        status: 'failed',
        code: 'DISK',
        detail: clipText(detail, 1024),
        result: null,
      });
    } finally {
      this.#running.delete(id);
      if (isOrder) this.#orders -= 1;
    }
  }

  /** What cannot be saved is not answered with `done`: after a restart it would be another answer. */
  async #settle(id: string, reply: Reply): Promise<Reply> {
    try {
      await this.#deps.memory.settle(id, reply);
      return reply;
    } catch (error) {
      const reason = messageOf(error);
      this.#deps.log.error('command result not saved', { id, reason });
      if (reply.status !== 'done') return reply;
      const detail = clipText(
        `it was done (${reply.detail}), but cannot be saved: ${reason}`,
        1024,
      );
      return { ...reply, status: 'failed', code: 'DISK', detail };
    }
  }

  async #execute(id: string, command: Command, signal: AbortSignal): Promise<Outcome> {
    let reportedMs = Number.NEGATIVE_INFINITY;
    const onProgress = ({ detail, ratio }: Progress) => {
      const nowMs = this.#deps.clock.monotonicMs();
      if (nowMs - reportedMs < PROGRESS_EVERY_MS) return;
      reportedMs = nowMs;
      const result = ratio === undefined ? null : { ratio };
      this.#reply(id, {
        id,
        status: 'progress',
        code: null,
        detail: clipText(detail, 1024),
        result,
      });
    };
    try {
      // The box may have started to shut down while the command was saved.
      signal.throwIfAborted();
      return await this.#deps.commander.run(command, onProgress, signal);
    } catch (error) {
      const code = signal.aborted ? 'INTERRUPTED' : 'INTERNAL';
      return { status: 'failed', code, detail: messageOf(error) };
    }
  }

  /** A flood of bad commands does not fill the journal. */
  #logRefusal(code: string, topic: string): void {
    this.#refused += 1;
    const nowMs = this.#deps.clock.monotonicMs();
    if (nowMs - this.#refusalLoggedMs < LOG_EVERY_MS) return;
    const refused = this.#refused;
    this.#refused = 0;
    this.#refusalLoggedMs = nowMs;
    this.#deps.log.warn('commands refused', { refused, code, topic: clipText(topic, 128) });
  }

  #reply(id: string, reply: Reply): void {
    for (const to of this.#running.get(id) ?? []) this.#deps.reply(to, reply);
  }
}

function replyOf(id: string, outcome: Outcome): Reply {
  const detail = clipText(outcome.detail, 1024);
  if (outcome.status === 'done')
    return { id, status: 'done', code: null, detail, result: outcome.result ?? null };
  return { id, status: outcome.status, code: clipText(outcome.code, 64), detail, result: null };
}

function rejected(id: string, detail: string): Reply {
  return { id, status: 'rejected', code: 'BUSY', detail, result: null };
}
