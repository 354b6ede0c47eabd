/** Which of two tracks, picture and sound, has stopped while the other goes on. Pure. */

export type Kind = 'video' | 'audio';

/** A track without new media for this long, while the other has some, is lost. */
export const LOST_MS = 3_000;
/** For this long the other has to have some. */
const GOES_ON_MS = LOST_MS / 2;

export class TrackAges {
  /** When the last part of each was buffered. */
  readonly #bufferedMs = { video: Number.NEGATIVE_INFINITY, audio: Number.NEGATIVE_INFINITY };

  add(kind: Kind, nowMs: number): void {
    const { video, audio } = this.#bufferedMs;
    const gapMs = nowMs - Math.max(video, audio);
    // Neither came: the one that is back first says nothing of the other, for which that time does
    // not count. Renewed, a dead one would never be found where the other comes in bursts.
    if (gapMs > GOES_ON_MS) {
      const lastMs = this.#bufferedMs[other(kind)];
      const isNew = lastMs === Number.NEGATIVE_INFINITY;
      this.renew(other(kind), isNew ? nowMs : lastMs + gapMs - GOES_ON_MS);
    }
    this.renew(kind, nowMs);
  }

  /** Another way to it is tried. */
  renew(kind: Kind, nowMs: number): void {
    this.#bufferedMs[kind] = nowMs;
  }

  /** None is wanted now. */
  restart(): void {
    for (const kind of ['video', 'audio'] as const) this.renew(kind, Number.NEGATIVE_INFINITY);
  }

  lost(nowMs: number): Kind | undefined {
    const isLost = (kind: Kind) =>
      nowMs - this.#bufferedMs[kind] > LOST_MS &&
      nowMs - this.#bufferedMs[other(kind)] < GOES_ON_MS;
    return (['audio', 'video'] as const).find(isLost);
  }
}

function other(kind: Kind): Kind {
  return kind === 'video' ? 'audio' : 'video';
}
