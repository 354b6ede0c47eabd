/** A slip, and what becomes of it. Pure. */
import * as v from 'valibot';
import type { PrintOutcome } from '../../hal/printer/port.ts';
import type { Outcome } from '../model/commands.ts';
import type { PrintJobInfo } from '../model/prints.ts';

const shortText = v.pipe(v.string(), v.maxLength(200));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const orderSchema = v.object({
  seq: count,
  orderId: shortText,
  drop: shortText,
  item: v.object({ id: shortText, name: shortText }),
  quantity: count,
  numbers: v.array(count),
  name: v.optional(shortText),
  atMs: v.number(),
});

/** An order as it is printed; see daemon/model/orders.ts. */
export type TicketOrder = v.InferOutput<typeof orderSchema>;

/** What is printed. It is rendered when its turn comes, so that it is small on the disk. */
const contentSchema = v.variant('document', [
  v.object({ document: v.literal('address') }),
  v.object({ document: v.picklist(['status', 'preflight', 'rehearsal', 'survey']) }),
  v.object({ document: v.picklist(['card', 'sticker']) }),
  /** By the time it is printed another drop may be on. */
  v.object({
    document: v.literal('ticket'),
    order: orderSchema,
    title: v.optional(shortText),
    /** Of an order with several, counted from 1. */
    slip: v.optional(count),
  }),
]);

export type Content = v.InferOutput<typeof contentSchema>;

export const jobSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  /** The order of the queue. */
  number: count,
  title: shortText,
  content: contentSchema,
  phase: v.picklist(['waiting', 'sending', 'printed', 'sent', 'uncertain', 'failed']),
  atMs: v.number(),
  reason: v.optional(v.string()),
  copy: v.pipe(v.number(), v.integer(), v.minValue(1)),
  /** It was uncertain, and a person found it printed. */
  isLookedAt: v.optional(v.boolean()),
});

export type PrintJob = Readonly<v.InferOutput<typeof jobSchema>>;

export const isDone = ({ phase }: Pick<PrintJob, 'phase'>): boolean =>
  phase !== 'waiting' && phase !== 'sending';

/** It waits, is on its way, or a person is to look at it. */
export const isOpen = (job: Pick<PrintJob, 'phase'>): boolean =>
  !isDone(job) || job.phase === 'uncertain';

/** Before its first byte; on the disk by then. */
export function begun(job: PrintJob, atMs: number): PrintJob {
  return changed(job, 'sending', atMs);
}

/** What a job is that the box stopped in the middle of. */
export function interrupted(job: PrintJob, atMs: number): PrintJob {
  return changed(job, 'uncertain', atMs, 'the box stopped while it was being printed');
}

/** Nothing was sent: it can safely be tried again. All else is a question for a person. */
export function settled(job: PrintJob, outcome: PrintOutcome, atMs: number): PrintJob {
  switch (outcome.outcome) {
    case 'printed':
    case 'sent':
      return changed(job, outcome.outcome, atMs);
    case 'unknown':
      return changed(job, 'uncertain', atMs, outcome.reason);
    case 'failed':
      // The slips behind it are not to wait for it for ever.
      if (outcome.isUnprintable) return broken(job, outcome.reason, atMs);
      return changed(job, outcome.sentBytes === 0 ? 'waiting' : 'uncertain', atMs, outcome.reason);
  }
}

/** One that waits, waits for the same as all. */
export function held(job: PrintJob, obstacle: string | undefined): PrintJob {
  return job.phase === 'waiting' && obstacle !== undefined ? { ...job, reason: obstacle } : job;
}

/** A person has looked. */
export function resolved(job: PrintJob, atMs: number): PrintJob {
  return { ...changed(job, 'printed', atMs), isLookedAt: true };
}

/**
 * Whether the last slip that was begun, perhaps by an earlier run of the box, broke off: the
 * printer may still take what comes next as the rest of its picture.
 *
 * @param jobs In the order of the queue.
 */
export function isPerhapsTorn(jobs: readonly PrintJob[]): boolean {
  const last = jobs.findLast(({ phase }) => phase !== 'waiting' && phase !== 'failed');
  return (
    last !== undefined && (!isDone(last) || last.phase === 'uncertain' || last.isLookedAt === true)
  );
}

export function broken(job: PrintJob, reason: string, atMs: number): PrintJob {
  return changed(job, 'failed', atMs, reason);
}

/** A person wants it no more; with the PIN it is printed all the same. Earlier versions know the phase. */
export function removed(job: PrintJob, atMs: number): PrintJob {
  return changed(job, 'failed', atMs, 'removed by hand');
}

function changed(job: PrintJob, phase: PrintJob['phase'], atMs: number, reason?: string): PrintJob {
  const { reason: _before, ...rest } = job;
  return {
    ...rest,
    phase,
    atMs,
    ...(reason === undefined ? {} : { reason: reason.slice(0, 300) }),
  };
}

export function infoOf({ id, title, phase, atMs, reason, copy }: PrintJob): PrintJobInfo {
  return { id, title, phase, atMs, copy, ...(reason === undefined ? {} : { reason }) };
}

/** What the command to print it answers. */
export function outcomeOf(name: string, { id, phase, reason = '' }: PrintJob): Outcome {
  const result = { job: id, phase };
  switch (phase) {
    case 'printed':
    case 'sent':
      return { status: 'done', detail: `${name} is ${phase}`, result };
    case 'waiting':
    case 'sending':
      return { status: 'done', detail: `${name} is saved, and printed later: ${reason}`, result };
    case 'uncertain':
      return { status: 'failed', code: 'NOT_KNOWN', detail: `perhaps printed, look: ${reason}` };
    case 'failed':
      return { status: 'failed', code: 'NOT_PRINTED', detail: reason };
  }
}

export function done({ id, phase }: PrintJob, detail: string): Outcome {
  return { status: 'done', detail, result: { job: id, phase } };
}
