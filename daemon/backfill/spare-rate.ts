/** How fast back-fill may go, and over which link: only what the live stream leaves. Pure. */
import type { SendPath } from '../../pipelines/backfill/messages.ts';
import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { BoxSnapshot, UplinkFigures } from '../model/snapshot.ts';

export interface SpareRateLimits {
  readonly maxBps: number;
  /** What the encoder is asked for while the links carry all. */
  readonly fullBps: number;
  /** Data budgets by link, with all that is used of them this month. */
  readonly budgets: Readonly<
    Record<string, { readonly bytes: number; readonly usedBytes: number }>
  >;
  /**
   * The link that the machine's own route to the far end leads over, null for none of them;
   * undefined where that is not known.
   */
  readonly routedLink?: string | null | undefined;
}

/** Of links that have the address towards the far end: of several nobody knows which it is. */
export function routedOf(links: readonly string[]): string | null | undefined {
  return links.length > 1 ? undefined : (links[0] ?? null);
}

/** Where it starts, and starts again after each sign that the stream needs the links. */
const FIRST_BPS = 200_000;
/** A second: from the first to 5 Mbit/s in some fifteen. */
const GROWTH = 1.25;
/** After a sign of congestion. */
const REST_MS = 10_000;
/** Below it the encoder has already given way. */
const FULL = 0.95;
/** SRT has latency to make good what is lost; half of it used is no room. */
const RTT_SHARE = 0.4;
/** Left for the stream of a month's budget. */
const BUDGET_SHARE = 0.95;

export interface SpareRate {
  readonly bps: number;
  readonly pausedUntilMs: number;
  readonly droppedTotal: number;
  readonly link?: string;
  /** By the machine's own route, which leads over that link. */
  readonly isRouted?: true;
  /** Links that carried the stream. */
  readonly active: readonly string[];
}

export const NO_SPARE_RATE: SpareRate = { bps: 0, pausedUntilMs: 0, droppedTotal: 0, active: [] };

type Links = Partial<Pick<BoxSnapshot, 'plannedLinks' | 'system'>>;

/** Once a second. */
export function stepSpareRate(
  before: SpareRate,
  box: Pick<BoxSnapshot, 'uplink'> & Links,
  limits: SpareRateLimits,
  nowMs: number,
): SpareRate {
  const { uplink } = box;
  if (uplink === undefined || uplink.phase === 'off') return afterDrop(before, limits);
  const droppedTotal = uplink.srt?.droppedTotal ?? before.droppedTotal;
  const links = uplink.bond?.links ?? [];
  const active = links.filter(({ state }) => state === 'active').map(({ id }) => id);
  // The others need what they have, until they are known to carry the stream without it.
  const isLinkLost = before.active.some((id) => !active.includes(id));
  const rest = { ...before, bps: 0, droppedTotal, active };
  const isHit = !hasRoom(uplink, limits) || isLinkLost || droppedTotal > before.droppedTotal;
  if (isHit) return { ...rest, pausedUntilMs: nowMs + REST_MS };
  if (nowMs < before.pausedUntilMs) return rest;
  const ownLinks = links.filter(({ id }) => hasOwnAddress(id, box));
  const link = chooseLink(ownLinks, before.link, limits);
  if (uplink.bond !== undefined && link === undefined) return rest;
  const isSame = before.bps > 0 && before.link === link?.id;
  const grown = isSame ? before.bps * GROWTH : FIRST_BPS;
  return {
    pausedUntilMs: before.pausedUntilMs,
    droppedTotal,
    active,
    bps: Math.round(Math.min(limits.maxBps, grown)),
    ...(link === undefined ? {} : { link: link.id }),
  };
}

/** By the machine's own route. Where that is not known no SIM may be near the end of its budget. */
function afterDrop(
  { pausedUntilMs }: SpareRate,
  { maxBps, budgets, routedLink }: SpareRateLimits,
): SpareRate {
  const asked = routedLink === undefined ? Object.keys(budgets) : [routedLink ?? ''];
  const isFree = asked.every((id) => isLeft(budgets[id]));
  return {
    ...{ bps: isFree ? maxBps : 0, pausedUntilMs, droppedTotal: 0, active: [] },
    ...(typeof routedLink === 'string' ? { link: routedLink, isRouted: true } : {}),
  };
}

function hasRoom(
  { phase, reason, srt, targetBps }: UplinkFigures,
  { fullBps }: SpareRateLimits,
): boolean {
  if (phase !== 'connected' || reason !== undefined || srt === undefined) return false;
  return targetBps >= FULL * fullBps && srt.rttMs <= RTT_SHARE * srt.latencyMs;
}

function isLeft(budget: SpareRateLimits['budgets'][string] | undefined): boolean {
  return budget === undefined || budget.usedBytes < BUDGET_SHARE * budget.bytes;
}

/**
 * An active link that is no backup and has budget left: the one of before, or else the one with
 * most to spare. A change costs the file that is on its way.
 */
function chooseLink(
  links: readonly LinkSnapshot[],
  before: string | undefined,
  { budgets }: SpareRateLimits,
): LinkSnapshot | undefined {
  const spare = ({ capacityBps, bitrateBps }: LinkSnapshot) => capacityBps - bitrateBps;
  const possible = links
    .filter(({ state, isEnabled, isSpent, isBackup }) => {
      return state === 'active' && isEnabled && !isSpent && !isBackup;
    })
    .filter(({ id }) => isLeft(budgets[id]))
    .toSorted((a, b) => spare(b) - spare(a));
  return possible.find(({ id }) => id === before) ?? possible[0];
}

/** The way for these bytes; none where the link's address is not known. */
export function sendPathOf({ bps, link, isRouted }: SpareRate, box: Links): SendPath {
  if (link === undefined) return { bps };
  if (isRouted) return { bps, link };
  const localAddress = addressOf(link, box);
  return localAddress === undefined ? { bps: 0 } : { bps, link, localAddress };
}

function addressOf(link: string, { plannedLinks = [], system }: Links): string | undefined {
  const planned = plannedLinks.find(({ id }) => id === link);
  const found = system?.interfaces.find(({ name }) => name === planned?.device);
  // IPv4 comes first.
  return planned?.address ?? found?.addresses[0];
}

/** Modems of one kind may hand out the same: what leaves from it would take another's way. */
function hasOwnAddress(link: string, box: Links): boolean {
  const address = addressOf(link, box);
  const others = (box.plannedLinks ?? []).filter(({ id }) => id !== link);
  return address === undefined || others.every(({ id }) => addressOf(id, box) !== address);
}
