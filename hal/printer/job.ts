/** One job over an open connection: sent, and followed until the printer confirms it. */

import { parseEscPos } from './paper/escpos-parse.ts';
import { Roll } from './paper/escpos-render.ts';
import type { PrintOutcome } from './port.ts';
import type { PrinterProfile } from './profiles.ts';
import {
  ANSWER_AFTER_JOB_MS,
  CONFIRM_MS,
  chooseQuestion,
  type Question,
  type Session,
  statusBefore,
} from './question.ts';
import { askStatus, obstacleOf } from './status.ts';

/** Out of paper or open in mid-job, it holds the rest and goes on by itself: so long is it waited for. */
const HELD_MS = 15 * 60_000;
const POLL_MS = 500;
/** The slowest of the 58 mm printers, by their makers' figures (50 to 90). */
const SLOWEST_MM_PER_S = 50;
/** 203 dpi. */
const DOTS_PER_MM = 8;
/** One late answer may be taken for another's, not three times in a row. */
const WELL_LOOKS = 3;

export interface Job {
  readonly bytes: Buffer;
  readonly isTorn: boolean;
  readonly onSent: (sentBytes: number) => void;
}

/** Rejects with the HalError of a connection that broke. */
export async function printOver(
  session: Session,
  { bytes, isTorn, onSent }: Job,
): Promise<PrintOutcome> {
  const { transport, state, signal } = session;
  const before = await statusBefore(session, isTorn);
  state.onStatus(before);
  const hindrance = obstacleOf(before);
  if (hindrance !== undefined) return unsent(hindrance);
  if (before.phase === 'silent') {
    await transport.write(bytes, signal, onSent);
    return { outcome: 'sent' };
  }
  const { question, fault } = await chooseQuestion(session);
  if (fault !== undefined) return unsent(fault);
  await transport.write(bytes, signal, onSent);
  if (question === undefined) return await remainsWell(session, bytes);
  await dropLateAnswers(session);
  await transport.write(question.bytes, signal);
  return await confirmed(session, question, bytes.length);
}

/**
 * While no job waits: whether it answers, and whether it confirms. Where it does not that takes up to
 * a minute, which a job would have to wait for.
 */
export async function prepareOver(session: Session): Promise<void> {
  const status = await statusBefore(session, false);
  session.state.onStatus(status);
  if (status.phase !== 'known' || obstacleOf(status) !== undefined) return;
  await chooseQuestion(session, CONFIRM_MS);
}

const unsent = (reason: string): PrintOutcome => ({ outcome: 'failed', reason, sentBytes: 0 });

const deaf = (sentBytes: number): PrintOutcome => ({
  outcome: 'unknown',
  reason: 'the printer stopped answering',
  sentBytes,
});

/**
 * Of a printer that confirms nothing: it is well at once, with all of the job still in its
 * buffer. So it has to remain well for as long as the slowest takes to print so much paper.
 */
async function remainsWell(session: Session, bytes: Buffer): Promise<PrintOutcome> {
  const { transport, profile, state, clock, signal } = session;
  const sentBytes = bytes.length;
  const printMs = (lengthMm(bytes, profile) / SLOWEST_MM_PER_S) * 1000;
  const endMs = clock.monotonicMs() + printMs;
  for (let looks = 0; looks < WELL_LOOKS || clock.monotonicMs() < endMs; looks += 1) {
    if (looks > 0) await clock.sleep(POLL_MS, signal);
    const status = await askStatus(transport, ANSWER_AFTER_JOB_MS, signal);
    state.onStatus(status);
    const obstacle = obstacleOf(status);
    if (obstacle !== undefined) {
      return { outcome: 'failed', reason: `after the job ${obstacle}`, sentBytes };
    }
    if (status.phase === 'silent') return deaf(sentBytes);
  }
  return { outcome: 'printed' };
}

function lengthMm(bytes: Buffer, profile: PrinterProfile): number {
  const roll = new Roll(profile);
  for (const command of parseEscPos(bytes)) roll.take(command);
  return roll.rows / DOTS_PER_MM;
}

/** What came before the question is no answer to it. */
async function dropLateAnswers({ transport, signal }: Session): Promise<void> {
  for (let reads = 0; reads < 20; reads += 1) {
    if ((await transport.read(0, signal)).length === 0) return;
  }
}

/**
 * Waits for the answer that stands behind the job. While the printer reports an obstacle
 * it holds the rest of the job: a second copy would be one too many.
 */
async function confirmed(
  { transport, state, clock, signal }: Session,
  { isAnsweredBy }: Question,
  sentBytes: number,
): Promise<PrintOutcome> {
  const startMs = clock.monotonicMs();
  let wellMs = startMs;
  let got = Buffer.alloc(0);
  for (;;) {
    // A read that is aborted may return at once: without an end here it would be asked for ever.
    signal.throwIfAborted();
    got = Buffer.concat([got, await transport.read(POLL_MS, signal)]).subarray(-64);
    if (isAnsweredBy(got)) return { outcome: 'printed' };
    const seen: Buffer[] = [];
    const status = await askStatus(transport, ANSWER_AFTER_JOB_MS, signal, (bytes) =>
      seen.push(bytes),
    );
    // The answer may come between those of the status.
    got = Buffer.concat([got, ...seen]).subarray(-64);
    if (isAnsweredBy(got)) return { outcome: 'printed' };
    state.onStatus(status);
    const obstacle = obstacleOf(status);
    const nowMs = clock.monotonicMs();
    if (status.phase === 'silent') return deaf(sentBytes);
    if (obstacle === undefined) {
      if (nowMs - wellMs > CONFIRM_MS) {
        return { outcome: 'unknown', reason: 'the printer did not confirm the job', sentBytes };
      }
      continue;
    }
    wellMs = nowMs;
    if (nowMs - startMs > HELD_MS) {
      return { outcome: 'failed', reason: `after the job ${obstacle}`, sentBytes };
    }
  }
}
