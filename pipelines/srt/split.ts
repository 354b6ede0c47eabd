/** One stream of picture and sound, for two processes that decode one of them each. */
import type { UnitOutput } from '../gdp/unit-output.ts';
import type { Received } from './messages.ts';
import { type TrackKind, TransportStream, WRAP_US } from './transport-stream.ts';

export interface SplitDeps {
  readonly openFeed: (path: string, onEnd: () => void) => UnitOutput;
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
/** but not for less. */
const LEAP_MIN_US = 20_000;
/** where so much of it is late. */
const LATE_SHARE = 0.8;
/** More than one frame of any codec is in pieces that are longer, */
const FRAME_MAX_US = 70_000;
/**
 * which FFmpeg's are: of up to 2930 bytes, so the longer the quieter it is. They end with the
 * frame that makes 0.35 s full (half of `max_delay`).
 */
const PIECE_MAX_US = 370_000;
/** They are late by their length: what is late now and then is cut by the encoders each time. */
const PIECE_EARLIER_US = 100_000;

/** Of a track that is sent. */
interface Seen {
  readonly lastUs: number;
  /** Enough of it is known from then on. */
  readonly settledUs: number;
}

/**
 * Both get all bytes, with the same times: so lips and sound stay together, whatever each decoder
 * does. A sender may have its units due up to a second after it sends them: times are moved so
 * that the first of picture and sound is due when it comes. One that sends its sound in large
 * pieces (FFmpeg) has a picture that would be due long before: it is held back. Where that is
 * known only later, as the sound begins later, decoders start again: they take no leap of times.
 */
export class StreamSplit {
  readonly #deps: SplitDeps;
  readonly #feeds = new Map<TrackKind, UnitOutput>();
  readonly #stream: TransportStream;
  readonly #seen = new Map<TrackKind, Seen>();
  #now = { stampUs: 0, us: 0 };
  #startUs: number | undefined;
  #clock: { readonly us: number; readonly stampUs: number } | undefined;
  /** How long after its time the first unit of all came, */
  #earliestUs = Number.POSITIVE_INFINITY;
  /** and was sent. */
  #earliestSentUs = Number.POSITIVE_INFINITY;
  #sound: SoundPieces | undefined;
  #heldUs = 0;
  #received: Received | undefined;

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
    const video = this.#feeds.get('video');
    if (this.#heldUs === 0) video?.add(unit);
    else this.#deps.later(this.#heldUs / 1000, () => video?.add(unit));
  }

  /** To be called a few times a second. */
  tick(nowUs: number): void {
    if (this.#startUs === undefined || nowUs < this.#startUs + SETTLED_US) return;
    const isThere = (kind: TrackKind) => {
      const { lastUs, settledUs } = this.#seen.get(kind) ?? NEVER;
      return nowUs < lastUs + PRESENT_US && nowUs >= settledUs;
    };
    const received: Received = {
      ...(isThere('video') && { video: true }),
      ...(isThere('audio') && { audio: true }),
    };
    const before = this.#received;
    if (before !== undefined && before.video === received.video && before.audio === received.audio)
      return;
    this.#received = received;
    if (received.audio) this.#holdBack();
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
    const { us: nowUs, stampUs } = this.#now;
    const before = this.#seen.get(kind);
    const isNew = before === undefined || nowUs >= before.lastUs + PRESENT_US;
    // What is there from the start on is known at the same time.
    const fromUs = this.#received === undefined ? (this.#startUs ?? nowUs) : nowUs;
    const settledUs = isNew ? fromUs + SETTLED_US : before.settledUs;
    this.#seen.set(kind, { lastUs: nowUs, settledUs });
    if (isNew && kind === 'audio') this.#sound = new SoundPieces();
    if (this.#clock === undefined) return;
    const leadUs = wrapped(us - this.#clock.us);
    if (Math.abs(leadUs) > LEAD_MAX_US) return;
    const sentUs = stampUs - (this.#clock.stampUs + leadUs);
    this.#earliestUs = Math.min(this.#earliestUs, nowUs - stampUs + sentUs);
    this.#earliestSentUs = Math.min(this.#earliestSentUs, sentUs);
    if (kind === 'audio' && nowUs < settledUs) this.#sound?.add(us, sentUs);
  }

  /** By what was sent, not by what came: this process may be held up. */
  #holdBack(): void {
    const latestUs = this.#sound?.latestUs ?? this.#earliestSentUs;
    const lateUs = latestUs - this.#earliestSentUs - LATE_MAX_US;
    const heldUs = Math.min(HELD_MAX_US, Math.ceil(lateUs / 1000) * 1000);
    if (heldUs < this.#heldUs + LEAP_MIN_US) return;
    this.#heldUs = heldUs;
    for (const feed of this.#feeds.values()) feed.close();
    this.#feeds.clear();
  }
}

const NEVER: Seen = { lastUs: Number.NEGATIVE_INFINITY, settledUs: 0 };

/** The pieces of sound that a sender sends. */
class SoundPieces {
  readonly #sentUs: number[] = [];
  readonly #lengthsUs: number[] = [];
  #lastUs: number | undefined;

  /** @param us Its time. @param sentUs How long after that it was sent. */
  add(us: number, sentUs: number): void {
    this.#sentUs.push(sentUs);
    if (this.#lastUs !== undefined) this.#lengthsUs.push(wrapped(us - this.#lastUs));
    this.#lastUs = us;
  }

  /** How long after its time one is sent at the latest. */
  get latestUs(): number | undefined {
    const [sentUs, lengthUs = 0] = [shareOf(this.#sentUs), shareOf(this.#lengthsUs)];
    if (sentUs === undefined || lengthUs < FRAME_MAX_US) return sentUs;
    return sentUs + Math.max(0, PIECE_MAX_US - lengthUs) + PIECE_EARLIER_US;
  }
}

function shareOf(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * LATE_SHARE)];
}

/** Of two times that wrap, the nearer way round. */
function wrapped(us: number): number {
  return us - Math.round(us / WRAP_US) * WRAP_US;
}
