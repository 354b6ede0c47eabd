/** Who is watching, by the pages' own reports. */
import * as v from 'valibot';
import { type TokenBucket, takeFrom } from '../../hal/os/limits/token-bucket.ts';
import { Audience, type Client, HEARTS } from './audience.ts';

/** A page reports this often; one without three reports has left. */
export const BEACON_EVERY_MS = 5_000;
const GONE_AFTER_MS = 3 * BEACON_EVERY_MS + 1_000;

const VIEWERS_MAX = 20_000;
/** A report may be this much late, or be the first one. */
const REPORT_LATE_MS = BEACON_EVERY_MS + 1_000;
const STARTUPS_MAX = 512;
const STALL_MIN_MS = 250;

/** What a player page reports. The id is random, lives as long as the page and is never stored. */
export const beaconSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[\w-]{8,32}$/)),
  player: v.picklist(['venuebox', 'whep', 'hls.js', 'native']),
  rendition: v.pipe(v.string(), v.regex(/^[\w-]{0,32}$/)),
  /** From opening the page, or from when there was a stream, to the first frame; reported once. */
  startupMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))),
  /** From the camera to the screen, as the player measures it. */
  latencyMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(600_000))),
  /** Since the last beacon. */
  stalls: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000)),
  stalledMs: v.pipe(v.number(), v.minValue(0), v.maxValue(600_000)),
  /** Changes of rendition since the last beacon; pages of an older version do not count them. */
  switches: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000))),
  /** That the guest has sent since the last beacon. */
  hearts: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1_000))),
  /** That the page asked for; left out where the box chose it. */
  profile: v.optional(v.picklist(['phone', 'laptop', 'low-data'])),
});

export type Beacon = v.InferOutput<typeof beaconSchema>;

export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly n: number;
}

export interface ViewerFigures {
  readonly viewers: number;
  readonly byPlayer: Readonly<Record<string, number>>;
  readonly stallsTotal: number;
  readonly stalledMsTotal: number;
  /** Changes of rendition; `auto` where the box chose the profile. */
  readonly switchesByProfile: Readonly<Record<string, number>>;
  /** That guests have sent since the stream began. */
  readonly heartsTotal: number;
  readonly startupMs: Quantiles | undefined;
  readonly latencyMsByRendition: Readonly<Record<string, Quantiles>>;
}

interface Seen {
  readonly address: string;
  beacon: Beacon;
  atMs: number;
  hasStartup: boolean;
  readonly hearts: TokenBucket;
}

/**
 * Any client can send reports. An address has no more viewers than its connections and the
 * media that they fetch allow, and no viewer has stalled for longer than it was there.
 */
export class Viewers {
  /** Who was heard of last is last: a flood of reports looks through the others once, not each time. */
  readonly #seen = new Map<string, Seen>();
  readonly #perAddress = new Map<string, number>();
  readonly #audience = new Audience();
  readonly #startups: { readonly address: string; readonly ms: number }[] = [];
  readonly #isRendition: (id: string) => boolean;
  readonly #hasReactions: () => boolean | undefined;
  readonly #switches = new Map<string, number>();
  #stallsTotal = 0;
  #stalledMsTotal = 0;
  #heartsTotal = 0;

  /**
   * @param isRendition True for a rendition of this stream; reports for others are false.
   * @param hasReactions Guests may send hearts now.
   */
  constructor(
    isRendition: (id: string) => boolean,
    hasReactions: () => boolean | undefined = () => false,
  ) {
    this.#isRendition = isRendition;
    this.#hasReactions = hasReactions;
  }

  get hasReactions(): boolean {
    return this.#hasReactions() === true;
  }

  get heartsTotal(): number {
    return this.#heartsTotal;
  }

  /** A part or a segment was asked for. */
  addFetch(client: Client, nowMs: number): void {
    this.#audience.addFetch(client, nowMs);
  }

  /** A stream is pushed, until the returned function is called. */
  addStream(client: Client, nowMs: number): () => void {
    return this.#audience.addStream(client, nowMs);
  }

  add(beacon: Beacon, client: Client, nowMs: number): void {
    this.#expire(nowMs);
    const { address = '' } = client;
    const max = this.#audience.viewersMax(client, nowMs);
    const seen = this.#seenAs(beacon, address, nowMs);
    const count = this.#perAddress.get(address) ?? 0;
    if (count > max) {
      this.#remove(beacon.id);
      return;
    }
    if (seen === undefined) return;
    this.#addStalls(beacon, client, { max, nowMs, sinceMs: nowMs - seen.atMs + REPORT_LATE_MS });
    this.#addSwitches(beacon, nowMs - seen.atMs);
    this.#addHearts(beacon, seen, client, { max, nowMs });
    seen.beacon = beacon;
    seen.atMs = nowMs;
    this.#seen.delete(beacon.id);
    this.#seen.set(beacon.id, seen);
    if (beacon.startupMs !== undefined && !seen.hasStartup) {
      seen.hasStartup = true;
      this.#addStartup(address, beacon.startupMs, max);
    }
  }

