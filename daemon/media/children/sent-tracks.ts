/** Picture and sound that a phone, OBS or an encoder sends to the box, as sources wait for them. */
import { anySignal, Condition } from '../../../hal/os/async.ts';
import type { HalError } from '../../../hal/os/errors.ts';

type TrackKind = 'video' | 'audio';

/** A device that is not there is asked for again; one that comes meanwhile is taken at once. */
const ARRIVAL_MAX_MS = 10_000;

/** Each track that is sent, with what is known of it. */
export class SentTracks<Track> {
  readonly #faultOf: (kind: TrackKind, isOtherSent: boolean) => HalError;
  readonly #changed = new Condition();
  #now: Readonly<Partial<Record<TrackKind, Track>>> | undefined;

  /** @param faultOf Why a track is not there. */
  constructor(faultOf: (kind: TrackKind, isOtherSent: boolean) => HalError) {
    this.#faultOf = faultOf;
  }

  /** Undefined while nobody sends. */
  get now(): Readonly<Partial<Record<TrackKind, Track>>> | undefined {
    return this.#now;
  }

  set(now: Readonly<Partial<Record<TrackKind, Track>>> | undefined): void {
    this.#now = now;
    this.#changed.notifyAll();
  }

  /** Waits a while for the track; rejects with a HalError where it does not come. */
  async arrival(kind: TrackKind, signal: AbortSignal): Promise<void> {
    using ends = anySignal(signal, AbortSignal.timeout(ARRIVAL_MAX_MS));
    while (this.#now?.[kind] === undefined && !ends.signal.aborted) {
      await this.#changed.wait(ends.signal);
    }
    signal.throwIfAborted();
    if (this.#now?.[kind] === undefined) throw this.#faultOf(kind, this.#now !== undefined);
  }
}
