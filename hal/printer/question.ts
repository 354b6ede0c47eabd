/** What is asked of a printer before a job: whether it answers, and whether it confirms what it prints. */

import type { Clock } from '../os/clock.ts';
import { hasAnswer, questionId, renderQuestion } from './confirm.ts';
import { MAX_BAND_ROWS } from './document.ts';
import type { PrinterStatus } from './port.ts';
import type { PrinterProfile } from './profiles.ts';
import { ANSWER_MS, askStatus, obstacleOf } from './status.ts';
import type { Transport } from './transport/transport.ts';

/** A question stands behind what is still in the buffers on the way. */
export const ANSWER_AFTER_JOB_MS = 5000;
/** Answers to questions that stood one behind the other come within this of each other. */
const QUIET_MS = 300;
/** A printer that is well prints what it has taken within this: 4 KiB of text, or a metre of raster. */
export const CONFIRM_MS = 30_000;
/** The bytes of one read are all that came: more reads than this, and it sends without an end. */
const QUIET_READS_MAX = 20;

/** What is remembered from job to job. */
export interface JobState {
  /** Number of questions asked so far, from another start in each run of the box: see `questionId`. */
  questions: number;
  /** Whether it answers status requests; undefined until it was asked. */
  answers?: boolean;
  /** Whether it answers questions in order; undefined until it was asked. */
  confirms?: boolean;
  /** The last job did not end: the printer may still wait for the rest of a picture. */
  isTorn: boolean;
  /** What a job under way sees of the printer. */
  readonly onStatus: (status: PrinterStatus) => void;
}

/** An open connection with a job on it. */
export interface Session {
  readonly transport: Transport;
  readonly profile: PrinterProfile;
  readonly state: JobState;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface Question {
  readonly bytes: Buffer;
  readonly isAnsweredBy: (bytes: Buffer) => boolean;
}

/**
 * Its status before a job. Silence is asked for a second time, with patience: a slow printer that
 * is taken for one which never answers would be sent jobs of which nothing is known.
 */
export async function statusBefore(session: Session, isTorn: boolean): Promise<PrinterStatus> {
  const { transport, profile, state, signal } = session;
  let status = await askStatus(transport, ANSWER_MS, signal);
  if (isTorn && obstacleOf(status) === undefined) {
    await transport.write(endOfTornBand(profile), signal);
  }
  if (status.phase === 'silent' && state.answers !== false) {
    // Asked again at once, the late answer would be taken for the next one's.
    await transport.read(ANSWER_AFTER_JOB_MS / 2, signal);
    status = await askStatus(transport, ANSWER_AFTER_JOB_MS / 2, signal);
  }
  if (status.phase !== 'silent') state.answers = true;
  else if (state.answers === true) {
    // Perhaps another printer stands there now: the next try finds out, as with a new one.
    delete state.answers;
    return { phase: 'away', reason: 'the printer does not answer' };
  } else state.answers = false;
  return status;
}

/** Without a fault and a question: a printer that answers no question. */
export interface Choice {
  readonly question?: Question;
  /** Why nothing can be sent now. */
  readonly fault?: string;
}

/**
 * The question to ask after the job. It is tried before the job: a printer that is taken for one
 * that confirms nothing is believed by its status alone, which says nothing of what is in its
 * buffer. So it is that only where it is well, was asked twice, and nothing of an earlier job
 * swallowed the question.
 *
 * @param patienceMs For each of two answers, which stand behind what is still in its buffer.
 */
export async function chooseQuestion(
  session: Session,
  patienceMs = ANSWER_AFTER_JOB_MS,
): Promise<Choice> {
  const { transport, profile, state, signal } = session;
  const { confirmation } = profile;
  if (confirmation === undefined || state.confirms === false) return {};
  for (let tries = 0; tries < 2; tries += 1) {
    if (tries > 0) await transport.write(endOfTornBand(profile), signal);
    const trial = nextQuestion(confirmation, state);
    await transport.write(trial.bytes, signal);
    const isTrialAnswered = await isAnswered(session, trial, patienceMs);
    if (isTrialAnswered && confirmation === 'paper-sensor') await quiet(session);
    const fault = faultOf(await askStatus(transport, ANSWER_AFTER_JOB_MS, signal));
    if (fault !== undefined) return { fault };
    if (isTrialAnswered) {
      state.confirms = true;
      return { question: nextQuestion(confirmation, state) };
    }
    // Perhaps another printer stands there now: the next try finds out, as with a new one.
    if (state.confirms === true) {
      delete state.confirms;
      return { fault: 'it does not confirm what it prints' };
    }
  }
  state.confirms = false;
  return {};
}

function nextQuestion(kind: NonNullable<PrinterProfile['confirmation']>, state: JobState) {
  state.questions += 1;
  const id = questionId(state.questions);
  return {
    bytes: renderQuestion(kind, id),
    isAnsweredBy: (bytes: Buffer) => hasAnswer(kind, id, bytes),
  };
}

function faultOf(status: PrinterStatus): string | undefined {
  return status.phase === 'silent' ? 'the printer stopped answering' : obstacleOf(status);
}

async function isAnswered(
  { transport, clock, signal }: Session,
  { isAnsweredBy }: Question,
  patienceMs: number,
): Promise<boolean> {
  const endMs = clock.monotonicMs() + patienceMs;
  let got = Buffer.alloc(0);
  for (let leftMs = patienceMs; leftMs > 0; leftMs = endMs - clock.monotonicMs()) {
    signal.throwIfAborted();
    got = Buffer.concat([got, await transport.read(leftMs, signal)]).subarray(-64);
    if (isAnsweredBy(got)) return true;
  }
  return false;
}

/**
 * An answer of the paper sensor has no name: the first that comes may be to a question of an
 * earlier run of the box, and that to the trial, on its heels, would confirm a job that is not out.
 */
async function quiet({ transport, signal }: Session): Promise<void> {
  for (let reads = 0; reads < QUIET_READS_MAX; reads += 1) {
    signal.throwIfAborted();
    if ((await transport.read(QUIET_MS, signal)).length === 0) return;
  }
}

/**
 * A printer whose job was torn in a picture takes what comes next as the rest of it.
 * These are white rows to it, and nothing at all between commands: NUL is ignored there.
 */
function endOfTornBand({ widthDots }: PrinterProfile): Buffer {
  return Buffer.alloc(Math.ceil(widthDots / 8) * MAX_BAND_ROWS);
}
