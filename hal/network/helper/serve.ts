/**
 * Serves the box, which keeps its connection: what it has asked for holds as long as that, and a
 * minute longer, so that a box that is started again finds its networks as they were.
 */
import type { Server, Socket } from 'node:net';
import * as v from 'valibot';
import { anySignal, Condition, pause, turns } from '../../os/async.ts';
import { LineReader } from '../../os/limits/lines.ts';
import { type ClockAndLog, messageOf } from '../../os/log.ts';
import { LINE_BYTES_MAX, type NetworkPlan, type Reply, requestSchema } from '../plan.ts';

export interface ServeDeps extends ClockAndLog {
  readonly networks: {
    apply(plan: NetworkPlan): Promise<Reply>;
    undo(): Promise<Reply>;
  };
  /** Whether the guests' network is still up, started by any program. */
  readonly hasGuests: (device: string) => boolean;
}

/** The box asks one thing at a time. */
const WAITING_MAX = 8;
/** A box that has crashed is back by then. */
export const LEASE_MS = 60_000;
/** Without a box and with nothing in force it ends; systemd starts it when it is asked again. */
export const IDLE_MS = 10_000;

/** Settles when it is needed no more, or soon after `signal` aborts; all is undone then. */
export async function serveBox(
  server: Server,
  deps: ServeDeps,
  signal: AbortSignal,
): Promise<void> {
  const service = new Service(deps);
  server.on('connection', (socket) => service.accept(socket));
  await service.untilUnneeded(signal);
  server.close();
  await service.end();
}

class Service {
  readonly #deps: ServeDeps;
  readonly #changed = new Condition();
  #box: Socket | undefined;
  /** In force. */
  #plan: NetworkPlan | undefined;
  readonly #inTurn = turns();

  constructor(deps: ServeDeps) {
    this.#deps = deps;
  }

  /** A box that is started again may come before the end of its connection before is known. */
  accept(socket: Socket): void {
    this.#box?.destroy();
    this.#box = socket;
    this.#changed.notifyAll();
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      if (this.#box !== socket) return;
      this.#box = undefined;
      this.#changed.notifyAll();
    });
    listenTo(socket, (line) => this.#answer(line));
  }

  async untilUnneeded(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const waitMs = this.#plan === undefined ? IDLE_MS : LEASE_MS;
      const isOver = await this.#isAlone(waitMs, signal);
      if (!isOver) continue;
      if (this.#plan === undefined) return;
      await this.#inTurn(() => this.#release());
    }
  }

  async end(): Promise<void> {
    this.#box?.destroy();
    this.#box = undefined;
    await this.#inTurn(async () => {
      if (this.#plan !== undefined) await this.#release();
    });
  }

  /** True when no box has been there for so long. */
  async #isAlone(waitMs: number, signal: AbortSignal): Promise<boolean> {
    if (this.#box !== undefined) {
      await this.#changed.wait(signal);
      return false;
    }
    const woken = new AbortController();
    using ends = anySignal(signal, woken.signal);
    const waiting = this.#changed.wait(ends.signal).then(() => woken.abort());
    const isOver = await pause(this.#deps.clock, waitMs, ends.signal);
    woken.abort();
    await waiting;
    return isOver && this.#box === undefined;
  }

  async #answer(line: string): Promise<Reply> {
    const request = parseRequest(line);
    if (typeof request === 'string') return { ok: false, code: 'BAD_REQUEST', reason: request };
    const { networks, log } = this.#deps;
    return await this.#inTurn(async () => {
      this.#plan = request.verb === 'apply' ? request.plan : undefined;
      const plan = this.#plan;
      const reply = plan === undefined ? await networks.undo() : await networks.apply(plan);
      if (!reply.ok) log.warn('networks not set', { code: reply.code, reason: reply.reason });
      return reply;
    });
  }

  /** The box is gone. Never a guests' network without its rules: they go when it is gone, too. */
  async #release(): Promise<void> {
    const { networks, hasGuests, log } = this.#deps;
    const { guests, crew } = this.#plan ?? {};
    if (this.#box !== undefined) return;
    if (guests === undefined || !hasGuests(guests.device)) {
      const reply = await networks.undo();
      // What is left is undone at the next look.
      if (!reply.ok)
        return log.warn('networks not removed', { code: reply.code, reason: reply.reason });
      this.#plan = undefined;
      log.info('networks removed: the box has gone');
    } else if (crew !== undefined) {
      this.#plan = { guests };
      await networks.apply(this.#plan);
      log.info('the box is gone: guests are still held back', { device: guests.device });
    }
  }
}

/** What is wrong with it, as text. */
function parseRequest(line: string): v.InferOutput<typeof requestSchema> | string {
  try {
    const { success, output, issues } = v.safeParse(requestSchema, JSON.parse(line));
    return success ? output : (issues[0]?.message ?? 'unknown request');
  } catch (error) {
    return messageOf(error);
  }
}

function listenTo(socket: Socket, answer: (line: string) => Promise<Reply>): void {
  const reader = new LineReader(LINE_BYTES_MAX);
  let waiting = 0;
  const onLine = async (line: string) => {
    waiting += 1;
    if (waiting > WAITING_MAX) socket.destroy();
    if (socket.destroyed) return;
    const reply = await answer(line);
    waiting -= 1;
    if (!socket.destroyed) socket.write(`${JSON.stringify(reply)}\n`);
  };
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const line of reader.push(chunk)) void onLine(line);
    } catch {
      // It never ends its line.
      socket.destroy();
    }
  });
}
