/** One stream of picture and sound, for two processes that decode one of them each. */
import type { UnitFeed } from '../gdp/unit-output.ts';
import type { Received } from './messages.ts';
import { type TrackKind, TransportStream, WRAP_US } from './transport-stream.ts';

export interface SplitDeps {
  readonly openFeed: (path: string, onEnd: () => void) => UnitFeed;
  readonly onChange: (received: Received) => void;
  readonly onFault: (reason: string) => void;
  /** Calls back in turn. */
  readonly later: (ms: number, callBack: () => void) => void;
}

/** How much earlier units are sent than they are due is known after this. */
const SETTLED_US = 1_000_000;
/** A track that sends nothing for so long is away. */
const PRESENT_US = 3_000_000;
/** A unit that is further from the clock is not believed. */
const LEAD_MAX_US = 5_000_000;
/** Sound that comes later than this after its time is cut by the encoders (`SoundPacer`), */
const LATE_MAX_US = 100_000;
/** so the picture waits for it, */
const HELD_MAX_US = 500_000;
/** where so much of it is late: the others were late with this process. */
const LATE_SHARE = 0.8;

/**
 * Both get all bytes, with the same times: so lips and sound stay together, whatever each decoder
 * does. A sender may have its units due up to a second after it sends them: times are moved so
 * that the first of picture and sound is due when it comes. One that sends its sound in large
 * pieces (FFmpeg: of 180 ms) has a picture that would be due long before: it is held back.
 */
export class StreamSplit {
  readonly #deps: SplitDeps;
  readonly #feeds = new Map<TrackKind, UnitFeed>();
  readonly #stream: TransportStream;
  readonly #seenUs = new Map<TrackKind, number>();
  #now = { stampUs: 0, us: 0 };
  #startUs: number | undefined;
  #clock: { readonly us: number; readonly stampUs: number } | undefined;
  /** How long after its time the first unit of all came, */
  #earliestUs = Number.POSITIVE_INFINITY;
  /** and each of the sound, until that is known. */
  readonly #sound: number[] = [];
  #heldUs = 0;
  #received: string | undefined;

  constructor(deps: SplitDeps) {
    this.#deps = deps;
    this.#stream = new TransportStream({
      onClock: (us) => {
        this.#clock = { us, stampUs: this.#now.stampUs };
      },
      onUnit: (kind, us) => this.#note(kind, us),
    });
  }

  /** @param stampUs When it was sent, as far as that is known; both are CLOCK_MONOTONIC. */
  add(data: Buffer, stampUs: number, nowUs: number): void {
    this.#startUs ??= nowUs;
    this.#now = { stampUs, us: nowUs };
    this.#stream.add(data);
    const hasClock = Number.isFinite(this.#earliestUs);
    const takenUs = hasClock ? stampUs + this.#earliestUs + this.#heldUs : nowUs;
    const unit = { takenUs, isKeyframe: true, data };
    this.#feeds.get('audio')?.add(unit);
    if (this.#heldUs === 0) this.#feeds.get('video')?.add(unit);
    else this.#deps.later(this.#heldUs / 1000, () => this.#feeds.get('video')?.add(unit));
  }

  /** To be called a few times a second. */
  tick(nowUs: number): void {
    if (this.#startUs === undefined || nowUs < this.#startUs + SETTLED_US) return;
    const isThere = (kind: TrackKind) =>
      nowUs < (this.#seenUs.get(kind) ?? Number.NEGATIVE_INFINITY) + PRESENT_US;
    const received: Received = {
      ...(isThere('video') && { video: true }),
      ...(isThere('audio') && { audio: true }),
    };
    if (this.#received === undefined) this.#settle();
    const text = JSON.stringify(received);
    if (text === this.#received) return;
    this.#received = text;
    this.#deps.onChange(received);
  }

  /** False where its reader is gone. */
  feed(kind: TrackKind, path: string): boolean {
    this.#feeds.get(kind)?.close();
    this.#feeds.delete(kind);
    try {
      const feed = this.#deps.openFeed(path, () => {
        if (this.#feeds.get(kind) === feed) this.#feeds.delete(kind);
      });
      this.#feeds.set(kind, feed);
      return true;
    } catch (error) {
      this.#deps.onFault(String(error));
      return false;
    }
  }

  #note(kind: TrackKind, us: number): void {
    this.#seenUs.set(kind, this.#now.us);
    if (this.#clock === undefined) return;
    const leadUs = wrapped(us - this.#clock.us);
    if (Math.abs(leadUs) > LEAD_MAX_US) return;
    const lateUs = this.#now.us - (this.#clock.stampUs + leadUs);
    this.#earliestUs = Math.min(this.#earliestUs, lateUs);
    if (kind === 'audio' && this.#received === undefined) this.#sound.push(lateUs);
  }

  /** Before anything is fed. */
  #settle(): void {
    const sound = this.#sound.toSorted((a, b) => a - b);
    const latest = sound[Math.floor(sound.length * LATE_SHARE)] ?? this.#earliestUs;
    const heldUs = Math.ceil((latest - this.#earliestUs - LATE_MAX_US) / 1000) * 1000;
    this.#heldUs = Math.min(HELD_MAX_US, Math.max(0, heldUs));
  }
}

/** Of two times that wrap, the nearer way round. */
function wrapped(us: number): number {
  return us - Math.round(us / WRAP_US) * WRAP_US;
}
