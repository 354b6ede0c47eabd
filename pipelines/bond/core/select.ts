import type { Link } from './link.ts';

/** Own loss takes this many times itself off a link's weight, at most {@link MAX_LOSS_PENALTY}. */
const LOSS_FACTOR = 4;
const MAX_LOSS_PENALTY = 0.8;

/** Delay within this of the nearest link's costs no weight. */
const FREE_DELAY_MS = 120;

/** Part of the SRT latency a packet may spend on a slower path and still be of use. */
const MAX_LATENCY_PART = 0.8;

/** A packet sent again takes another link even past its window, up to this multiple of it. */
const MAX_LOAD = 2;

export type Preference = 'share' | 'best';

/** The sender's links; a slot is empty where one was removed. */
export type Links = readonly (Link | undefined)[];

/**
 * The slot of the link for the next packet, or -1 when none is active or suspect.
 *
 * `share` spreads by what each link can carry (start-time fair queueing: the link
 * whose tag is least goes next and moves on by bytes / weight). `best` is for key
 * frames and packets sent again: the nearest clean link with room, not `avoid`.
 * First come active links with room, then the least overloaded active one, then
 * backup links, then suspects.
 */
export function chooseLink(links: Links, prefer: Preference, avoid = -1): number {
  if (prefer === 'best') {
    const best = minBy(links, (link) =>
      isPrimary(link) && link.slot !== avoid && link.hasRoom ? costMs(link) : undefined,
    );
    if (best >= 0) return best;
    const other = minBy(links, (link) =>
      isPrimary(link) && link.slot !== avoid && loadOf(link) < MAX_LOAD ? loadOf(link) : undefined,
    );
    if (other >= 0) return other;
  }
  const shared = minBy(links, shareRank);
  if (shared >= 0) return shared;
  const overloaded = minBy(links, (link) => (isPrimary(link) ? loadOf(link) : undefined));
  if (overloaded >= 0) return overloaded;
  const backup = minBy(links, (link) => (isActive(link) ? loadOf(link) : undefined));
  if (backup >= 0) return backup;
  return minBy(links, (link) => (isSuspect(link) ? -link.lastReceivedMs : undefined));
}

/** Moves the chosen link on in the fair queue. */
export function chargeShare(links: Links, slot: number, bytes: number): void {
  const link = links[slot];
  if (link === undefined) return;
  const start = link.tag;
  link.tag += bytes / Math.max(1, link.shareBps);
  // Nobody may save up for later: who lags behind the clock is brought up to it.
  for (const other of links) {
    if (other !== undefined && other.tag < start) other.tag = start;
  }
}

/**
 * Learns what each link can carry from its latest figures, and sets its weight in the
 * fair queue. Call it every 100 ms.
 */
export function weigh(links: Links, nowMs: number, latencyMs: number): void {
  for (const link of links) if (link?.state.phase === 'active') learn(link, nowMs);
  let nearestMs = Number.POSITIVE_INFINITY;
  let unlimitedBps = 0;
  for (const link of links) {
    if (link === undefined || !isActive(link)) continue;
    nearestMs = Math.min(nearestMs, link.rtt.minMs);
    if (!link.capacity.hasShownLimit(nowMs)) {
      unlimitedBps = Math.max(unlimitedBps, link.capacity.bps);
    }
  }
  for (const link of links) {
    if (link === undefined) continue;
    const { rtt } = link;
    link.lossRatio = lossOf(link, nowMs);
    const loss = Math.min(MAX_LOSS_PENALTY, LOSS_FACTOR * link.lossRatio);
    const far = Math.min(1, (nearestMs + FREE_DELAY_MS) / Math.max(1, rtt.meanMs));
    const lateMs = rtt.meanMs - (rtt.minMs + Math.min(nearestMs, rtt.minMs)) / 2;
    const useful = lateMs > MAX_LATENCY_PART * latencyMs ? 0.01 : 1;
    // What carried more is not larger for that: those that showed no limit are equal.
    const isUnlimited = isActive(link) && !link.capacity.hasShownLimit(nowMs);
    const bps = isUnlimited ? unlimitedBps : link.capacity.bps;
    link.shareBps = link.config.weight * bps * (1 - loss) * far * useful;
  }
}

function learn(link: Link, nowMs: number): void {
  link.capacity.update({
    nowMs,
    rtt: link.rtt,
    sentBps: link.sent.perS(500, nowMs) * 8,
    deliveredBps: link.delivered.perS(500, nowMs) * 8,
    lossRatio: lossOf(link, nowMs),
    sentPackets: link.sentPackets.sum(1500, nowMs),
  });
}

/** Own loss over the last 1.5 s, 0 to 1; too few packets say nothing. */
export function lossOf(link: Link, nowMs: number): number {
  const sent = link.sentPackets.sum(1500, nowMs);
  return sent < 30 ? 0 : Math.min(1, link.lostPackets.sum(1500, nowMs) / sent);
}

function minBy(links: Links, rank: (link: Link) => number | undefined): number {
  let slot = -1;
  let least = Number.POSITIVE_INFINITY;
  for (const link of links) {
    if (link === undefined) continue;
    const value = rank(link);
    if (value !== undefined && value < least) {
      least = value;
      slot = link.slot;
    }
  }
  return slot;
}

function shareRank(link: Link): number | undefined {
  return isPrimary(link) && link.hasRoom ? link.tag : undefined;
}

function isUsable(link: Link): boolean {
  return link.config.isEnabled && !link.isSpent;
}

export function isActive(link: Link): boolean {
  return link.state.phase === 'active' && isUsable(link);
}

function isPrimary(link: Link): boolean {
  return isActive(link) && !link.config.isBackup;
}

function isSuspect(link: Link): boolean {
  return link.state.phase === 'suspect' && isUsable(link);
}

function loadOf(link: Link): number {
  return link.flight.bytes / link.capacity.windowBytes(link.rtt);
}

/** Nearness with loss as delay: a lost packet costs round trips. */
function costMs(link: Link): number {
  return link.rtt.meanMs * (1 + LOSS_FACTOR * link.lossRatio);
}
