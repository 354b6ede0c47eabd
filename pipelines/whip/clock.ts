/** When a publisher's pictures and sound were taken, by the clock of this machine. Pure. */
import type { MediaKind } from '../webrtc/sdp.ts';

const TICKS = 2 ** 32;
/** How long the quickest packet counts: a network's delay changes, and clocks drift apart. */
const WINDOW_US = 5_000_000;
/** Further off than this the publisher counts from elsewhere. */
const JUMP_US = 2_000_000;
/**
 * Picture and sound by the publisher's own clock, where it says that they are so far apart at
 * most: more is bridged by no buffer of the encoders (`FramePacer`), and rather a wrong report.
 */
const APART_MAX_US = 150_000;

/** A report of the publisher: what its wall clock said at a time stamp. */
export interface ClockReport {
  readonly wallUs: number;
  readonly timestamp: number;
}

/** One track's time stamps. */
class TrackClock {
  readonly #ticksPerS: number;
  /** The last time stamp, counted on beyond 32 bits. */
  #last: number | undefined;
  /** The least of (arrival - media time), lately and in the window before. */
  #offsetUs = 0;
  #offsetBeforeUs = Number.POSITIVE_INFINITY;
  #windowUs = 0;
  /** Wall time at media time 0. */
  #wallAtZeroUs: number | undefined;

  constructor(ticksPerS: number) {
    this.#ticksPerS = ticksPerS;
  }

  add(timestamp: number, arrivedUs: number): void {
    const ticks = this.#unwrap(timestamp);
    const offsetUs = arrivedUs - this.#usOf(ticks);
    if (this.#last === undefined || Math.abs(offsetUs - this.offsetUs) > JUMP_US) {
      this.#offsetUs = offsetUs;
      this.#offsetBeforeUs = Number.POSITIVE_INFINITY;
      this.#windowUs = arrivedUs;
      this.#wallAtZeroUs = undefined;
    } else if (arrivedUs - this.#windowUs > WINDOW_US) {
      this.#offsetBeforeUs = this.#offsetUs;
      this.#offsetUs = offsetUs;
      this.#windowUs = arrivedUs;
    } else this.#offsetUs = Math.min(this.#offsetUs, offsetUs);
    this.#last = ticks;
  }

  /** The track's own time, in us. */
  mediaUs(timestamp: number): number {
    return this.#usOf(this.#unwrap(timestamp));
  }

  /** This machine's time at media time 0, by the quickest packet. */
  get offsetUs(): number {
    return Math.min(this.#offsetUs, this.#offsetBeforeUs);
  }

  /** How far this machine's clock is before the publisher's; undefined where it has not said. */
  get aheadUs(): number | undefined {
    return this.#wallAtZeroUs === undefined ? undefined : this.offsetUs - this.#wallAtZeroUs;
  }

  setReport({ wallUs, timestamp }: ClockReport): void {
    if (this.#last === undefined) return;
    this.#wallAtZeroUs = wallUs - this.mediaUs(timestamp);
  }

  #unwrap(timestamp: number): number {
    const last = this.#last ?? timestamp;
    return last + ((timestamp - (last % TICKS)) | 0);
  }

  #usOf(ticks: number): number {
    return (ticks * 1e6) / this.#ticksPerS;
  }
}

/**
 * Places each packet in time by its time stamp and by the arrival of the quickest ones, so that
 * jitter does not show. Picture and sound that the publisher's reports place on one clock are
 * moved together: lips and sound stay so, whatever each needed on its way.
 */
export class PublisherClock {
  readonly #tracks: Readonly<Record<MediaKind, TrackClock>>;

  constructor() {
    this.#tracks = { video: new TrackClock(90_000), audio: new TrackClock(48_000) };
  }

  /** A packet has come, at a time of CLOCK_MONOTONIC. */
  noteArrival(kind: MediaKind, timestamp: number, arrivedUs: number): void {
    this.#tracks[kind].add(timestamp, arrivedUs);
  }

  /** When that was taken, in us of CLOCK_MONOTONIC. */
  takenUs(kind: MediaKind, timestamp: number): number {
    const track = this.#tracks[kind];
    return track.mediaUs(timestamp) + track.offsetUs - this.#heldBackUs(kind);
  }

  setReport(kind: MediaKind, report: ClockReport): void {
    this.#tracks[kind].setReport(report);
  }

  /** How much longer than the other one's this track's packets are under way. */
  #heldBackUs(kind: MediaKind): number {
    const own = this.#tracks[kind].aheadUs;
    const other = this.#tracks[kind === 'video' ? 'audio' : 'video'].aheadUs;
    if (own === undefined || other === undefined) return 0;
    const longerUs = own - other;
    return longerUs > 0 && longerUs <= APART_MAX_US ? longerUs : 0;
  }
}
