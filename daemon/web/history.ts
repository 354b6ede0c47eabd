/** Samples of the last ten minutes for the page's plots. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { withoutStale } from '../model/freshness.ts';
import { rounded } from '../model/rounding.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { mostWatched } from '../report/sample.ts';

/** The box at one time; null where a figure is not known. */
export interface Sample {
  /** Unix time in ms. */
  readonly atMs: number;
  readonly chargePct: number | null;
  readonly viewers: number | null;
  /** Of the rendition with the most viewers. */
  readonly latencyMs: number | null;
  readonly links: Readonly<Record<string, LinkSample>>;
}

interface LinkSample {
  readonly rttMs: number | null;
  readonly lossPct: number | null;
}

export const SAMPLE_EVERY_MS = 2_000;
/** Ten minutes. */
const SAMPLES_MAX = 300;

export class History {
  readonly #samples: Sample[] = [];

  add(sample: Sample): void {
    this.#samples.push(sample);
    if (this.#samples.length > SAMPLES_MAX) this.#samples.shift();
  }

  /** Oldest first. */
  samples(): readonly Sample[] {
    return this.#samples;
  }
}

/** The plots' figures of a snapshot, rounded: they are sent by the hundred. */
export function sampleOf(snapshot: BoxSnapshot, atMs: number): Sample {
  const { battery, media, uplink } = withoutStale(snapshot);
  const links = (uplink?.bond?.links ?? []).map(({ id, rttMs, lossPct }) => {
    return [id, { rttMs: rounded(rttMs, 0), lossPct: rounded(lossPct, 1) }] as const;
  });
  return {
    atMs,
    chargePct: rounded(battery.phase === 'known' ? battery.chargePct : undefined, 1),
    viewers: media?.viewers.viewers ?? null,
    latencyMs: rounded(mostWatched(media)?.p50, 0),
    links: Object.fromEntries(links),
  };
}

/** Takes a sample every two seconds until `signal` aborts. */
export async function runHistory(
  history: History,
  onSample: (sample: Sample) => void,
  deps: { readonly snapshot: () => BoxSnapshot; readonly clock: Clock },
  signal: AbortSignal,
): Promise<void> {
  const { clock } = deps;
  while (!signal.aborted) {
    const sample = sampleOf(deps.snapshot(), clock.wallMs());
    history.add(sample);
    onSample(sample);
    await pause(clock, SAMPLE_EVERY_MS, signal);
  }
}
