/** What is kept of a past drop: its report, its figures over time, and what happened. */
import * as v from 'valibot';
import { type DropReport, dropReportSchema } from '../model/drop-report.ts';
import { seriesSchema } from './series.ts';

/** A night with a link that flaps. */
export const LOG_MAX = 300;

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));

const entry = v.object({
  ...{ at_s: v.number(), type: text(64), text: text(200) },
  /** Of entries that are not there. */
  left_out: v.optional(v.number()),
});

export const recordSchema = v.object({
  v: v.literal(1),
  /** Names the run, and the file. */
  drop: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)),
  /** Unix time in ms. */
  started_ms: v.number(),
  /** Null until the drop has ended. */
  report: v.nullable(dropReportSchema),
  series: seriesSchema,
  log: v.pipe(v.array(entry), v.maxLength(LOG_MAX)),
});

export type DropRecord = v.InferOutput<typeof recordSchema>;
export type LogEntry = v.InferOutput<typeof entry>;

const LEFT_OUT = 'log.left-out';

/** Where it is full the oldest alerts go: a link that flaps is not to cost the end of the drop. */
export function addTo(log: LogEntry[], added: LogEntry): void {
  log.push(added);
  while (log.length > LOG_MAX) leaveOneOut(log);
}

function leaveOneOut(log: LogEntry[]): void {
  const alert = log.findIndex(({ type }) => type.startsWith('alert.'));
  const other = log.findIndex(({ type }) => type !== 'drop.live' && type !== LEFT_OUT);
  const at = alert === -1 ? other : alert;
  const [gone] = log.splice(at, 1);
  const known = log.findIndex(({ type }) => type === LEFT_OUT);
  const before = log[known];
  const count = (before?.left_out ?? 0) + 1;
  const note = { type: LEFT_OUT, text: `not listed: ${count}`, left_out: count };
  const at_s = before?.at_s ?? gone?.at_s ?? 0;
  log.splice(before ? known : at, before ? 1 : 0, { at_s, ...note });
}

/** One of the list of past drops. */
export interface PastDrop {
  readonly drop: string;
  readonly title: string | null;
  /** RFC 3339. */
  readonly started: string;
  readonly ended: string;
  readonly viewers_peak: number | null;
  readonly latency_p50_s: number | null;
  /** There are plots of it. */
  readonly has_series: boolean;
}

export function summaryOf(report: DropReport, hasSeries: boolean): PastDrop {
  const { drop, title, started, ended, viewers_peak, latency_s } = report;
  return {
    ...{ drop, title, started, ended, viewers_peak },
    latency_p50_s: latency_s.p50,
    has_series: hasSeries,
  };
}
