/** Sets the encoder's bitrate by the sum of the links' capacities. */
import { type RateBounds, type RateController, type RateEvidence, withinBounds } from './rate.ts';

type Link = RateEvidence['links'][number];

/** Part of the links' capacity; the rest is for retransmissions and SRT's control packets. */
const USABLE = 0.85;

/** The target is this much above what a link has delivered, so that it can deliver more. */
const REACH = 1.4;
const REACH_BPS = 250_000;

/** The fastest rise: some nine seconds from half to full. */
const RAISE_PER_S = 0.06;
const RAISE_BPS_PER_S = 100_000;
/**
 * While the links have shown no limit yet, and up to what they carried before one of them was lost
 * that is back (a satellite's handover): four seconds from half to full.
 */
const QUICK_RAISE_PER_S = 0.2;
const LOST_MEMORY_MS = 30_000;
/** Room on the other links for what a stalled link had in flight. */
const AFTER_STALL = 0.75;

/** Pause after a cut before the target rises again. */
const STABLE_MS = 2_000;

/** Part of SRT's latency: packets that are unacknowledged longer leave little time for repair. */
const FULL = 0.35;
const FULL_CUT = 0.85;
const FULL_PAUSE_MS = 400;

/** An SRT packet's payload. */
const PACKET_BITS = 1316 * 8;

/** What the target was before links were lost, and with which. */
interface Lost {
  readonly bps: number;
  readonly links: ReadonlySet<string>;
  readonly atMs: number;
}

const NOTHING_LOST: Lost = { bps: 0, links: new Set(), atMs: Number.NEGATIVE_INFINITY };

/**
 * The target falls at once: when a link stalls, to what the others have delivered; when a
 * capacity is cut, to that. It rises slowly, and only a little beyond what was delivered, as
 * an untested estimate is a guess.
 */
export class LinkAwareRate implements RateController {
  readonly #bounds: RateBounds;
  #lastMs: number | undefined;
  #cutMs = Number.NEGATIVE_INFINITY;
  #carrying: ReadonlySet<string> = new Set();
  #lost: Lost = NOTHING_LOST;
  /** The links have shown no limit since the last outage. */
  #isUnlimited = true;
  readonly everyMs = 100;
  targetBps: number;

  constructor(bounds: RateBounds) {
    this.#bounds = bounds;
    // The capacity of the links is not known yet.
    this.targetBps = bounds.minBps;
  }

  update({ nowMs, links, srt }: RateEvidence): number {
    const passedS = Math.min(1, (nowMs - (this.#lastMs ?? nowMs)) / 1000);
    this.#lastMs = nowMs;
    const inUse = carrying(links);
    const hasLostLink = [...this.#carrying].some((id) => !inUse.some((link) => link.id === id));
    if (nowMs - this.#lost.atMs > LOST_MEMORY_MS) this.#lost = NOTHING_LOST;
    if (hasLostLink) {
      const bps = Math.max(this.targetBps, this.#lost.bps);
      this.#lost = { bps, links: new Set([...this.#carrying, ...this.#lost.links]), atMs: nowMs };
    }
    this.#carrying = new Set(inUse.map(({ id }) => id));
    // An outage: the capacity of the first link back is not known yet.
    if (inUse.length === 0) {
      this.#isUnlimited = true;
      this.targetBps = this.#bounds.minBps;
      return this.targetBps;
    }
    const capacityBps = USABLE * sum(inUse, ({ capacityBps: bps }) => bps);
    const deliveredBps = USABLE * sum(inUse, reachOf);
    if (hasLostLink) {
      const leftBps = Math.min(this.targetBps, capacityBps, deliveredBps);
      return this.#cutTo(AFTER_STALL * leftBps, nowMs);
    }
    const isBack = [...this.#lost.links].every((id) => this.#carrying.has(id));
    const isBeyond = capacityBps < this.targetBps;
    if (isBeyond || (this.#isFull(srt) && nowMs - this.#cutMs > FULL_PAUSE_MS)) {
      // With all its links it is less than before; what waits is of the time without them.
      if (isBack && isBeyond) this.#lost = NOTHING_LOST;
      return this.#cutTo(isBeyond ? capacityBps : FULL_CUT * this.targetBps, nowMs);
    }
    if (nowMs - this.#cutMs < STABLE_MS) return this.targetBps;
    const isQuick = this.#isUnlimited || (isBack && this.targetBps < this.#lost.bps);
    const perS = isQuick ? QUICK_RAISE_PER_S : RAISE_PER_S;
    const stepBps = (perS * this.targetBps + RAISE_BPS_PER_S) * passedS;
    const ceilingBps = Math.min(capacityBps, deliveredBps);
    if (this.targetBps < ceilingBps) {
      this.targetBps = withinBounds(Math.min(ceilingBps, this.targetBps + stepBps), this.#bounds);
    }
    return this.targetBps;
  }

  #cutTo(bps: number, nowMs: number): number {
    const targetBps = withinBounds(bps, this.#bounds);
    if (targetBps < this.targetBps) {
      this.#cutMs = nowMs;
      this.#isUnlimited = false;
    }
    this.targetBps = targetBps;
    return targetBps;
  }

  #isFull({ unackedPackets, latencyMs = 1000, rttMs = 0 }: RateEvidence['srt']): boolean {
    const waitMs = (unackedPackets * PACKET_BITS * 1000) / Math.max(this.targetBps, 1);
    return waitMs - rttMs > FULL * latencyMs;
  }
}

/** The links that carry packets: backups only where no other is usable. */
function carrying(links: readonly Link[]): readonly Link[] {
  const able = links.filter(
    ({ state, isEnabled, isSpent }) =>
      (state === 'active' || state === 'suspect') && isEnabled && !isSpent,
  );
  const first = able.filter(({ isBackup }) => !isBackup);
  return first.length > 0 ? first : able;
}

function reachOf({ capacityBps, provenBps }: Link): number {
  return Math.min(capacityBps, REACH * provenBps + REACH_BPS);
}

function sum(links: readonly Link[], of: (link: Link) => number): number {
  return links.reduce((total, link) => total + of(link), 0);
}
