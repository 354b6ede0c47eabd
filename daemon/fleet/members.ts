/** The other boxes of a fleet, by what they publish. Pure. */
import type * as v from 'valibot';
import { parseAs } from '../../hal/os/files/json.ts';
import { type FleetBox, type FleetMessage, fleetMessage, type SharedDrop } from '../model/fleet.ts';
import { Allowance } from './allowance.ts';

/** The box itself is one more. */
export const OTHERS_MAX = 49;
/** A box publishes every minute at least. */
const NEWS_MS = 200_000;
/** One that has left is forgotten after a day. */
const FORGET_MS = 86_400_000;
const MESSAGE_BYTES_MAX = 4_096;
/** `availability` of boxes that are not known to be of this fleet; of any box of the broker. */
const STRANGERS_MAX = 256;

const TOPIC = /^venuebox\/v1\/([a-z0-9][a-z0-9-]{0,31})\/(fleet|poster|availability)$/;

/** What all boxes of the broker publish for each other. */
export const FLEET_FILTERS: readonly string[] = ['fleet', 'availability', 'poster'].map(
  (name) => `venuebox/v1/+/${name}`,
);

export interface FleetIncoming {
  readonly topic: string;
  readonly payload: Buffer;
}

export interface Now {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

interface Member {
  readonly message: FleetMessage;
  /** Monotonic. */
  readonly heardMs: number;
  readonly clockAheadMs?: number;
}

/** What anybody on the broker may send: sizes and numbers are bounded, and nothing throws. */
export class Members {
  readonly #fleet: string;
  readonly #self: string;
  readonly #members = new Map<string, Member>();
  readonly #leftOut = new Set<string>();
  readonly #isOnline = new Map<string, boolean>();
  /** Boxes whose message has come over this connection: the first may be one that the broker kept. */
  readonly #heard = new Set<string>();
  readonly #allowance = new Allowance();

  constructor(fleet: string, self: string) {
    this.#fleet = fleet;
    this.#self = self;
  }

  /** The broker sends what it has retained, whatever its age. */
  connected(): void {
    this.#heard.clear();
  }

  /** A poster's box, where it is one of the fleet: what it sent is for the caller to check. */
  receive({ topic, payload }: FleetIncoming, now: Now): string | undefined {
    const [, box = '', kind] = TOPIC.exec(topic) ?? [];
    if (box === '' || box === this.#self) return undefined;
    const isMember = this.#members.has(box);
    if (!this.#allowance.take(box, now.monotonicMs, isMember)) return undefined;
    if (kind === 'availability') this.#setOnline(box, payload);
    else if (kind === 'fleet') this.#receiveMessage(box, payload, now);
    else return isMember ? box : undefined;
    return undefined;
  }

  /** What the leader shows: null for no drop, undefined while the leader is not known. */
  dropOf(leader: string): SharedDrop | null | undefined {
    return this.#members.get(leader)?.message.drop;
  }

  get leftOut(): number {
    return this.#leftOut.size;
  }

  /** By name. */
  list({ monotonicMs }: Now): readonly FleetBox[] {
    for (const [box, { heardMs }] of this.#members) {
      if (monotonicMs - heardMs > FORGET_MS) this.#members.delete(box);
    }
    return [...this.#members]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { message, heardMs, clockAheadMs }]) => {
        const { fleet: _fleet, leader: _leader, ...said } = message;
        const isAway = this.#isOnline.get(name) === false || monotonicMs - heardMs > NEWS_MS;
        return {
          ...{ name, isOwn: false, isAway },
          ...said,
          ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
        };
      });
  }

  #receiveMessage(box: string, payload: Buffer, now: Now): void {
    const parsed = parseMessage(payload);
    if (parsed === undefined || parsed.fleet !== this.#fleet) {
      // It has left, or is of another fleet now. What is no message changes nothing.
      if (payload.length === 0 || parsed !== undefined) this.#forget(box);
      return;
    }
    const { ts, ...message } = parsed;
    const aheadMs = Math.round((Date.parse(ts) - now.wallMs) / 1000) * 1000;
    const isKept = !this.#heard.has(box);
    // Of a box that is long gone, and a broker that keeps everything.
    if (isKept && aheadMs < -FORGET_MS) return void this.#noteHeard(box);
    if (!this.#members.has(box) && !this.#makeRoom(now)) {
      if (this.#leftOut.size < STRANGERS_MAX) this.#leftOut.add(box);
      return;
    }
    this.#leftOut.delete(box);
    this.#noteHeard(box);
    const clockAheadMs = isKept ? this.#members.get(box)?.clockAheadMs : aheadMs;
    const ahead = clockAheadMs === undefined ? {} : { clockAheadMs };
    this.#members.set(box, { message, heardMs: now.monotonicMs, ...ahead });
  }

  #noteHeard(box: string): void {
    if (this.#heard.size < STRANGERS_MAX) this.#heard.add(box);
  }

  #forget(box: string): void {
    this.#members.delete(box);
    this.#leftOut.delete(box);
  }

  /** One that is away gives its place up. */
  #makeRoom(now: Now): boolean {
    if (this.#members.size < OTHERS_MAX) return true;
    const away = this.list(now).find(({ isAway }) => isAway);
    if (away !== undefined) this.#members.delete(away.name);
    return away !== undefined;
  }

  #setOnline(box: string, payload: Buffer): void {
    if (payload.length > 16) return;
    this.#isOnline.delete(box);
    this.#isOnline.set(box, payload.toString() !== 'offline');
    if (this.#isOnline.size <= STRANGERS_MAX) return;
    const oldest = [...this.#isOnline.keys()].find((name) => !this.#members.has(name));
    if (oldest !== undefined) this.#isOnline.delete(oldest);
  }
}

function parseMessage(payload: Buffer): v.InferOutput<typeof fleetMessage> | undefined {
  if (payload.length > MESSAGE_BYTES_MAX) return undefined;
  return parseAs(fleetMessage, payload.toString());
}
