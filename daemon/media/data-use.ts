/** What each link has carried in a month. Pure. */
import * as v from 'valibot';

/** What each link has carried in a calendar month (UTC), against its data budget. */
export interface MonthUse {
  /** For example `2026-11`. */
  readonly month: string;
  readonly bytesByLink: Readonly<Record<string, number>>;
  /** What back-fill has carried over each, beside the bond; undefined for none. */
  readonly backfillByLink?: Readonly<Record<string, number>> | undefined;
  /** And further destinations, by the machine's own route. */
  readonly destinationsByLink?: Readonly<Record<string, number>> | undefined;
  /** All that a SIM has carried beside the bond, by its modem's own count: the crew's and other programs' too. */
  readonly simByLink?: Readonly<Record<string, number>> | undefined;
}

/** What uses a link's data budget beside the bond. */
export type Beside = 'backfill' | 'destinations';

export type BesideUse = Pick<MonthUse, `${Beside}ByLink` | 'simByLink'>;

/** The month that is counted now, and those counted before it, oldest first. */
export interface DataUse extends MonthUse {
  readonly former: readonly MonthUse[];
}

/** One link's count as the uplink reports it. */
export interface LinkCount {
  readonly id: string;
  readonly usedBytes: number;
  /** The month from whose use it went on. */
  readonly usedPeriod?: string;
}

/**
 * Former months kept. A board without a clock of its own may start in a wrong month and
 * be set right minutes later: what that month had used by then must still be known.
 */
const MAX_FORMER = 2;

const counts = v.record(v.string(), v.pipe(v.number(), v.minValue(0)));
const monthUse = {
  month: v.pipe(v.string(), v.regex(/^\d{4}-\d\d$/)),
  bytesByLink: counts,
  backfillByLink: v.exactOptional(counts),
  destinationsByLink: v.exactOptional(counts),
  simByLink: v.exactOptional(counts),
};
export const dataUseSchema = v.object({
  ...monthUse,
  former: v.optional(v.pipe(v.array(v.object(monthUse)), v.maxLength(MAX_FORMER)), []),
});

export function monthOf(wallMs: number): string {
  return new Date(wallMs).toISOString().slice(0, 7);
}

/** Goes on from what was saved. Nothing, or another month, counts from nothing. */
export function resumeDataUse(saved: DataUse | undefined, wallMs: number): DataUse {
  const nothing = { month: monthOf(wallMs), bytesByLink: {}, former: [] };
  return turnMonth(saved ?? nothing, wallMs);
}

/** The use in the month of `wallMs`: the same value, or one from which links count from 0. */
export function turnMonth(use: DataUse, wallMs: number): DataUse {
  const month = monthOf(wallMs);
  if (month === use.month) return use;
  const { former, ...ended } = use;
  const known = former.find((other) => other.month === month);
  return {
    ...(known ?? { month, bytesByLink: {} }),
    former: [...former.filter((other) => other !== known), ended].slice(-MAX_FORMER),
  };
}

/**
 * Takes in the links' counts, which go on from what they were given at the start.
 *
 * A link that still counts on from another month is passed over: its bytes are that month's.
 */
export function noteDataUse(before: DataUse, links: readonly LinkCount[], wallMs: number): DataUse {
  const use = turnMonth(before, wallMs);
  const own = links.filter(({ usedPeriod }) => usedPeriod === use.month);
  const now = Object.fromEntries(own.map(({ id, usedBytes }) => [id, Math.round(usedBytes)]));
  return { ...use, bytesByLink: { ...use.bytesByLink, ...now } };
}

/** Adds what was carried over a link beside the bond. */
export function addBeside(
  before: DataUse,
  what: Beside,
  link: string,
  bytes: number,
  wallMs: number,
): DataUse {
  const use = turnMonth(before, wallMs);
  const usedByLink = use[`${what}ByLink`];
  const usedBytes = (usedByLink?.[link] ?? 0) + Math.round(bytes);
  return { ...use, [`${what}ByLink`]: { ...usedByLink, [link]: usedBytes } };
}

/**
 * Takes in what a link's modem has counted for all programs in `month`. What is beside the bond
 * never becomes less: the bond's own count comes a second later, and a budget is spent once.
 */
export function noteSim(before: DataUse, link: string, bytes: number, month: string): DataUse {
  if (month !== before.month) return before;
  const besideBytes = Math.round(bytes) - (before.bytesByLink[link] ?? 0);
  if (besideBytes <= (before.simByLink?.[link] ?? 0)) return before;
  return { ...before, simByLink: { ...before.simByLink, [link]: besideBytes } };
}

/** All that was carried over each link beside the bond; a modem's own count has back-fill and destinations too. */
export function besideOf({
  backfillByLink = {},
  destinationsByLink = {},
  simByLink = {},
}: BesideUse): Readonly<Record<string, number>> {
  const sums = { ...backfillByLink };
  for (const [link, bytes] of Object.entries(destinationsByLink)) {
    sums[link] = (sums[link] ?? 0) + bytes;
  }
  for (const [link, bytes] of Object.entries(simByLink)) {
    sums[link] = Math.max(sums[link] ?? 0, bytes);
  }
  return sums;
}

export interface Budget {
  readonly bytes: number;
  readonly usedBytes: number;
}

/** Of the links that have one, in this month. */
export function budgetsOf(
  links: readonly { readonly id: string; readonly budget_mb_per_month?: number | undefined }[],
  use: MonthUse,
): Readonly<Record<string, Budget>> {
  const beside = besideOf(use);
  const budgets = links.flatMap(({ id, budget_mb_per_month: budgetMb }) => {
    if (budgetMb === undefined) return [];
    const usedBytes = (use.bytesByLink[id] ?? 0) + (beside[id] ?? 0);
    return [[id, { bytes: budgetMb * 1e6, usedBytes }] as const];
  });
  return Object.fromEntries(budgets);
}
