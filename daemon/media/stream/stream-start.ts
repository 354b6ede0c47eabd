/** Where a stream's media time begins, for the media processes that serve it. */
import { join } from 'node:path';
import * as v from 'valibot';
import { pause } from '../../../hal/os/async.ts';
import { type Clock, monotonicUs, openBootClock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { openSaved, type Saved } from '../../../hal/os/state/saved.ts';
import type { StreamStart } from '../../../pipelines/media/media-clock.ts';

const savedSchema = v.object({
  v: v.literal(1),
  dropId: v.string(),
  epochMs: v.pipe(v.number(), v.safeInteger()),
  /** Of the boot that it was saved in; earlier versions saved neither. */
  bootId: v.optional(v.string(), ''),
  monotonicUs: v.optional(v.number()),
  /** Media time that the stream had come to, in ms, by a clock that does not step. */
  aliveMs: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
});

/** No drop lasts as long; a later time means that the clock was wrong. */
const DROP_MAX_MS = 7 * 86_400_000;
const ALIVE_EVERY_MS = 30_000;

/**
 * A stream begins with the checks of a drop. A drop that is resumed after a power failure
 * goes on with the media time that it had.
 */
export class StreamStartStore {
  readonly #saved: Saved<v.InferOutput<typeof savedSchema>>;
  readonly #clock: Clock;
  readonly #bootId: string;
  #dropId: string | undefined;
  #start: StreamStart | undefined;

  constructor(stateFolder: string, clock: Clock, log: Log, { bootId } = openBootClock()) {
    const what = 'start of the stream';
    this.#saved = openSaved(join(stateFolder, 'stream.json'), savedSchema, { what, log });
    this.#clock = clock;
    this.#bootId = bootId;
  }

  /** Of the stream that goes on, or was the last; undefined before the first. */
  get current(): StreamStart | undefined {
    return this.#start;
  }

  /** Unix time now, in ms, as the dates in playlists have it; before the first stream as the machine has it. */
  nowMs(): number {
    if (this.#start === undefined) return this.#clock.wallMs();
    return this.#start.epochMs + aliveMsOf(this.#start);
  }

  /** @param liveDropId The drop that is live already, where one is resumed. */
  begin(liveDropId: string | undefined): StreamStart {
    const nowMs = Math.round(this.#clock.wallMs());
    const begun = { epochMs: nowMs, monotonicUs: monotonicUs() };
    this.#start = (liveDropId && this.#savedStart(liveDropId, begun)) || begun;
    return this.#start;
  }

  /** Saves from time to time how far the stream of a drop that is on has come. */
  readonly run = async (signal: AbortSignal): Promise<void> => {
    while (await pause(this.#clock, ALIVE_EVERY_MS, signal)) void this.save(this.#dropId);
  };

  /**
   * The stream is this drop's: a box that restarts continues it. Undefined: it is no drop's any
   * more. Never rejects.
   */
  save(dropId: string | undefined): Promise<void> {
    const start = this.#start;
    this.#dropId = dropId;
    if (start === undefined || dropId === undefined) return this.#saved.settled();
    const alive = { bootId: this.#bootId, aliveMs: Math.round(aliveMsOf(start)) };
    return this.#saved.save({ v: 1, dropId, ...start, ...alive });
  }

  /**
   * In the same boot it is as it was, whatever the clock was set to since. In another one the
   * clock may be behind, as a Pi's without a battery is: dates and media time go on from what is
   * on the disk, and never back. Undefined where it is of another drop, not readable, or not
   * possible by the clock.
   */
  #savedStart(dropId: string, now: StreamStart): StreamStart | undefined {
    const saved = this.#saved.value;
    if (saved?.dropId !== dropId) return undefined;
    const { epochMs, bootId, aliveMs, monotonicUs: startUs = Infinity } = saved;
    if (bootId !== '' && bootId === this.#bootId && startUs <= now.monotonicUs) {
      return { epochMs, monotonicUs: startUs };
    }
    // It had come that far, or further until it was saved again.
    const reachedMs = aliveMs === 0 ? 0 : aliveMs + ALIVE_EVERY_MS;
    const sinceMs = Math.max(now.epochMs - epochMs, reachedMs);
    if (now.epochMs < epochMs && aliveMs === 0) return undefined;
    if (sinceMs >= DROP_MAX_MS) return undefined;
    return { epochMs, monotonicUs: now.monotonicUs - sinceMs * 1000 };
  }
}

function aliveMsOf({ monotonicUs: startUs }: StreamStart): number {
  return (monotonicUs() - startUs) / 1000;
}
