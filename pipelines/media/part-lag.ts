/** The delay from the capture of a part's last frame to the moment at which viewers can fetch it. */
import { monotonicMs } from '../../hal/os/clock.ts';
import { type Quantiles, quantiles } from '../origin/viewers.ts';

const SAMPLES_MAX = 2_000;

/** Measures that delay over all published video parts since the last {@link PartLag.take}. */
export class PartLag {
  /** By video track, the running time of its newest frame: when that was captured, in us. */
  readonly #newestUs: Map<string, number>;
  #samplesMs: number[] = [];
  /** CLOCK_MONOTONIC at running time 0 of the present capture run, in us. */
  #clockUs: number | undefined;

  constructor(videoIds: readonly string[]) {
    this.#newestUs = new Map(videoIds.map((id) => [id, 0]));
  }

  isVideo(trackId: string): boolean {
    return this.#newestUs.has(trackId);
  }

  /** @param clockUs Undefined while the clock of a new run is not known. */
  setClock(clockUs: number | undefined): void {
    this.#clockUs = clockUs;
  }

  addFrame(trackId: string, runningUs: number): void {
    if (this.#newestUs.has(trackId)) this.#newestUs.set(trackId, runningUs);
  }

  addPart(trackId: string): void {
    const newestUs = this.#newestUs.get(trackId);
    if (this.#clockUs === undefined || newestUs === undefined) return;
    const lagMs = monotonicMs() - (this.#clockUs + newestUs) / 1000;
    if (this.#samplesMs.length < SAMPLES_MAX) this.#samplesMs.push(lagMs);
  }

  /** In ms; undefined where no part was published. */
  take(): Quantiles | undefined {
    const samplesMs = this.#samplesMs;
    this.#samplesMs = [];
    return quantiles(samplesMs);
  }
}
