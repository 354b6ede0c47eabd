/** What stalled links still carry: copies of packets, and everything during an outage. */
import type { Link } from './link.ts';
import type { Links } from './select.ts';

/** One packet in so many is copied to a stalled link: to a silent one, and to one that replies. */
const PROBE_EVERY = 50;
const REPLYING_PROBE_EVERY = 10;
/** But not where the copies fill what little it carries: a card whose data is used up, at 64 kbit/s. */
const PROMPT_MS = 1000;

/** With no link at all packets still go out for this long, then one in {@link OUTAGE_EVERY}. */
const OUTAGE_MS = 2000;
const OUTAGE_EVERY = 10;

/**
 * True when a stalled link gets a copy of the data packet with this count: keepalives may
 * pass where data does not.
 */
export function isProbed(link: Link, count: number): boolean {
  if (link.state.phase !== 'stalled' || link.isSpent) return false;
  const isReplying = link.state.echoes > 0 && link.rtt.meanMs < PROMPT_MS;
  return count % (isReplying ? REPLYING_PROBE_EVERY : PROBE_EVERY) === 0;
}

/**
 * The time in which no link is usable. Packets go by the stalled links in turn, all of
 * them at first and then a tenth, so that a long outage does not use up data budgets.
 */
export class Outage {
  #sinceMs = -1;
  #count = 0;

  end(): void {
    this.#sinceMs = -1;
  }

  /** The slot for the next packet, -1 to drop it. */
  choose(links: Links, nowMs: number): number {
    if (this.#sinceMs < 0) this.#sinceMs = nowMs;
    this.#count += 1;
    const isLong = nowMs - this.#sinceMs > OUTAGE_MS;
    if (isLong && this.#count % OUTAGE_EVERY !== 0) return -1;
    const stalled = links.filter((link) => link?.state.phase === 'stalled' && !link.isSpent);
    const turn = Math.floor(this.#count / OUTAGE_EVERY) % Math.max(1, stalled.length);
    return stalled[turn]?.slot ?? -1;
  }
}
