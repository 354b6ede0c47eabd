/** Which link carries the next packet. */

import type { Link } from './link.ts';
import { FIRST_GUESS_BPS } from './path/capacity.ts';

/** A link's loss times this is taken off its weight, at most {@link MAX_LOSS_PENALTY}. */
const LOSS_FACTOR = 4;
const MAX_LOSS_PENALTY = 0.8;

/** Extra delay over the link with the lowest RTT that costs no weight. */
const FREE_DELAY_MS = 120;

/** Part of the SRT latency a packet may spend on a slower path and still be of use. */
const MAX_LATENCY_PART = 0.8;

/** A link whose data is not acknowledged carries this part of its share, until it is known why. */
const ACK_OVERDUE_SHARE = 0.02;
/** And is the best one where the ACKs of all are overdue only: longer than any round trip. */
const ACK_OVERDUE_MS = 100_000;

/** A packet sent again takes another link even past its window, up to this multiple of it. */
const MAX_LOAD = 2;

export type Preference = 'share' | 'best';

/** The sender's links; a slot is empty where one was removed. */
export type Links = readonly (Link | undefined)[];

/**
 * The slot of the link for the next packet, or -1 when none is active or suspect.
 *
 * `share` distributes by what each link can carry (start-time fair queueing: the link with
 * the lowest tag is next, and its tag grows by bytes / weight). `best` is for key frames
 * and packets sent again: the link with the lowest RTT and loss that has room, not
 * `avoid`. First come active links with room, then the least overloaded active one,
 * then backup links, then suspects.
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

/** The link that replied last, of those that may carry more; -1 for none. */
export function chooseLatest(links: Links): number {
  return minBy(links, (link) =>
    isPrimary(link) && loadOf(link) < MAX_LOAD ? -link.lastReceivedMs : undefined,
  );
}

/** Moves the chosen link on in the fair queue. */
export function chargeShare(links: Links, slot: number, bytes: number): void {
  const link = links[slot];
  if (link === undefined) return;
  const start = link.tag;
  link.tag += bytes / Math.max(1, link.shareBps);
  // A link that was idle does not catch up: its tag is raised to the present one.
  for (const other of links) {
    if (other !== undefined && other.tag < start) other.tag = start;
  }
}

/**
 * A link becomes active: it enters the fair queue at the present position, with a mean
 * share, less where it is far, until it is weighed. It neither makes up for the time before nor
 * pays for it.
 */
export function enterQueue(links: Links, entering: Link): void {
  const others = links.filter((link) => link !== undefined && link !== entering && isPrimary(link));
  const position = queuePosition(links, entering);
  if (position !== undefined) entering.tag = position;
  const sum = others.reduce((total, link) => total + (link?.shareBps ?? 0), 0);
  const meanBps = sum > 0 ? sum / others.length : FIRST_GUESS_BPS;
  const lowestMs = Math.min(entering.rtt.minMs, ...others.map((link) => link?.rtt.minMs ?? 0));
  entering.shareBps = entering.config.weight * meanBps * nearness(entering, lowestMs);
}

/** 1 for a link that is hardly further than the nearest. */
function nearness({ rtt }: Link, lowestMs: number): number {
  return Math.min(1, (lowestMs + FREE_DELAY_MS) / Math.max(1, rtt.meanMs));
}

/** Where the fair queue is: the lowest tag of its links. */
function queuePosition(links: Links, except?: Link): number | undefined {
  let position: number | undefined;
  for (const link of links) {
    if (link === undefined || link === except || !isPrimary(link)) continue;
    if (position === undefined || link.tag < position) position = link.tag;
  }
  return position;
}

/**
 * Updates each link's capacity from its latest figures, and its weight in the fair queue.
 * Call it every 100 ms.
 */
export function weigh(links: Links, nowMs: number, latencyMs: number): void {
  for (const link of links) if (link?.state.phase === 'active') updateCapacity(link, nowMs);
  let lowestMs = Number.POSITIVE_INFINITY;
  let unlimitedBps = 0;
  for (const link of links) {
    if (link === undefined || !isActive(link)) continue;
    lowestMs = Math.min(lowestMs, link.rtt.minMs);
    if (!link.capacity.hasShownLimit(nowMs)) {
      unlimitedBps = Math.max(unlimitedBps, link.capacity.bps);
    }
  }
  const position = queuePosition(links) ?? 0;
  for (const link of links) {
    if (link === undefined) continue;
    const { rtt } = link;
    link.lossRatio = lossOf(link, nowMs);
    const loss = Math.min(MAX_LOSS_PENALTY, LOSS_FACTOR * link.lossRatio);
    const far = nearness(link, lowestMs);
    const lateMs = rtt.meanMs - (rtt.minMs + Math.min(lowestMs, rtt.minMs)) / 2;
    const useful = lateMs > MAX_LATENCY_PART * latencyMs ? 0.01 : 1;
    // Links that have shown no limit are equal, whatever each has carried so far.
    const isUnlimited = isActive(link) && !link.capacity.hasShownLimit(nowMs);
    const bps = isUnlimited ? unlimitedBps : link.capacity.bps;
    const ackFactor = link.isAckOverdue ? ACK_OVERDUE_SHARE : 1;
    const shareBps = link.config.weight * bps * (1 - loss) * far * useful * ackFactor;
    // What it carried in advance counts by its present weight, or a short delay would cost seconds.
    link.tag = position + Math.max(0, link.tag - position) * (link.shareBps / shareBps);
    link.shareBps = shareBps;
  }
}

function updateCapacity(link: Link, nowMs: number): void {
  link.capacity.update({
    nowMs,
    rtt: link.rtt,
    sentBps: link.sent.perS(500, nowMs) * 8,
    deliveredBps: link.delivered.perS(500, nowMs) * 8,
    lossRatio: lossOf(link, nowMs),
    sentPackets: link.sentPackets.sum(1500, nowMs),
  });
}

/** With fewer packets to judge by, as many more count as delivered. */
const JUDGED_PACKETS = 30;

/** Loss over the last 1.5 s, 0 to 1. */
export function lossOf(link: Link, nowMs: number): number {
  const sent = Math.max(JUDGED_PACKETS, link.sentPackets.sum(1500, nowMs));
  return Math.min(1, link.lostPackets.sum(1500, nowMs) / sent);
}

function minBy(links: Links, rank: (link: Link) => number | undefined): number {
  let slot = -1;
  let lowest = Number.POSITIVE_INFINITY;
  for (const link of links) {
    if (link === undefined) continue;
    const value = rank(link);
    if (value !== undefined && value < lowest) {
      lowest = value;
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

/** RTT, with loss counted as delay: a lost packet costs round trips. */
function costMs(link: Link): number {
  const ackOverdueMs = link.isAckOverdue ? ACK_OVERDUE_MS : 0;
  return link.rtt.meanMs * (1 + LOSS_FACTOR * link.lossRatio) + ackOverdueMs;
}
