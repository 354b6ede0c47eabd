/** How fast back-fill may go, and over which link: only what the live stream leaves. Pure. */
import { isIPv4 } from 'node:net';
import type { Way } from '../../pipelines/backfill/messages.ts';
import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { BoxSnapshot, UplinkFigures } from '../model/snapshot.ts';

export interface RoomLimits {
  readonly maxBps: number;
  /** What the encoder is asked for while the links carry all. */
  readonly fullBps: number;
  /** Data budgets by link, with all that is used of them this month. */
  readonly budgets: Readonly<
    Record<string, { readonly bytes: number; readonly usedBytes: number }>
  >;
}

/** Where it starts, and starts again after each sign that the stream needs the links. */
const FIRST_BPS = 200_000;
/** A second: from the first to 5 Mbit/s in some fifteen. */
const GROWTH = 1.25;
/** After a sign of trouble. */
const REST_MS = 10_000;
/** Below it the encoder has already given way. */
const FULL = 0.95;
/** SRT has latency to make good what is lost; half of it used is no room. */
const RTT_SHARE = 0.4;
/** Left for the stream of a month's budget. */
const BUDGET_SHARE = 0.95;

export interface Room {
  readonly bps: number;
  readonly restUntilMs: number;
  readonly droppedTotal: number;
  readonly link?: string;
}

export const NO_ROOM: Room = { bps: 0, restUntilMs: 0, droppedTotal: 0 };

/** Once a second. */
export function stepRoom(
  before: Room,
  box: Pick<BoxSnapshot, 'uplink'>,
  limits: RoomLimits,
  nowMs: number,
): Room {
  const { uplink } = box;
  if (uplink === undefined || uplink.phase === 'off') return afterDrop(before, limits);
  const droppedTotal = uplink.srt?.droppedTotal ?? before.droppedTotal;
  const rest = { ...before, bps: 0, droppedTotal };
  const isHit = !hasRoom(uplink, limits) || droppedTotal > before.droppedTotal;
  if (isHit) return { ...rest, restUntilMs: nowMs + REST_MS };
  if (nowMs < before.restUntilMs) return rest;
  const link = uplink.bond === undefined ? undefined : bestLink(uplink.bond.links, limits);
  if (uplink.bond !== undefined && link === undefined) return rest;
  const isSame = before.bps > 0 && before.link === link?.id;
  const grown = isSame ? before.bps * GROWTH : FIRST_BPS;
  return {
    restUntilMs: before.restUntilMs,
    droppedTotal,
    bps: Math.round(Math.min(limits.maxBps, grown)),
    ...(link === undefined ? {} : { link: link.id }),
  };
}

/** By the machine's own route, whichever SIM that is: none may be near the end of its budget. */
function afterDrop({ restUntilMs }: Room, { maxBps, budgets }: RoomLimits): Room {
  const isFree = Object.values(budgets).every(isLeft);
  return { bps: isFree ? maxBps : 0, restUntilMs, droppedTotal: 0 };
}

function hasRoom(
  { phase, reason, srt, targetBps, bond }: UplinkFigures,
  { fullBps }: RoomLimits,
): boolean {
  if (phase !== 'connected' || reason !== undefined || srt === undefined) return false;
  if (targetBps < FULL * fullBps || srt.rttMs > RTT_SHARE * srt.latencyMs) return false;
  // One that is out carries nothing; one that is in doubt needs what the others have left.
  return (bond?.links ?? []).every(({ state }) => state === 'active' || state === 'out');
}

function isLeft(budget: RoomLimits['budgets'][string] | undefined): boolean {
  return budget === undefined || budget.usedBytes < BUDGET_SHARE * budget.bytes;
}

/** The active link with most to spare, that is no backup and has budget left. */
function bestLink(
  links: readonly LinkSnapshot[],
  { budgets }: RoomLimits,
): LinkSnapshot | undefined {
  const spare = ({ capacityBps, bitrateBps }: LinkSnapshot) => capacityBps - bitrateBps;
  return links
    .filter(({ state, isEnabled, isSpent, isBackup }) => {
      return state === 'active' && isEnabled && !isSpent && !isBackup;
    })
    .filter(({ id }) => isLeft(budgets[id]))
    .toSorted((a, b) => spare(b) - spare(a))[0];
}

/** The way for these bytes; none where the link's address is not known. */
export function wayOf(
  { bps, link }: Room,
  { plannedLinks = [], system }: Pick<BoxSnapshot, 'plannedLinks' | 'system'>,
): Way {
  if (link === undefined) return { bps };
  const planned = plannedLinks.find(({ id }) => id === link);
  const found = system?.interfaces.find(({ name }) => name === planned?.device);
  const localAddress = planned?.address ?? found?.addresses.find(isIPv4) ?? found?.addresses[0];
  return localAddress === undefined ? { bps: 0 } : { bps, link, localAddress };
}
