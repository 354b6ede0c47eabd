/** Samples of the last ten minutes for the page's plots. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/** The box at one time; null where a figure is not known. */
export interface Sample {
  /** Unix time in ms. */
  readonly atMs: number;
  readonly chargePct: number | null;
  /** Into the battery: negative while it discharges. */
  readonly powerW: number | null;
  readonly viewers: number | null;
  /** Of the rendition with the most viewers. */
  readonly latencyMs: number | null;
  readonly uplinkBps: number | null;
  readonly links: Readonly<Record<string, LinkSample>>;
}

export interface LinkSample {
  readonly rttMs: number | null;
  readonly lossPct: number | null;
  readonly bitrateBps: number;
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
  const { battery, media, uplink } = snapshot;
  const latencies = Object.values(media?.viewers.latencyMsByRendition ?? {});
  const watched = latencies.toSorted((a, b) => b.n - a.n)[0];
  const links = uplink?.bond?.links ?? [];
  const known = battery.phase === 'known' ? battery : undefined;
  return {
    atMs,
    chargePct: round(known?.chargePct, 1),
    powerW: round(known?.powerMw === undefined ? undefined : known.powerMw / 1000, 2),
    viewers: media?.viewers.viewers ?? null,
    latencyMs: round(watched?.p50, 0),
    uplinkBps: round(uplink?.bitrateBps, -3),
    links: Object.fromEntries(
      links.map(({ id, rttMs, lossPct, bitrateBps }) => [
        id,
        {
          rttMs: round(rttMs, 0),
          lossPct: round(lossPct, 1),
          bitrateBps: Math.round(bitrateBps / 1000) * 1000,
        },
      ]),
    ),
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

function round(value: number | undefined, digits: number): number | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  const unit = 10 ** digits;
  return Math.round(value * unit) / unit;
}
