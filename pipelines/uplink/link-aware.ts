import { type RateBounds, type RateController, type RateEvidence, withinBounds } from './rate.ts';

type Link = RateEvidence['links'][number];

/** Of what the links are taken to carry: the rest is for retransmissions and SRT's own. */
const USABLE = 0.85;

/** A link is asked for this much more than it has shown, so that it can show more. */
const REACH = 1.4;
const REACH_BPS = 250_000;

/** Raised by so much a second at the most: some nine seconds from half to full. */
const RAISE_PER_S = 0.06;
const RAISE_BPS_PER_S = 100_000;
/** While no limit was met since the links came: four seconds from half to full. */
const FIRST_RAISE_PER_S = 0.2;
/** When a link is pulled, what it had in flight goes out again on the others: room for it. */
const AFTER_STALL = 0.75;

/** Quiet for so long after a cut before anything is raised. */
const STABLE_MS = 2_000;

/** Of SRT's latency: packets that wait longer than this to be acknowledged leave little for repair. */
const FULL = 0.35;
const FULL_CUT = 0.85;
const FULL_PAUSE_MS = 400;

/** An SRT packet's payload. */
const PACKET_BITS = 1316 * 8;

/**
 * Follows the sum of what the links can carry.
 *
 * It falls at once: when a link is pulled, to what the others have shown; when
 * their capacity is cut, to that. It rises slowly, and no further than a little beyond what was
 * proven, since an estimate that nothing has tested is a guess.
 */
export class LinkAwareRate implements RateController {
  readonly #bounds: RateBounds;
  #lastMs: number | undefined;
  #cutMs = Number.NEGATIVE_INFINITY;
  #carrying: ReadonlySet<string> = new Set();
  /** No limit was met since there were links again. */
  #isUnlimited = true;
  readonly everyMs = 100;
  targetBps: number;

  constructor(bounds: RateBounds) {
    this.#bounds = bounds;
    // Nothing is known of the links yet.
    this.targetBps = bounds.minBps;
  }

  update({ nowMs, links, srt }: RateEvidence): number {
    const passedS = Math.min(1, (nowMs - (this.#lastMs ?? nowMs)) / 1000);
    this.#lastMs = nowMs;
    const inUse = carrying(links);
    const isFewer = [...this.#carrying].some((id) => !inUse.some((link) => link.id === id));
    this.#carrying = new Set(inUse.map(({ id }) => id));
    // Nothing goes out: what the first link back can carry is seen when it is back.
    if (inUse.length === 0) {
      this.#isUnlimited = true;
      this.targetBps = this.#bounds.minBps;
      return this.targetBps;
    }
    const capacityBps = USABLE * sum(inUse, ({ capacityBps: bps }) => bps);
    const shownBps = USABLE * sum(inUse, reachOf);
    if (isFewer) {
      const leftBps = Math.min(this.targetBps, capacityBps, shownBps);
      return this.#cutTo(AFTER_STALL * leftBps, nowMs);
    }
    if (capacityBps < this.targetBps) return this.#cutTo(capacityBps, nowMs);
    if (this.#isFull(srt) && nowMs - this.#cutMs > FULL_PAUSE_MS) {
      return this.#cutTo(FULL_CUT * this.targetBps, nowMs);
    }
    if (nowMs - this.#cutMs < STABLE_MS) return this.targetBps;
    const perS = this.#isUnlimited ? FIRST_RAISE_PER_S : RAISE_PER_S;
    const stepBps = (perS * this.targetBps + RAISE_BPS_PER_S) * passedS;
    const ceilingBps = Math.min(capacityBps, shownBps);
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

/** The links that packets go out on: backups only where nothing else is left. */
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
