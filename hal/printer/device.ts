/** A printer over any transport: jobs one after another, and its status. */

import { EventEmitter, once } from 'node:events';
import { anySignal, turns, unlessAborted } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { type Log, messageOf } from '../os/log.ts';
import { QUESTION_IDS } from './confirm.ts';
import { prepareOver, printOver } from './job.ts';
import type { PrintDocument, Printer, PrinterStatus, PrintOptions, PrintOutcome } from './port.ts';
import type { PrinterProfile } from './profiles.ts';
import type { JobState } from './question.ts';
import { ANSWER_MS, askStatus } from './status.ts';
import type { OpenTransport } from './transport/transport.ts';
import { renderJob } from './verify.ts';

/** Jobs that wait. With more before it a slip would come too late: the job is refused. */
const MAX_WAITING = 8;

export interface PrinterOs {
  readonly clock: Clock;
  readonly log: Log;
}

/** A printer over any transport. It is opened for each job and each status. */
export function openPrinter(open: OpenTransport, profile: PrinterProfile, os: PrinterOs): Printer {
  const statuses = new StatusOfJob();
  const state: JobState = {
    // An answer to a question of an earlier run of the box may still be on its way: not from 0 again.
    questions: Math.floor(os.clock.wallMs()) % QUESTION_IDS,
    isTorn: false,
    onStatus: (seen) => statuses.set(seen),
  };
  /** It was away: what comes back may be another printer, which does answer. */
  const openAgain: OpenTransport = (signal) =>
    open(signal).catch((error: unknown) => {
      forgetAbsence(state);
      throw error;
    });
  const closing = new AbortController();
  let waiting = 0;
  const oneByOne = turns();
  const inTurn = <T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    const mine = oneByOne(async () => {
      signal.throwIfAborted();
      return await work();
    });
    return unlessAborted(mine, signal);
  };
  return {
    // A job may wait a quarter of an hour for paper: it reports the status that it sees.
    status: (signal) =>
      statuses.orElse(() => inTurn(() => statusNow(openAgain, signal), signal), signal),
    print: async (document, signal, options = {}) => {
      if (waiting >= MAX_WAITING) {
        throw new HalError('DEVICE_BUSY', `printer: ${waiting} jobs wait already`);
      }
      waiting += 1;
      try {
        const job = { document, options };
        const work = () => printNow(openAgain, job, profile, state, os, signal);
        return await inTurn(() => work().finally(() => statuses.set(undefined)), signal);
      } finally {
        waiting -= 1;
      }
    },
    prepare: async (signal) => {
      if (isPrepared(state, profile)) return;
      using ends = anySignal(signal, closing.signal);
      const session = { profile, state, clock: os.clock, signal: ends.signal };
      const prepare = async () => {
        await using transport = await openAgain(ends.signal);
        await prepareOver({ ...session, transport });
      };
      // What is away, or goes away, is tried again.
      const work = () => prepare().finally(() => statuses.set(undefined));
      await inTurn(work, ends.signal).catch(() => signal.throwIfAborted());
    },
    [Symbol.asyncDispose]: () => {
      closing.abort();
      return oneByOne(async () => undefined);
    },
  };
}

function isPrepared({ answers, confirms }: JobState, { confirmation }: PrinterProfile): boolean {
  if (answers !== true) return answers === false;
  return confirmation === undefined || confirms !== undefined;
}

/** What the job under way has last seen of the printer. */
class StatusOfJob {
  #seen: PrinterStatus | undefined;
  readonly #changes = new EventEmitter().setMaxListeners(0);

  set(seen: PrinterStatus | undefined): void {
    this.#seen = seen;
    if (seen !== undefined) this.#changes.emit('seen', seen);
  }

  /** The status that a job sees, or that of `ask`: what comes first. */
  async orElse(ask: () => Promise<PrinterStatus>, signal: AbortSignal): Promise<PrinterStatus> {
    if (this.#seen !== undefined) return this.#seen;
    const own = ask();
    own.catch(() => undefined);
    const done = new AbortController();
    using ends = anySignal(signal, done.signal);
    const seen = once(this.#changes, 'seen', { signal: ends.signal });
    try {
      return await Promise.race([own, seen.then(([status]) => status as PrinterStatus)]);
    } finally {
      done.abort();
      seen.catch(() => undefined);
    }
  }
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

interface Asked {
  readonly document: PrintDocument;
  readonly options: PrintOptions;
}

async function printNow(
  open: OpenTransport,
  { document, options }: Asked,
  profile: PrinterProfile,
  state: JobState,
  { clock, log }: PrinterOs,
  signal: AbortSignal,
): Promise<PrintOutcome> {
  let sentBytes = 0;
  const onSent = (sent: number) => {
    sentBytes = sent;
  };
  const failed = (reason: string): PrintOutcome => ({ outcome: 'failed', reason, sentBytes });
  const print = async (): Promise<PrintOutcome> => {
    try {
      const rendered = await renderJob(document, profile);
      if ('fault' in rendered) {
        return { outcome: 'failed', reason: rendered.fault, sentBytes: 0, isUnprintable: true };
      }
      await using transport = await open(signal);
      const isTorn = state.isTorn || options.isAfterTorn === true;
      const session = { transport, profile, state, clock, signal };
      return await printOver(session, { bytes: rendered.bytes, isTorn, onSent });
    } catch (error) {
      signal.throwIfAborted();
      return failed(messageOf(error));
    }
  };
  const outcome = await print().finally(() => {
    // Also where the box ends: the rest of a band may still be awaited.
    state.isTorn ||= sentBytes > 0;
  });
  if (outcome.outcome === 'printed' || outcome.outcome === 'sent') state.isTorn = false;
  else log.warn('print failed', { ...outcome });
  return outcome;
}

function forgetAbsence(state: JobState): void {
  if (state.answers === false) delete state.answers;
  if (state.confirms === false) delete state.confirms;
}
