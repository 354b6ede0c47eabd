/** Measures sound levels. */

/** Levels of the last 100 ms, by channel, in dBFS. */
export interface Levels {
  readonly peakDbfs: readonly number[];
  readonly rmsDbfs: readonly number[];
}

/** The level of digital silence: JSON has no minus infinity. */
export const SILENCE_DBFS = -120;

const FULL_SCALE = 32_768;
const BYTES_PER_SAMPLE = 2;

/**
 * Measures peak and RMS of interleaved S16LE sound, ten times a second.
 *
 * GStreamer's `level` element is not used: gstreamer-superficial 1.7.4 leaks 600 bytes
 * of each of its messages, half a gigabyte a day.
 */
export class LevelMeter {
  readonly #channels: number;
  readonly #framesPerReport: number;
  #remainder: Buffer = Buffer.alloc(0);
  #peaks: number[] = [];
  #squares: number[] = [];
  #frames = 0;

  constructor(channels: number, sampleRateHz: number) {
    this.#channels = channels;
    this.#framesPerReport = sampleRateHz / 10;
    this.#reset();
  }

  /** Takes the next bytes; returns the reports that are complete. */
  push(chunk: Buffer): readonly Levels[] {
    const bytes = this.#remainder.length === 0 ? chunk : Buffer.concat([this.#remainder, chunk]);
    const frameBytes = this.#channels * BYTES_PER_SAMPLE;
    const reports: Levels[] = [];
    let at = 0;
    for (; at + frameBytes <= bytes.length; at += frameBytes) {
      this.#measure(bytes, at);
      if (this.#frames >= this.#framesPerReport) reports.push(this.#report());
    }
    this.#remainder = Buffer.from(bytes.subarray(at));
    return reports;
  }

  #measure(bytes: Buffer, at: number): void {
    for (let channel = 0; channel < this.#channels; channel += 1) {
      const sample = Math.abs(bytes.readInt16LE(at + channel * BYTES_PER_SAMPLE));
      if (sample > (this.#peaks[channel] ?? 0)) this.#peaks[channel] = sample;
      this.#squares[channel] = (this.#squares[channel] ?? 0) + sample * sample;
    }
    this.#frames += 1;
  }

  #report(): Levels {
    const levels = {
      peakDbfs: this.#peaks.map((peak) => toDbfs(peak)),
      rmsDbfs: this.#squares.map((sum) => toDbfs(Math.sqrt(sum / this.#frames))),
    };
    this.#reset();
    return levels;
  }

  #reset(): void {
    this.#peaks = new Array<number>(this.#channels).fill(0);
    this.#squares = new Array<number>(this.#channels).fill(0);
    this.#frames = 0;
  }
}

function toDbfs(amplitude: number): number {
  const dbfs = 20 * Math.log10(amplitude / FULL_SCALE);
  return Math.max(SILENCE_DBFS, Math.round(dbfs * 10) / 10);
}
