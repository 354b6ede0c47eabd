/** A program that plays the stream, as the bench sees it. */

/** One look at its picture. */
export interface Sample {
  /** Unix time in ms. */
  readonly atMs: number;
  /** When the frame that it shows was taken: the clock in the picture. */
  readonly shownMs: number;
}

export interface RunningPlayer extends AsyncDisposable {
  /** In the order of time. */
  readonly samples: readonly Sample[];
  /** It has played to the end and says so. */
  isEnded(): boolean;
  /** What it complained of, each once, with how often. */
  complaints(): ReadonlyMap<string, number>;
}

export interface Player {
  readonly name: string;
  /** What is not installed, with where it comes from; undefined where it can run. */
  missing(): string | undefined;
  /** @param url Of the main playlist's origin, without a path. */
  start(url: string): Promise<RunningPlayer>;
}

const CLOCK_MODULUS_MS = 2 ** 24;

/** A look at a clock that counts modulo 2^24 ms. */
export function sampleOf(atMs: number, clockMs: number): Sample {
  const behindMs = (((atMs - clockMs) % CLOCK_MODULUS_MS) + CLOCK_MODULUS_MS) % CLOCK_MODULUS_MS;
  return { atMs, shownMs: atMs - behindMs };
}

/** Complaints, counted by their text without figures. */
export class Complaints {
  readonly counts = new Map<string, number>();

  add(line: string): void {
    const text = line.trim().slice(0, 120);
    if (text === '') return;
    this.counts.set(text, (this.counts.get(text) ?? 0) + 1);
  }
}
