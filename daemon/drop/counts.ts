/** Counts what a drop’s report is made of. */
import * as v from 'valibot';
import type { LinkSwitch } from '../../pipelines/bond/core/snapshot.ts';
import type { Quantiles } from '../../pipelines/origin/viewers.ts';
import { type DropReport, dropReportFields } from '../model/drop-report.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

const number = v.optional(v.number());

/** Something that a process counts; it restarts with the process. */
const counted = v.object({ sum: number, last: number });

/** What is counted while a drop is on, poll by poll; as JSON it survives a power cut. */
export const countsSchema = v.object({
  dropId: v.string(),
  /** Unix time in ms. */
  startedMs: v.number(),
  /** Unix time of the last poll. */
  lastMs: v.number(),
  viewersPeak: number,
  /** Sums over the polls, weighted by the viewers who reported. */
  latency: v.object({ p50MsN: v.number(), p95MsN: v.number(), n: v.number() }),
  latencyPeakN: v.number(),
  stalls: counted,
  prints: counted,
  failovers: number,
  /** Of the newest change of a link that was counted, by the uplink's clock. */
  switchedMs: v.number(),
  clips: v.number(),
  /** The newest; undefined where nothing is sold. */
  sales: v.optional(dropReportFields.sales),
});

export type DropCounts = Readonly<v.InferOutput<typeof countsSchema>>;
type Count = Readonly<v.InferOutput<typeof counted>>;

const BEFORE_ALL_MS = -1;

/** What is counted of a snapshot. */
export type CountsInput = Pick<BoxSnapshot, 'media' | 'uplink' | 'prints' | 'shop'>;

export function startCounts(dropId: string, startedMs: number): DropCounts {
  return {
    dropId,
    startedMs,
    lastMs: startedMs,
    viewersPeak: undefined,
    latency: { p50MsN: 0, p95MsN: 0, n: 0 },
    latencyPeakN: 0,
    stalls: {},
    prints: {},
    failovers: undefined,
    switchedMs: BEFORE_ALL_MS,
    clips: 0,
  };
}

/** Of a box that restarted in a drop and resumes it: its processes count from 0. */
export function resumeCounts(counts: DropCounts): DropCounts {
  const restart = ({ sum }: Count): Count => ({ sum, last: 0 });
  const { stalls, prints } = counts;
  return { ...counts, stalls: restart(stalls), prints: restart(prints), switchedMs: BEFORE_ALL_MS };
}

/** One more poll, about one each second; `nowMs` is Unix time. Pure. */
export function stepCounts(counts: DropCounts, box: CountsInput, nowMs: number): DropCounts {
  const { media, uplink, prints } = box;
  const viewers = media?.viewers;
  const reported = Object.values(viewers?.latencyMsByRendition ?? {});
  return {
    ...counts,
    lastMs: nowMs,
    viewersPeak: higher(counts.viewersPeak, viewers?.viewers),
    latency: reported.reduce(addLatency, counts.latency),
    latencyPeakN: Math.max(
      counts.latencyPeakN,
      reported.reduce((sum, { n }) => sum + n, 0),
    ),
    stalls: countOn(counts.stalls, viewers?.stallsTotal),
    prints: countOn(counts.prints, prints?.printedTotal),
    sales: salesOf(box) ?? counts.sales,
    ...countSwitches(counts, uplink?.bond?.switches),
  };
}

/** Also those before the first frame: they are of the same catalogue. */
function salesOf({ shop }: CountsInput): DropReport['sales'] | undefined {
  if (shop === undefined || shop.articles.length === 0) return undefined;
  const { orders, pieces, amounts } = shop.sales;
  return { orders, pieces, amounts: amounts.slice(0, 20).map((one) => ({ ...one })) };
}

export function noteClip(counts: DropCounts): DropCounts {
  return { ...counts, clips: counts.clips + 1 };
}

function higher(before: number | undefined, now: number | undefined): number | undefined {
  return now === undefined ? before : Math.max(before ?? 0, now);
}

function addLatency(sum: DropCounts['latency'], { p50, p95, n }: Quantiles): DropCounts['latency'] {
  return { p50MsN: sum.p50MsN + p50 * n, p95MsN: sum.p95MsN + p95 * n, n: sum.n + n };
}

/** The first poll is where counting begins; a total that is smaller is that of a new process. */
function countOn({ sum, last }: Count, total: number | undefined): Count {
  if (total === undefined) return { sum, last };
  if (last === undefined) return { sum: sum ?? 0, last: total };
  return { sum: (sum ?? 0) + (total < last ? total : total - last), last: total };
}

/** A link that was in use and is no more: the others took over its share. */
function countSwitches(
  { failovers, switchedMs }: DropCounts,
  switches: readonly LinkSwitch[] | undefined,
): Pick<DropCounts, 'failovers' | 'switchedMs'> {
  if (switches === undefined) return { failovers, switchedMs };
  const newest = switches.at(-1)?.atMs ?? BEFORE_ALL_MS;
  // The clock of a restarted uplink process restarts too.
  const sinceMs = newest < switchedMs ? BEFORE_ALL_MS : switchedMs;
  const lost = switches.filter(
    ({ atMs, from, to }) => atMs > sinceMs && isInUse(from) && !isInUse(to),
  );
  return { failovers: (failovers ?? 0) + lost.length, switchedMs: newest };
}

function isInUse(phase: LinkSwitch['from']): boolean {
  return phase === 'active' || phase === 'suspect';
}
