/** Where the box records its events: in the spool, or nowhere without a broker. */
import { join } from 'node:path';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
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
}

export async function openEventLog(
  config: MqttConfig,
  stateDir: string,
  deps: { readonly clock: Clock; readonly log: Log },
): Promise<EventLog> {
  const folder = join(stateDir, 'events');
  const maxBytes = config.spool_mb * 1_000_000;
  const spool =
    config.url === '' ? undefined : await EventSpool.open({ folder, maxBytes, ...deps });
  return {
    spool,
    record: async (event) => spool?.record(event),
    state: () => spool?.state(),
    [Symbol.asyncDispose]: async () => spool?.[Symbol.asyncDispose](),
  };
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
