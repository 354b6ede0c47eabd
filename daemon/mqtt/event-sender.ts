import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { type Connection, MqttError } from './client/connection.ts';
import { expiryS } from './payloads/topics.ts';
import type { SpoolRecord } from './spool/record.ts';
import type { Spool } from './spool/spool.ts';

/** Events on their way at once: as many may be repeated, with the same `seq`, after a crash. */
const WINDOW = 8;
/** After a broker's refusal, and where the disk gives nothing back. */
const RETRY_MS = 10_000;

export interface SenderDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly spool: Spool;
  /** Why the broker takes no events; undefined when it does. */
  readonly onRefused: (reason: string | undefined) => void;
}

/**
 * Sends what the spool holds, in order, until `signal` aborts or the connection
 * ends. An event is off the spool only when the broker acknowledged it.
 */
export async function sendEvents(
  topic: string,
  connection: Connection,
  { clock, log, spool, onRefused }: SenderDeps,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await spool.appended(spool.ackedSeq, signal);
    if (signal.aborted) return;
    const records = await spool.read(spool.ackedSeq, WINDOW);
    const isSent = records.length > 0 && (await sendBatch(records));
    if (!isSent) await pause(clock, RETRY_MS, signal);
  }

  async function sendBatch(records: readonly SpoolRecord[]): Promise<boolean> {
    const results = await Promise.allSettled(records.map((record) => sendOne(record)));
    const failed = results.findIndex(({ status }) => status === 'rejected');
    const last = records[failed === -1 ? records.length - 1 : failed - 1];
    if (last !== undefined) await acknowledge(last.seq);
    if (failed === -1) {
      onRefused(undefined);
      return true;
    }
    const { reason } = results[failed] as PromiseRejectedResult;
    if (connection.closed.aborted) return false;
    const code = reason instanceof MqttError ? reason.reasonCode : undefined;
    onRefused(messageOf(reason));
    log.error('the broker refuses events; they are kept', {
      code,
      waiting: spool.figures().waiting,
    });
    return false;
  }

  /** Where the disk does not take it, the same may be sent again after a restart. */
  async function acknowledge(seq: number): Promise<void> {
    try {
      await spool.ack(seq);
    } catch (error) {
      log.error('what was sent could not be written down', { seq, reason: messageOf(error) });
    }
  }

  async function sendOne({ payload }: SpoolRecord): Promise<void> {
    const leftS = remainingS(payload, clock.wallMs());
    await connection.publish({ topic, payload, qos: 1, isRetained: false, expiryS: leftS });
  }
}

/** An event whose time is over is sent all the same: none is lost. Who listens now hears it. */
const EXPIRY_LEAST_S = 60;

function remainingS(payload: Buffer, wallMs: number): number {
  const wholeS = expiryS('event', false) ?? 0;
  const { ts } = JSON.parse(payload.toString()) as { ts: string };
  const ageS = (wallMs - Date.parse(ts)) / 1000;
  // A clock that was set makes events of the future and of long ago: all are news to somebody.
  return Math.max(EXPIRY_LEAST_S, Math.min(wholeS, wholeS - ageS));
}
