import { join } from 'node:path';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { MqttConfig } from '../config/mqtt.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { EventsState } from '../model/snapshot.ts';
import { rfc3339 } from './payloads/report.ts';
import type { Body } from './payloads/topics.ts';
import { PAYLOAD_MAX_BYTES } from './spool/record.ts';
import { Spool } from './spool/spool.ts';
import { SpoolError } from './spool/types.ts';

/** Where the box writes down what somebody far away must hear of. */
export interface EventLog extends AsyncDisposable {
  /**
   * Resolves when the event is safe on the disk, and so will be sent. While the disk
   * takes none it waits, {@link WAITING_MAX} of them.
   *
   * @throws SpoolError FULL, TOO_LONG, WRITE_FAILED (the box ends, and the disk still takes none).
   */
  record(event: BoxEvent): Promise<void>;
  /** Undefined where there is no broker to send to, and while the folder cannot be opened. */
  readonly spool: Spool | undefined;
  /** How it is; undefined without a broker. */
  state(): EventsState | undefined;
  /** Why the broker takes no events; undefined once it does. */
  refused(reason: string | undefined): void;
}

/** Events that wait for a disk that takes none. */
const WAITING_MAX = 1_024;
const BATCH_MAX = 256;
const RETRY_MS = 10_000;

/**
 * Opens the events' spool in `stateDir`, and goes on trying where it cannot be opened: the
 * box does not need it for its drop. Without a broker there is none, and events end here.
 */
export async function openEventLog(
  config: MqttConfig,
  stateDir: string,
  deps: { readonly clock: Clock; readonly log: Log },
): Promise<EventLog> {
  if (config.url === '') return NO_EVENTS;
  const events = new SpooledEvents(deps, async () => {
    const maxBytes = config.spool_mb * 1_000_000;
    return await Spool.open({ folder: join(stateDir, 'events'), maxBytes, log: deps.log });
  });
  await events.open();
  return events;
}

const NO_EVENTS: EventLog = {
  spool: undefined,
  state: () => undefined,
  refused: () => undefined,
  record: async () => undefined,
  [Symbol.asyncDispose]: async () => undefined,
};

interface Waiting {
  readonly render: (seq: number, session: string) => Buffer;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Events in the order in which they happened, in memory until the spool has them. */
class SpooledEvents implements EventLog {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #openSpool: () => Promise<Spool>;
  readonly #ending = new AbortController();
  #spool: Spool | undefined;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #failure: string | undefined;
  #refusal: string | undefined;
  #lostTotal = 0;
  /** As many were lost when none waited any more. */
  #lostBefore = 0;

  constructor(deps: { readonly clock: Clock; readonly log: Log }, open: () => Promise<Spool>) {
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#openSpool = open;
  }

  get spool(): Spool | undefined {
    return this.#spool;
  }

  /** Resolves after the first try, whatever came of it. */
  async open(): Promise<void> {
    if (!(await this.#try())) this.#writing ??= this.#keepWriting();
  }

  async record({ type, severity, atMs, data }: BoxEvent): Promise<void> {
    // What cannot be written as JSON throws here, and not while others are written.
    const body = { type, severity, data: boundData(data) };
    const ts = rfc3339(atMs);
    if (this.#waiting.length >= WAITING_MAX) {
      this.#lostTotal += 1;
      throw new SpoolError('FULL', `${WAITING_MAX} events wait for the disk`);
    }
    await new Promise<void>((resolve, reject) => {
      const render = (seq: number, session: string) => renderEvent(ts, seq, session, body);
      this.#waiting.push({ render, resolve, reject });
      this.#writing ??= this.#keepWriting();
    });
  }

  refused(reason: string | undefined): void {
    this.#refusal = reason;
  }

  state(): EventsState {
    const { waiting: spooled = 0, droppedTotal = 0 } = this.#spool?.figures() ?? {};
    const waiting = spooled + this.#waiting.length;
    const lostTotal = droppedTotal + this.#lostTotal;
    if (waiting === 0) this.#lostBefore = lostTotal;
    return {
      waiting,
      lostTotal,
      lostNow: lostTotal - this.#lostBefore,
      ...(this.#failure === undefined ? {} : { notSaved: this.#failure }),
      ...(this.#refusal === undefined ? {} : { refused: this.#refusal }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#writing;
    await this.#spool?.[Symbol.asyncDispose]();
  }

  async #keepWriting(): Promise<void> {
    while (this.#spool === undefined || this.#waiting.length > 0) {
      if (await this.#try()) continue;
      if (this.#ending.signal.aborted) {
        this.#giveUp();
        break;
      }
      await pause(this.#clock, RETRY_MS, this.#ending.signal);
    }
    this.#writing = undefined;
  }

  /** False while the disk takes none. Tells once what is wrong. */
  async #try(): Promise<boolean> {
    try {
      this.#spool ??= await this.#openSpool();
      while (this.#waiting.length > 0) await this.#pass(this.#spool);
      if (this.#failure !== undefined) this.#log.info('events are kept again');
      this.#failure = undefined;
      return true;
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== this.#failure)
        this.#log.error('events wait: the disk takes none', { reason, ...this.state() });
      this.#failure = reason;
      return false;
    }
  }

  async #pass(spool: Spool): Promise<void> {
    const batch = this.#waiting.splice(0, BATCH_MAX);
    const results = await Promise.allSettled(batch.map(({ render }) => spool.append(render)));
    const again: Waiting[] = [];
    let cause: unknown;
    for (const [i, result] of results.entries()) {
      const one = batch[i] as Waiting;
      if (result.status === 'fulfilled') one.resolve();
      else if (isLasting(result.reason)) {
        this.#lostTotal += 1;
        one.reject(result.reason);
      } else {
        again.push(one);
        cause = result.reason;
      }
    }
    this.#waiting.unshift(...again);
    if (again.length > 0) throw cause;
  }

  #giveUp(): void {
    const lost = this.#waiting.splice(0);
    this.#lostTotal += lost.length;
    for (const { reject } of lost)
      reject(new SpoolError('WRITE_FAILED', `the box ends, and ${this.#failure ?? 'it waits'}`));
  }
}

/** The same event would fail again. */
function isLasting(error: unknown): boolean {
  return error instanceof SpoolError && error.code === 'TOO_LONG';
}

/** Stamped as it will be published: sent again, it is the same bytes. */
function renderEvent(ts: string, seq: number, session: string, body: Body<'event'>): Buffer {
  return Buffer.from(JSON.stringify({ v: 1, ts, seq, session, ...body }));
}

/** What is left of the longest payload for an event's data. */
const DATA_MAX_BYTES = PAYLOAD_MAX_BYTES - 1_024;

/** An event is never lost for its data: what is too long is left out, and said. */
function boundData(data: BoxEvent['data']): Readonly<Record<string, unknown>> {
  const bytes = Buffer.byteLength(JSON.stringify(data));
  return bytes <= DATA_MAX_BYTES ? data : { left_out_b: bytes };
}
