/** Where the box records its events: in the spool, or nowhere without a broker. */
import { join } from 'node:path';
import { turns } from '../../hal/os/async.ts';
import { type ClockAndLog, type Log, messageOf } from '../../hal/os/log.ts';
import type { MqttConfig } from '../config/mqtt.ts';
import type { BoxEvent } from '../model/commands.ts';
import type { EventsState } from '../model/snapshot.ts';
import { EventSpool } from './spool/event-spool.ts';
import type { RecordedEvent } from './spool/record.ts';

export interface EventLog extends AsyncDisposable {
  /** Undefined without a broker. */
  readonly spool: EventSpool | undefined;
  /**
   * Resolves when the event is on the disk, from where it will be sent.
   *
   * @throws SpoolError
   */
  record(event: RecordedEvent): Promise<void>;
  /** Undefined without a broker. */
  state(): EventsState | undefined;
  /** Goes on with these settings; nothing may send from the spool meanwhile. */
  use(config: Pick<MqttConfig, 'url' | 'spool_mb'>): Promise<void>;
}

export async function openEventLog(
  config: MqttConfig,
  stateDir: string,
  deps: ClockAndLog,
): Promise<EventLog> {
  const events = new OpenEventLog(join(stateDir, 'events'), deps);
  await events.use(config);
  return events;
}

class OpenEventLog implements EventLog {
  readonly #folder: string;
  readonly #deps: ClockAndLog;
  #spool: EventSpool | undefined;
  #maxBytes = 0;
  readonly #inTurn = turns();

  constructor(folder: string, deps: ClockAndLog) {
    this.#folder = folder;
    this.#deps = deps;
  }

  get spool(): EventSpool | undefined {
    return this.#spool;
  }

  state(): EventsState | undefined {
    return this.#spool?.state();
  }

  async use({ url, spool_mb }: Pick<MqttConfig, 'url' | 'spool_mb'>): Promise<void> {
    await this.#inTurn(() => this.#use(url === '' ? 0 : spool_mb * 1_000_000));
  }

  async record(event: RecordedEvent): Promise<void> {
    // Events of meanwhile wait until the folder is open again.
    await this.#inTurn(async () => undefined);
    await this.#spool?.record(event);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#inTurn(async () => this.#spool?.[Symbol.asyncDispose]());
  }

  async #use(maxBytes: number): Promise<void> {
    if (maxBytes === this.#maxBytes) return;
    const before = this.#spool;
    this.#spool = undefined;
    this.#maxBytes = 0;
    await before?.[Symbol.asyncDispose]();
    if (maxBytes === 0) return;
    this.#spool = await EventSpool.open({ folder: this.#folder, maxBytes, ...this.#deps });
    this.#maxBytes = maxBytes;
  }
}

/** Logs an event, gives it to what counts it, and records it for the broker. Never rejects. */
export function recordEvent(
  event: BoxEvent,
  counters: readonly { record(event: BoxEvent): void }[],
  { events, log }: { readonly events: EventLog; readonly log: Log },
): void {
  const { type } = event;
  log.info('event', { type });
  for (const one of counters) one.record(event);
  events.record(event).catch((error: unknown) => {
    log.error('event lost', { type, reason: messageOf(error) });
  });
}
