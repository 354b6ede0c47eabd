/** Brings media into a player's buffers: pushed while that works, fetched in parts otherwise. */
import { BufferLost } from '../buffer.ts';
import { Interrupted, type MediaDemand } from '../media-demand.ts';
import { anySignal } from '../signals.ts';
import { type LiveTrack, StreamReset } from '../track.ts';
import type { PushFeed } from './push-feed.ts';
import { PushRefused } from './push-stream.ts';

const RETRY_FIRST_MS = 150;
const RETRY_MAX_MS = 2_000;
/** After a failure parts are fetched for so long, and twice as long after each further one. */
const PARTS_FIRST_MS = 10_000;
const PARTS_MAX_MS = 120_000;
/** Pushed for longer than this, it works. */
const WORKS_MS = 30_000;
/** So many stalls within the time, and parts are fetched: those adapt to a slow network. */
const STALLS_MAX = 4;
const STALLS_WITHIN_MS = 10_000;

/** The network is too slow, or too uneven, for what is pushed. */
class PushStalls extends Error {}

export class Delivery {
  readonly #tracks: readonly LiveTrack[];
  readonly #demand: MediaDemand;
  readonly #push: PushFeed | undefined;
  #isPushed: boolean;
  #pushFromMs = 0;
  #partsMs = PARTS_FIRST_MS;
  #stallsMs: readonly number[] = [];
  #leavePush = new AbortController();

  /** @param push Undefined where nothing is pushed. */
  constructor(tracks: readonly LiveTrack[], demand: MediaDemand, push: PushFeed | undefined) {
    this.#tracks = tracks;
    this.#demand = demand;
    this.#push = push;
    this.#isPushed = push !== undefined;
  }

  /** How media comes now. */
  get way(): 'parts' | 'push' | 'frames' {
    if (!this.#isPushed) return 'parts';
    return this.#push?.chunk === 'frame' ? 'frames' : 'push';
  }

  /** @param playlistUrl Of the rendition to be played from its next key frame on. */
  switchTo(playlistUrl: URL, rendition: string): void {
    this.#tracks[0]?.switchTo(playlistUrl);
    this.#push?.switchTo(rendition);
  }

  /** The browser has removed what a track had buffered. */
  refill(track: LiveTrack): void {
    track.refill();
    if (this.#isPushed) this.#push?.refill();
  }

  /** Playback waits for media. */
  addStall(nowMs: number): void {
    if (!this.#isPushed) return;
    const recent = this.#stallsMs.filter((ms) => nowMs - ms < STALLS_WITHIN_MS);
    this.#stallsMs = [...recent, nowMs];
    if (this.#stallsMs.length >= STALLS_MAX) this.#leavePush.abort(new PushStalls());
  }

  /** Resolves when the stream ends. Rejects where the player has to be opened again. */
  async run(signal: AbortSignal): Promise<void> {
    const push = this.#push;
    while (!signal.aborted) {
      if (push !== undefined && performance.now() >= this.#pushFromMs) {
        this.#isPushed = true;
        if (await this.#runPushed(push, signal)) return;
      }
      this.#isPushed = false;
      if (await this.#runParts(signal)) return;
    }
  }

  /** @returns true at the stream's end. */
  async #runPushed(push: PushFeed, signal: AbortSignal): Promise<boolean> {
    const begunMs = performance.now();
    let failed: unknown;
    this.#stallsMs = [];
    this.#leavePush = new AbortController();
    const leaves = anySignal(signal, this.#leavePush.signal);
    while (!leaves.aborted) {
      await this.#demand.whenOn(signal);
      try {
        await push.run(anySignal(leaves, this.#demand.signal));
        return true;
      } catch (error) {
        if (error instanceof BufferLost || error instanceof StreamReset) throw error;
        if (error instanceof Interrupted) continue;
        failed = error;
        break;
      }
    }
    this.#planNext(failed, performance.now() - begunMs);
    return signal.aborted;
  }

  #planNext(error: unknown, pushedMs: number): void {
    const isNeverPushed = error instanceof PushRefused && error.status === 404;
    if (pushedMs > WORKS_MS) this.#partsMs = PARTS_FIRST_MS;
    this.#pushFromMs = isNeverPushed ? Number.POSITIVE_INFINITY : performance.now() + this.#partsMs;
    this.#partsMs = Math.min(2 * this.#partsMs, PARTS_MAX_MS);
  }

  /** @returns true at the stream's end, false once it may be pushed again. */
  async #runParts(signal: AbortSignal): Promise<boolean> {
    const pushAgain = new AbortController();
    const waitMs = this.#pushFromMs - performance.now();
    const isPushable = this.#push !== undefined && Number.isFinite(waitMs);
    const timer = isPushable ? setTimeout(() => pushAgain.abort(), waitMs) : undefined;
    const until = anySignal(signal, pushAgain.signal);
    try {
      await Promise.all(this.#tracks.map((track) => runWithRetries(track, this.#demand, until)));
    } finally {
      clearTimeout(timer);
    }
    return !until.aborted || signal.aborted;
  }
}

/** Restarts a track at the live edge whenever a request failed. */
async function runWithRetries(
  track: LiveTrack,
  demand: MediaDemand,
  signal: AbortSignal,
): Promise<void> {
  let pauseMs = RETRY_FIRST_MS;
  while (!signal.aborted) {
    await demand.whenOn(signal);
    const startedMs = performance.now();
    try {
      await track.run(anySignal(signal, demand.signal));
      return;
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof BufferLost || error instanceof StreamReset) throw error;
      if (error instanceof Interrupted) continue;
    }
    if (performance.now() - startedMs > RETRY_MAX_MS) pauseMs = RETRY_FIRST_MS;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * 2, RETRY_MAX_MS);
  }
}