  /** The viewer of this report, which may be new; undefined where there are too many. */
  #seenAs(beacon: Beacon, address: string, nowMs: number): Seen | undefined {
    const { id } = beacon;
    const known = this.#seen.get(id);
    if (known?.address === address) return known;
    // A phone has changed from one network to another.
    if (known !== undefined) this.#remove(id);
    if (this.#seen.size >= VIEWERS_MAX) return undefined;
    const hearts = { left: HEARTS.max, atMs: nowMs };
    const seen = { address, beacon, atMs: nowMs, hasStartup: false, hearts };
    this.#seen.set(id, seen);
    this.#perAddress.set(address, (this.#perAddress.get(address) ?? 0) + 1);
    return seen;
  }

  /** No page changes more often than once a second. */
  #addSwitches({ profile, switches = 0 }: Beacon, sinceMs: number): void {
    const key = profile ?? 'auto';
    const possible = Math.min(switches, Math.ceil((sinceMs + REPORT_LATE_MS) / 1_000));
    this.#switches.set(key, (this.#switches.get(key) ?? 0) + possible);
  }

  /** Neither a guest nor an address can send more than guests have time to tap. */
  #addHearts(
    { hearts = 0 }: Beacon,
    seen: Seen,
    client: Client,
    { max, nowMs }: { readonly max: number; readonly nowMs: number },
  ): void {
    if (!this.hasReactions || hearts === 0) return;
    const ofGuest = takeFrom(seen.hearts, hearts, HEARTS, nowMs);
    this.#heartsTotal += this.#audience.takeHearts(client, ofGuest, max, nowMs);
  }

  /** @param within The time since the last report, and what the address can have. */
  #addStalls(
    beacon: Beacon,
    client: Client,
    within: { readonly max: number; readonly nowMs: number; readonly sinceMs: number },
  ): void {
    const { max, nowMs, sinceMs } = within;
    const stalledMs = Math.min(beacon.stalledMs, sinceMs);
    const wantedMs = Math.max(stalledMs, beacon.stalls * STALL_MIN_MS);
    const possibleMs = this.#audience.takeStalled(client, Math.min(wantedMs, sinceMs), max, nowMs);
    this.#stalledMsTotal += Math.min(stalledMs, possibleMs);
    this.#stallsTotal += Math.min(beacon.stalls, Math.ceil(possibleMs / STALL_MIN_MS));
  }

  /** @param max How many of the values may be of one address. */
  #addStartup(address: string, ms: number, max: number): void {
    const own = this.#startups.filter((startup) => startup.address === address);
    const [oldest] = own;
    if (oldest !== undefined && own.length >= max) {
      this.#startups.splice(this.#startups.indexOf(oldest), 1);
    }
    this.#startups.push({ address, ms });
    if (this.#startups.length > STARTUPS_MAX) this.#startups.shift();
  }

  figures(nowMs: number): ViewerFigures {
    this.#expire(nowMs);
    const byPlayer: Record<string, number> = {};
    const latencies = new Map<string, number[]>();
    for (const { beacon } of this.#seen.values()) {
      byPlayer[beacon.player] = (byPlayer[beacon.player] ?? 0) + 1;
      if (beacon.latencyMs === undefined || !this.#isRendition(beacon.rendition)) continue;
      const list = latencies.get(beacon.rendition) ?? [];
      list.push(beacon.latencyMs);
      latencies.set(beacon.rendition, list);
    }
    return {
      viewers: this.#seen.size,
      byPlayer,
      stallsTotal: this.#stallsTotal,
      stalledMsTotal: this.#stalledMsTotal,
      switchesByProfile: Object.fromEntries(this.#switches),
      heartsTotal: this.#heartsTotal,
      startupMs: quantiles(this.#startups.map(({ ms }) => ms)),
      latencyMsByRendition: Object.fromEntries(
        [...latencies].flatMap(([rendition, list]) => {
          const figures = quantiles(list);
          return figures === undefined ? [] : [[rendition, figures]];
        }),
      ),
    };
  }

  #expire(nowMs: number): void {
    for (const [id, { atMs }] of this.#seen) {
      if (nowMs - atMs <= GONE_AFTER_MS) return;
      this.#remove(id);
    }
  }

  #remove(id: string): void {
    const seen = this.#seen.get(id);
    if (seen === undefined) return;
    this.#seen.delete(id);
    const left = (this.#perAddress.get(seen.address) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(seen.address, left);
    else this.#perAddress.delete(seen.address);
  }
}

/** p50 and p95 by the nearest rank; undefined without values. */
export function quantiles(values: readonly number[]): Quantiles | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), n: sorted.length };
}
