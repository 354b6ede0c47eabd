import { join } from 'node:path';
import type { Log } from '../../hal/os/log.ts';
import type { BoxEvent } from '../commands.ts';
import type { MqttConfig } from './config.ts';
import { rfc3339 } from './report.ts';
import { PAYLOAD_MAX_BYTES } from './spool/record.ts';
import { Spool } from './spool/spool.ts';
import type { Body } from './topics.ts';

/** Where the box writes down what somebody far away must hear of. */
export interface EventLog extends AsyncDisposable {
  /**
   * Resolves when the event is safe on the disk, and so will be sent.
   *
   * @throws SpoolError
   */
  record(event: BoxEvent): Promise<void>;
  /** Undefined where there is no broker to send to. */
  readonly spool: Spool | undefined;
}

/**
 * Opens the events' spool in `stateDir`. Without a broker there is none, and
 * events end here.
 *
 * @throws SpoolError OPEN_FAILED
 */
export async function openEventLog(
  config: MqttConfig,
  stateDir: string,
  log: Log,
): Promise<EventLog> {
  const spool =
    config.url === ''
      ? undefined
      : await Spool.open({
          folder: join(stateDir, 'events'),
          maxBytes: config.spool_mb * 1_000_000,
          log,
        });
  return {
    spool,
    record: async (event) => {
      const { ts, body } = eventOf(event);
      await spool?.append((seq, session) => renderEvent(ts, seq, session, body));
    },
    [Symbol.asyncDispose]: async () => await spool?.[Symbol.asyncDispose](),
  };
}

/** What cannot be written as JSON throws here, and not while others are written. */
function eventOf({ type, severity, atMs, data }: BoxEvent) {
  return { ts: rfc3339(atMs), body: { type, severity, data: boundData(data) } };
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
