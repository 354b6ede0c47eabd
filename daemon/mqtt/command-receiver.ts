/** Receives commands, runs each of them once, and replies. */
import { withTimeout } from '../../hal/os/async.ts';
import { LogLimit } from '../../hal/os/limits/log-limit.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import {
  type Command,
  type Commander,
  isEnding,
  isUrgent,
  type Outcome,
  type Progress,
  type Verb,
} from '../model/commands.ts';
import { clipText } from '../model/rounding.ts';
import type { Incoming } from './client/connection.ts';
import type { CommandMemory } from './command-memory.ts';
import type { Body } from './payloads/topics.ts';
import { type Addressee, parseRequest, type Request } from './request.ts';

type Reply = Body<'reply'>;

export interface ReceiverDeps extends ClockAndLog {
  readonly commander: Commander;
  readonly memory: CommandMemory;
  /** False until the network has set the clock: a Pi has none with a battery. */
  readonly isClockSet: () => boolean;
  /** Sends a reply, or drops it without a connection: the repeated command receives it. */
  readonly reply: (to: Addressee, reply: Reply) => void;
}

/**
 * Commands that run at once, by what must not wait for one another: those that take minutes, orders
 * that are saved, those of a drop, and its end, which also runs while the disk takes nothing.
 */
const RUNNING_MAX = { long: 8, order: 64, urgent: 64, ending: 64 } as const;
type Lane = keyof typeof RUNNING_MAX;
/** A disk that hangs would hold the places for ever. */
const SAVE_MS = 10_000;
/** An end comes behind what was asked for before it, but waits no longer for that. */
const END_SAVE_MS = 1_000;
const ADDRESSEES_MAX = 4;
const PROGRESS_EVERY_MS = 250;

/** Runs each command once, however often it is received. */
export class CommandReceiver {
  readonly #root: string;
  readonly #deps: ReceiverDeps;
  readonly #running = new Map<string, Addressee[]>();
  /** Those that ran before what was asked for before them. */
  #unsavedEnds = 0;
  readonly #counts: Record<Lane, number> = { long: 0, order: 0, urgent: 0, ending: 0 };
  readonly #refusals: LogLimit;

  constructor(root: string, deps: ReceiverDeps) {
    this.#root = root;
    this.#deps = deps;
    this.#refusals = new LogLimit(deps.clock.monotonicMs.bind(deps.clock));
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
    const { log } = this.#deps;
    const lane = laneOf(command.verb);
    const max = RUNNING_MAX[lane];
    if (this.#counts[lane] >= max)
      return this.#deps.reply(to, rejected(id, `${max} commands are running`));
    this.#running.set(id, [to]);
    this.#counts[lane] += 1;
    const ends = this.#unsavedEnds;
    try {
      if (!(await this.#accept(id, lane, command.isDryRun === true)))
        return this.#reply(id, rejected(id, 'too many commands in the last minutes'));
      if ((lane === 'urgent' || lane === 'long') && ends !== this.#unsavedEnds) {
        const overtaken = rejected(id, 'the drop was ended meanwhile', 'OVERTAKEN');
        return this.#reply(id, await this.#settle(id, overtaken));
      }
      log.debug('command accepted', { verb: command.verb, id, dryRun: command.isDryRun ?? false });
      this.#reply(id, { id, status: 'accepted', code: null, detail: null, result: null });
      const result = replyOf(id, await this.#execute(id, command, signal));
      const settling = this.#settle(id, result);
      const reply = lane === 'ending' ? result : await settling;
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
      this.#counts[lane] -= 1;
    }
  }

  /** False where it must not run. Rejects where a crash would let it run twice, which harms. */
  async #accept(id: string, lane: Lane, isDryRun: boolean): Promise<boolean> {
    // The ledger remembers orders, by their own ids and for ever.
    if (lane === 'order') return true;
    const { memory, clock, log } = this.#deps;
    const isEnd = lane === 'ending';
    const save = () => memory.accept(id, clock.monotonicMs());
    try {
      const isSaved = await this.#inTime(save, isEnd ? END_SAVE_MS : SAVE_MS);
      if (isSaved || !isEnd) return isSaved;
    } catch (error) {
      memory.forget(id);
      if (!isEnd) throw error;
      log.error('command not saved, and run', { id, reason: messageOf(error) });
    }
    if (!isDryRun) this.#unsavedEnds += 1;
    return true;
  }

  #inTime<T>(save: () => Promise<T>, timeoutMs = SAVE_MS): Promise<T> {
    const timeoutError = () => new Error('the disk does not answer');
    return withTimeout(save, { clock: this.#deps.clock, timeoutMs, timeoutError });
  }

  /** What cannot be saved is not answered with `done`: after a restart it would be another answer. */
  async #settle(id: string, reply: Reply): Promise<Reply> {
    try {
      await this.#inTime(() => this.#deps.memory.settle(id, reply));
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

  #logRefusal(code: string, topic: string): void {
    const refused = this.#refusals.count();
    if (refused === undefined) return;
    this.#deps.log.warn('commands refused', { refused, code, topic: clipText(topic, 128) });
  }

  #reply(id: string, reply: Reply): void {
    for (const to of this.#running.get(id) ?? []) this.#deps.reply(to, reply);
  }
}

function laneOf(verb: Verb): Lane {
  if (isEnding(verb)) return 'ending';
  if (isUrgent(verb)) return 'urgent';
  return verb === 'order' ? 'order' : 'long';
}

function replyOf(id: string, outcome: Outcome): Reply {
  const detail = clipText(outcome.detail, 1024);
  if (outcome.status === 'done')
    return { id, status: 'done', code: null, detail, result: outcome.result ?? null };
  return { id, status: outcome.status, code: clipText(outcome.code, 64), detail, result: null };
}

function rejected(id: string, detail: string, code = 'BUSY'): Reply {
  return { id, status: 'rejected', code, detail, result: null };
}
