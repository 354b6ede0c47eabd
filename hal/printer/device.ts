/** A printer over any transport: jobs one after another, and its status. */

import { unlessAborted } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { type Log, messageOf } from '../os/log.ts';
import { renderDocument } from './document.ts';
import type { PrintDocument, Printer, PrinterStatus, PrintOutcome } from './port.ts';
import type { PrinterProfile } from './profiles.ts';
import {
  findStatusByte,
  obstacleOf,
  parseStatus,
  renderStatusRequest,
  STATUS_KINDS,
  type StatusKind,
} from './status.ts';
import type { OpenTransport, Transport } from './transport/transport.ts';
import { faultOfJob } from './verify.ts';

/** Jobs that wait. With more before it a slip would come too late: the job is refused. */
const MAX_WAITING = 8;
/** A printer that reports its status answers within 20 ms; a busy one on Bluetooth may take ten times that. */
const ANSWER_MS = 300;
/** After a job the question stands behind what is still in the buffers on the way. */
const ANSWER_AFTER_JOB_MS = 5000;

export interface PrinterOs {
  readonly clock: Clock;
  readonly log: Log;
}

/** A printer over any transport. It is opened for each job and each status. */
export function openPrinter(open: OpenTransport, profile: PrinterProfile, os: PrinterOs): Printer {
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    const mine = last.then(() => {
      signal.throwIfAborted();
      return work();
    });
    last = mine.catch(() => undefined);
    return unlessAborted(mine, signal);
  };
  return {
    status: (signal) => inTurn(() => statusNow(open, signal), signal),
    print: async (document, signal) => {
      if (waiting >= MAX_WAITING) {
        throw new HalError('DEVICE_BUSY', `printer: ${waiting} jobs wait already`);
      }
      waiting += 1;
      try {
        return await inTurn(() => printNow(open, document, profile, os, signal), signal);
      } finally {
        waiting -= 1;
      }
    },
    [Symbol.asyncDispose]: async () => {
      await last;
    },
  };
}

async function statusNow(open: OpenTransport, signal: AbortSignal): Promise<PrinterStatus> {
  try {
    await using transport = await open(signal);
    return await askStatus(transport, ANSWER_MS, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { phase: 'away', reason: messageOf(error) };
  }
}

async function printNow(
  open: OpenTransport,
  document: PrintDocument,
  profile: PrinterProfile,
  { log }: PrinterOs,
  signal: AbortSignal,
): Promise<PrintOutcome> {
  let sentBytes = 0;
  const failed = (reason: string): PrintOutcome => {
    log.warn('print failed', { reason, sentBytes });
    return { outcome: 'failed', reason, sentBytes };
  };
  try {
    const bytes = renderDocument(document, profile);
    const fault = faultOfJob(document, bytes, profile);
    if (fault !== undefined) return failed(fault);
    await using transport = await open(signal);
    const before = await askStatus(transport, ANSWER_MS, signal);
    const hindrance = obstacleOf(before);
    if (hindrance !== undefined) return failed(hindrance);
    await transport.write(bytes, signal, (sent) => {
      sentBytes = sent;
    });
    if (before.phase === 'silent') return { outcome: 'sent' };
    const after = await askStatus(transport, ANSWER_AFTER_JOB_MS, signal);
    const obstacle = obstacleOf(after);
    if (obstacle !== undefined) return failed(`after the job ${obstacle}`);
    return { outcome: after.phase === 'silent' ? 'sent' : 'printed' };
  } catch (error) {
    signal.throwIfAborted();
    return failed(messageOf(error));
  }
}

/** Asks for the four status bytes. The first answer that is missing ends it: the others would be missing too. */
async function askStatus(
  transport: Transport,
  answerMs: number,
  signal: AbortSignal,
): Promise<PrinterStatus> {
  const answers: Partial<Record<StatusKind, number>> = {};
  // What it sent unasked, or late, is no answer to this.
  await transport.read(0, signal);
  for (const kind of STATUS_KINDS) {
    await transport.write(renderStatusRequest(kind), signal);
    const answer = findStatusByte(await transport.read(answerMs, signal));
    if (answer === undefined) break;
    answers[kind] = answer;
  }
  return parseStatus(answers);
}
