/** What is known before a drop: checklist, rehearsal, survey. As it is kept, shown and published. */
import * as v from 'valibot';
import { quantiles } from './drop-report.ts';

const text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const time = v.pipe(v.string(), v.isoTimestamp());
const amount = v.pipe(v.number(), v.minValue(0));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const ratio = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const list = <T extends v.GenericSchema>(of: T, max: number) =>
  v.pipe(v.array(of), v.maxLength(max));

export const VERDICTS = ['pass', 'warn', 'fail'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** One line of a checklist: what was seen, with its figures, and what a person can do. */
const line = v.strictObject({
  name: text(64),
  verdict: v.picklist(VERDICTS),
  evidence: text(512),
  /** Empty where nothing is wrong. */
  advice: text(512),
});
export type Line = Readonly<v.InferOutput<typeof line>>;

const lines = list(line, 64);

export const checklistFields = { taken: time, verdict: v.picklist(VERDICTS), lines };
export type Checklist = Readonly<
  v.InferOutput<v.StrictObjectSchema<typeof checklistFields, undefined>>
>;

/** A link was taken away while the stream ran: who carried on, how soon, and what was lost. */
const drill = v.strictObject({
  link: text(64),
  /** Null where no other link took over. */
  taken_over_by: v.nullable(text(64)),
  /** From the loss until all went by the others. */
  failover_s: v.nullable(amount),
  /** Packets that came too late for the far end. */
  lost: v.nullable(count),
  /** Of the probe viewer in the box, meanwhile; null where none watched. */
  stalls: v.nullable(count),
});
export type Drill = Readonly<v.InferOutput<typeof drill>>;

/** What the probe viewer in the box measured. Null where it saw nothing. */
const viewer = v.strictObject({
  latency_s: quantiles,
  /** The clock in the picture was read: the latency is that of the picture itself. */
  is_by_picture: v.boolean(),
  stalls: count,
  stalled_s: amount,
  parts: count,
  failed: count,
  /** Replies that a cache answered without asking further. */
  hit_ratio: v.nullable(ratio),
});
export type ProbedViewer = Readonly<v.InferOutput<typeof viewer>>;

export const rehearsalFields = {
  started: time,
  lasted_s: amount,
  /** `ended`: it was stopped before it had measured what it should. */
  verdict: v.picklist(['pass', 'fail', 'ended']),
  reason: v.nullable(text(256)),
  viewer: v.nullable(viewer),
  drill: v.nullable(drill),
  lines,
};
export type Rehearsal = Readonly<
  v.InferOutput<v.StrictObjectSchema<typeof rehearsalFields, undefined>>
>;

/** Lowest, middle and highest of what was seen. */
const spread = v.strictObject({ min: v.number(), p50: v.number(), max: v.number() });
export type Spread = Readonly<v.InferOutput<typeof spread>>;
const maybe = v.nullable(spread);

const surveyedLink = v.strictObject({
  id: text(64),
  tech: v.nullable(text(16)),
  rsrp_dbm: maybe,
  sinr_db: maybe,
  rtt_s: maybe,
  loss_ratio: maybe,
  /** What it carried by itself, up to the stream's bitrate. */
  throughput_bps: maybe,
  used_b: count,
});
export type SurveyedLink = Readonly<v.InferOutput<typeof surveyedLink>>;

const neighbour = v.strictObject({
  name: text(64),
  channel: v.nullable(count),
  signal_dbm: v.nullable(v.number()),
});
export type Neighbour = Readonly<v.InferOutput<typeof neighbour>>;

export const surveyFields = {
  started: time,
  lasted_s: amount,
  samples: count,
  links: list(surveyedLink, 16),
  /** Mean brightness of the picture, 0 to 1. */
  light_ratio: maybe,
  sound_dbfs: maybe,
  /** Null where this machine cannot see them. */
  wifi: v.nullable(list(neighbour, 24)),
  /** Why it stopped early, or what it left out. */
  notes: list(text(200), 8),
};
export type Survey = Readonly<v.InferOutput<v.StrictObjectSchema<typeof surveyFields, undefined>>>;

/** In the snapshot. */
export interface Readiness {
  /** What runs now; a drop that goes live ends it. */
  readonly running?: {
    readonly what: 'preflight' | 'rehearsal' | 'survey';
    readonly sinceMs: number;
    readonly untilMs?: number;
    /** The step that it is at, for people. */
    readonly step: string;
  };
  readonly checklist?: Checklist;
  readonly rehearsal?: Rehearsal;
  readonly survey?: Survey;
}

/** What a link carried by itself, or why that is not known. */
export type TestedLink =
  | { readonly id: string; readonly bps: number }
  | { readonly id: string; readonly why: 'spared' | 'not-measured' }
  | { readonly id: string; readonly why: 'down'; readonly reason: string };

/** What a test of the uplink has found. */
export interface UplinkTest {
  /** The bitrate that the config asks for; more is not measured. */
  readonly wantedBps: number;
  readonly links: readonly TestedLink[];
  /** By all together; undefined where the receiver was not reached. */
  readonly reachedBps?: number;
  /** Why it was not. */
  readonly unreached?: string;
}

/** The gravest verdict of all. */
export function worstOf(all: readonly { readonly verdict: Verdict }[]): Verdict {
  const worst = Math.max(0, ...all.map(({ verdict }) => VERDICTS.indexOf(verdict)));
  return VERDICTS[worst] ?? 'pass';
}

export function summaryOf({ lines }: { readonly lines: readonly Pick<Line, 'verdict'>[] }): string {
  const count = (verdict: Verdict) => lines.filter((line) => line.verdict === verdict).length;
  return `${count('pass')} passed, ${count('warn')} ${count('warn') === 1 ? 'warning' : 'warnings'}, ${count('fail')} failed`;
}
