/** One job over an open connection: sent, and followed until the printer confirms it. */

import type { Clock } from '../os/clock.ts';
import { hasAnswer, questionId, renderQuestion } from './confirm.ts';
import { MAX_BAND_ROWS } from './document.ts';
import type { PrinterStatus, PrintOutcome } from './port.ts';
import type { PrinterProfile } from './profiles.ts';
import { ANSWER_MS, askStatus, obstacleOf } from './status.ts';
import type { Transport } from './transport/transport.ts';

/** After a job the question stands behind what is still in the buffers on the way. */
const ANSWER_AFTER_JOB_MS = 5000;
/** A printer that is well prints what it has taken within this: 4 KiB of text, or a metre of raster. */
const CONFIRM_MS = 30_000;
/** Out of paper or open in mid-job, it holds the rest and goes on by itself: so long is it waited for. */
const HELD_MS = 15 * 60_000;
const POLL_MS = 500;

/** What is remembered from job to job. */
export interface JobState {
  /** Number of questions asked so far. */
  questions: number;
  /** Whether it answers questions in order; undefined until it was asked. */
  confirms?: boolean;
  /** The last job did not end: the printer may still wait for the rest of a picture. */
  isTorn: boolean;
  /** What a job under way sees of the printer. */
  readonly onStatus: (status: PrinterStatus) => void;
}

export interface Job {
  readonly bytes: Buffer;
  readonly profile: PrinterProfile;
  readonly isTorn: boolean;
  readonly onSent: (sentBytes: number) => void;
}

/** Rejects with the HalError of a connection that broke. */
export async function printOver(
  transport: Transport,
  { bytes, profile, isTorn, onSent }: Job,
  state: JobState,
  clock: Clock,
  signal: AbortSignal,
): Promise<PrintOutcome> {
  const before = await askStatus(transport, ANSWER_MS, signal);
  state.onStatus(before);
  const hindrance = obstacleOf(before);
  if (hindrance !== undefined) return { outcome: 'failed', reason: hindrance, sentBytes: 0 };
  if (isTorn) await transport.write(endOfTornBand(profile), signal);
  const question =
    before.phase === 'silent' ? undefined : await chosen(transport, profile, state, clock, signal);
  if (question === 'unanswered') {
    return { outcome: 'failed', reason: 'it does not confirm what it prints', sentBytes: 0 };
  }
  await transport.write(bytes, signal, onSent);
  if (before.phase === 'silent') return { outcome: 'sent' };
  const sentBytes = bytes.length;
  if (question === undefined) {
    const after = await askStatus(transport, ANSWER_AFTER_JOB_MS, signal);
    const obstacle = obstacleOf(after);
    if (obstacle !== undefined) {
      return { outcome: 'failed', reason: `after the job ${obstacle}`, sentBytes };
    }
    if (after.phase === 'silent') return deaf(sentBytes);
    return { outcome: 'printed' };
  }
  await transport.write(question.bytes, signal);
  return await confirmed(transport, question, sentBytes, state, clock, signal);
}

const deaf = (sentBytes: number): PrintOutcome => ({
  outcome: 'unknown',
  reason: 'the printer stopped answering',
  sentBytes,
});

interface Question {
  readonly bytes: Buffer;
  readonly isAnsweredBy: (bytes: Buffer) => boolean;
}

/**
 * The question to ask after the job; undefined where the printer answers none. It is tried on an
 * idle printer first, which may still have the end of a torn job to print, or late answers to
 * status requests to send: taken for one that answers none, it would be believed by its status
 * alone, which says nothing of what is in its buffer.
 */
async function chosen(
  transport: Transport,
  { confirmation }: PrinterProfile,
  state: JobState,
  clock: Clock,
  signal: AbortSignal,
): Promise<Question | 'unanswered' | undefined> {
  if (confirmation === undefined || state.confirms === false) return undefined;
  const next = (): Question => {
    state.questions += 1;
    const id = questionId(state.questions);
    return {
      bytes: renderQuestion(confirmation, id),
      isAnsweredBy: (bytes) => hasAnswer(confirmation, id, bytes),
    };
  };
  const trial = next();
  await transport.write(trial.bytes, signal);
  if (await isAnswered(transport, trial, clock, signal)) {
    state.confirms = true;
    return next();
  }
  // Perhaps another printer stands there now: the next try finds out, as with a new one.
  if (state.confirms === true) {
    delete state.confirms;
    return 'unanswered';
  }
  state.confirms = false;
  return undefined;
}

async function isAnswered(
  transport: Transport,
  { isAnsweredBy }: Question,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const endMs = clock.monotonicMs() + ANSWER_AFTER_JOB_MS;
  let got = Buffer.alloc(0);
  for (let leftMs = ANSWER_AFTER_JOB_MS; leftMs > 0; leftMs = endMs - clock.monotonicMs()) {
    signal.throwIfAborted();
    got = Buffer.concat([got, await transport.read(leftMs, signal)]).subarray(-64);
    if (isAnsweredBy(got)) return true;
  }
  return false;
}

/**
 * Waits for the answer that stands behind the job. While the printer reports an obstacle
 * it holds the rest of the job: a second copy would be one too many.
 */
async function confirmed(
  transport: Transport,
  { isAnsweredBy }: Question,
  sentBytes: number,
  state: JobState,
  clock: Clock,
  signal: AbortSignal,
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

/**
 * A printer whose job was torn in a picture takes what comes next as the rest of it.
 * These are white rows to it, and nothing at all between commands: NUL is ignored there.
 */
function endOfTornBand({ widthDots }: PrinterProfile): Buffer {
  return Buffer.alloc(Math.ceil(widthDots / 8) * MAX_BAND_ROWS);
}
