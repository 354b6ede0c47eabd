/** Counts what a drop’s report is made of. */
import * as v from 'valibot';
import type { LinkSwitch } from '../../pipelines/bond/core/snapshot.ts';
import type { Quantiles } from '../../pipelines/origin/viewers.ts';
import { type DropReport, dropReportFields } from '../model/drop-report.ts';
import { PAID_LATE_MS } from '../model/orders.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { counted, countOn, restartCount } from './counter-total.ts';
import {
  type DetailsInput,
  detailCountsSchema,
  NO_DETAILS,
  noteFailovers,
  resumeDetails,
  stepDetails,
} from './detail-counts.ts';

const number = v.optional(v.number());

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
  /** Of earlier runs of the same drop. */
  salesBefore: v.optional(dropReportFields.sales),
  switches: v.optional(counted, {}),
  hearts: v.optional(counted, {}),
  more: v.optional(detailCountsSchema, NO_DETAILS),
});

export type DropCounts = Readonly<v.InferOutput<typeof countsSchema>>;
const BEFORE_ALL_MS = -1;

/** What is counted of a snapshot. */
export type CountsInput = Pick<BoxSnapshot, 'media' | 'uplink' | 'prints' | 'shop'> & DetailsInput;

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
    switches: {},
    hearts: {},
    more: NO_DETAILS,
  };
}

/** Of a box that restarted in a drop and resumes it: its processes count from 0. */
export function resumeCounts(counts: DropCounts): DropCounts {
  const { stalls, prints, switches, hearts, more } = counts;
  return {
    ...counts,
    ...{ stalls: restartCount(stalls), prints: restartCount(prints) },
    ...{ switches: restartCount(switches), hearts: restartCount(hearts) },
    more: resumeDetails(more),
    switchedMs: BEFORE_ALL_MS,
  };
}

/** One more poll, about one each second; `nowMs` is Unix time. Pure. */
export function stepCounts(counts: DropCounts, box: CountsInput, nowMs: number): DropCounts {
  const { media, prints } = box;
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
    switches: countOn(counts.switches, viewers && sumOf(viewers.switchesByProfile)),
    hearts: countOn(counts.hearts, viewers?.heartsTotal),
    sales: salesOf(box, counts.salesBefore) ?? counts.sales,
    ...countFailovers(counts, box, nowMs),
  };
}

type Sales = NonNullable<DropReport['sales']>;
type Before = DropCounts['salesBefore'];

/** Also those before the first frame: they are of the same catalogue. */
function salesOf({ shop }: Pick<CountsInput, 'shop'>, before: Before): Sales | undefined {
  if (shop === undefined || shop.articles.length === 0) return undefined;
  const { orders, pieces, amounts } = shop.sales;
  const all = { orders, pieces, amounts: amounts.slice(0, 20).map((one) => ({ ...one })) };
  return before ? combined(all, before, (now, then) => Math.max(0, now - then)) : all;
}

/**
 * What earlier runs of the same drop have reported: the shop counts all of them.
 *
 * @param reports The oldest first.
 * @param last What the newest of them was made of.
 */
export function soldBefore(
  { shop }: Pick<CountsInput, 'shop'>,
  reports: readonly DropReport[],
  last: DropCounts | undefined,
): Before {
  const runs = reports.filter(({ planned }) => planned === shop?.drop);
  const [newest] = runs.slice(-1);
  if (shop === undefined || newest === undefined) return undefined;
  // The oldest reports are not kept, but the newest run knows what was sold before it.
  const parts =
    last?.dropId === newest.drop ? [last.salesBefore, last.sales] : runs.map(({ sales }) => sales);
  const sum = parts.reduce<Sales>(
    (all, one) => (one ? combined(all, one, (a, b) => a + b) : all),
    NOTHING_SOLD,
  );
  // Less than that is there where money went back since, or the ledger is another one.
  return shop.fault === undefined ? combined(sum, shop.sales, Math.min) : sum;
}

const NOTHING_SOLD: Sales = { orders: 0, pieces: 0, amounts: [] };

function combined(
  one: Sales,
  other: NonNullable<CountsInput['shop']>['sales'],
  by: (a: number, b: number) => number,
): Sales {
  const all = [...one.amounts, ...other.amounts].map(({ currency }) => currency);
  const amounts = [...new Set(all)].map((currency) => {
    const of = ({ amounts: some }: Pick<typeof other, 'amounts'>) =>
      some.find((amount) => amount.currency === currency)?.amount_minor ?? 0;
    return { currency, amount_minor: by(of(one), of(other)) };
  });
  return {
    orders: by(one.orders, other.orders),
    pieces: by(one.pieces, other.pieces),
    amounts: amounts.filter(({ amount_minor }) => amount_minor > 0).slice(0, 20),
  };
}

/** Orders and slips of the last moments, since the last poll: with the end the next drop’s catalogue comes. */
export function noteEnd(counts: DropCounts, box: CountsInput): DropCounts {
  const prints = countOn(counts.prints, box.prints?.printedTotal);
  return { ...counts, prints, sales: salesOf(box, counts.salesBefore) ?? counts.sales };
}

/**
 * The report with what was paid after the end of its drop; the same where nothing was. While the shop
 * is that of another drop, or cannot read its ledger, nothing is known. That of the config is sold
 * on, and is not said to be over: then it is the time that counts.
 *
 * @param nowMs Unix time; no drop is live.
 * @param before Of earlier runs of that drop.
 */
export function withLateSales(
  report: DropReport,
  { shop }: Pick<CountsInput, 'shop'>,
  nowMs: number,
  before?: Before,
): DropReport {
  const isLate = shop?.isOver === true || nowMs - Date.parse(report.ended) < PAID_LATE_MS;
  const isOfIt = isLate && shop?.drop === report.planned;
  const sales = isOfIt && shop.fault === undefined ? salesOf({ shop }, before) : undefined;
  const isSame = sales === undefined || JSON.stringify(sales) === JSON.stringify(report.sales);
  return isSame ? report : { ...report, sales };
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

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}

/** A link that was in use and is no more: the others took over its share. */
function countFailovers(
  { failovers, switchedMs, more }: DropCounts,
  box: CountsInput,
  nowMs: number,
): Pick<DropCounts, 'failovers' | 'switchedMs' | 'more'> {
  const details = stepDetails(more, box, nowMs);
  const switches = box.uplink?.bond?.switches;
  if (switches === undefined) return { failovers, switchedMs, more: details };
  const newest = switches.at(-1)?.atMs ?? BEFORE_ALL_MS;
  // The clock of a restarted uplink process restarts too.
  const sinceMs = newest < switchedMs ? BEFORE_ALL_MS : switchedMs;
  const lost = switches.filter(
    ({ atMs, from, to }) => atMs > sinceMs && isInUse(from) && !isInUse(to),
  );
  return {
    failovers: (failovers ?? 0) + lost.length,
    switchedMs: newest,
    more: noteFailovers(details, lost, nowMs),
  };
}

function isInUse(phase: LinkSwitch['from']): boolean {
  return phase === 'active' || phase === 'suspect';
}
