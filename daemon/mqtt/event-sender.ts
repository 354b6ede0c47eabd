/** Sends the events of the spool to the broker, in order. */
import { pause } from '../../hal/os/async.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { type Connection, MqttError } from './client/connection.ts';
import { expiryS } from './payloads/topics.ts';
import type { EventSpool } from './spool/event-spool.ts';
import type { SpoolRecord } from './spool/record.ts';

/** Events in flight: after a crash as many may be sent again, with the same `seq`. */
const WINDOW = 8;
/** After a refusal by the broker, and where the disk gives nothing back. */
const RETRY_MS = 10_000;
/** An event is sent however old it is: none is lost. */
const MIN_EXPIRY_S = 60;

interface SenderDeps extends ClockAndLog {
  readonly spool: EventSpool;
}

/**
 * Runs until `signal` aborts or the connection ends. An event leaves the spool only when the
 * broker has acknowledged it.
 */
export async function sendEvents(
  topic: string,
  connection: Connection,
  { clock, log, spool }: SenderDeps,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const records = await spool.next(WINDOW, signal);
    if (signal.aborted) return;
    const isSent = records.length > 0 && (await sendBatch(records));
    if (!isSent) await pause(clock, RETRY_MS, signal);
  }

  async function sendBatch(records: readonly SpoolRecord[]): Promise<boolean> {
    const results = await Promise.allSettled(records.map((record) => sendOne(record)));
    const failed = results.findIndex(({ status }) => status === 'rejected');
    const last = records[failed === -1 ? records.length - 1 : failed - 1];
    const isSaved = last === undefined || (await acknowledge(last.seq));
    if (failed === -1) {
      spool.refused(undefined);
      return isSaved;
    }
    if (connection.closed.aborted) return false;
    const { reason } = results[failed] as PromiseRejectedResult;
    const code = reason instanceof MqttError ? reason.reasonCode : undefined;
    spool.refused(messageOf(reason));
    log.error('events refused by the broker', { code, waiting: spool.state().waiting });
    return false;
  }

  /** Where the disk does not take it, the same events may be sent again after a restart. */
  async function acknowledge(seq: number): Promise<boolean> {
    try {
      await spool.ack(seq);
      return true;
    } catch (error) {
      log.error('acknowledged events cannot be saved', { seq, reason: messageOf(error) });
      return false;
    }
  }

  async function sendOne({ payload }: SpoolRecord): Promise<void> {
    const expiryS = remainingS(payload, clock.wallMs());
    const message = { topic, payload, qos: 1, isRetained: false, expiryS } as const;
    try {
      await connection.publish(message);
    } catch (error) {
      if (!(error instanceof MqttError) || error.code !== 'TOO_LARGE') throw error;
      await connection.publish({ ...message, payload: withoutData(payload) });
    }
  }
}

/** As the spool leaves out data that is too long for it. */
function withoutData(payload: Buffer): Buffer {
  const event = JSON.parse(payload.toString()) as { readonly data: unknown };
  const bytes = Buffer.byteLength(JSON.stringify(event.data));
  return Buffer.from(JSON.stringify({ ...event, data: { left_out_b: bytes } }));
}

function remainingS(payload: Buffer, wallMs: number): number {
  const allS = expiryS('event', false) ?? 0;
  const { ts } = JSON.parse(payload.toString()) as { ts: string };
  const ageS = (wallMs - Date.parse(ts)) / 1000;
  // A clock that was set makes events of the future and of long ago.
  return Math.max(MIN_EXPIRY_S, Math.min(allS, allS - ageS));
}
