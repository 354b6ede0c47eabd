/** Makes continuous sound of whatever blocks a sound source brings. Pure: times come in. */
import { Lateness } from './lateness.ts';
import { SlowestDelay } from './slowest-delay.ts';

export interface SoundPacerOptions {
  readonly sampleRateHz: number;
  readonly channels: number;
  /** CLOCK_MONOTONIC of sample 0, in us. */
  readonly startUs: number;
}

/** Samples to be encoded, interleaved S16, from sample number `index` on. */
export interface PacedSound {
  readonly index: number;
  readonly samples: Int16Array;
}

/** Sound that has not come by then is silence. ALSA and USB deliver in blocks of 10 to 40 ms. */
const DELAY_MIN_US = 40_000;
const DELAY_MAX_US = 150_000;
const MARGIN_US = 10_000;

/** A time stamp outside of this, seen from the arrival, is not believed. */
const OLDEST_US = 2_000_000;
const AHEAD_US = 50_000;
/** That of a stream, whose pieces come at once and are played one after the other: `StreamSplit`. */
const STREAM_AHEAD_US = 600_000;
/** Less than this part of its length after the one before, a block came together with it. */
const BURST = 0.5;
/** Further off than this it is no drift of a clock: something was lost, or came twice. */
const JUMP_US = 40_000;
/** A drift is corrected from here on, by one sample in so many: 0.2 %, which is inaudible. */
const DRIFT_US = 3_000;
const SAMPLES_PER_CORRECTION = 480;
/** Time stamps vary by a block; the drift is judged by their mean over about this many. */
const SMOOTHING = 1 / 64;

/** More than this is never made up for at once. */
const CATCH_UP_US = 1_000_000;
/** At the joins of sound and silence, against clicks. */
const FADE_SAMPLES = 96;

/**
 * Puts a source's blocks onto a continuous timeline of samples: gaps are silence,
 * what comes twice is dropped, and a source whose clock runs faster or slower than the
 * machine's is resampled by so little that lips and sound stay together for hours.
 */
export class SoundPacer {
  readonly #rateHz: number;
  readonly #channels: number;
  readonly #startUs: number;
  /** Next sample to go out. */
  #sent = 0;
  /** Blocks that wait for their time, in order; the first begins at `#sent` or later. */
  #waiting: { index: number; samples: Int16Array }[] = [];
  /** Where the source's next sample belongs, if it counts on; undefined before the first. */
  #expected: number | undefined;
  /** When the last one came, and where the next begins by its time stamp; 0 where that was not believed. */
  #last = { arrivedUs: 0, endUs: 0 };
  #driftUs = 0;
  readonly #slowest = new SlowestDelay();
  readonly #lateness = new Lateness();
  #wasSilent = true;
  #silentTotal = 0;

  constructor({ sampleRateHz, channels, startUs }: SoundPacerOptions) {
    this.#rateHz = sampleRateHz;
    this.#channels = channels;
    this.#startUs = startUs;
  }

  /** Samples of silence that were put in so far. */
  get silentTotal(): number {
    return this.#silentTotal;
  }

  /** When something must go out at the latest, in us of CLOCK_MONOTONIC. */
  get nextDueUs(): number {
    return this.#startUs + (this.#sent * 1e6) / this.#rateHz + this.#delayUs();
  }

  /** Sound begins now: what was before is not made up for with silence. */
  begin(nowUs: number): void {
    const due = ((nowUs - this.#delayUs() - this.#startUs) * this.#rateHz) / 1e6;
    this.#skipTo(Math.max(this.#sent, Math.floor(due)));
  }

  /** A new source comes: it counts from its own beginning. */
  reset(): void {
    this.#expected = undefined;
    this.#driftUs = 0;
    this.#slowest.forget();
    this.#lateness.forget();
  }

  /**
   * A block has come.
   *
   * @param samples Interleaved, in the channels that go out.
   * @param capturedUs CLOCK_MONOTONIC of its first sample; undefined where the source
   *   does not know.
   * @param isStream Another process of the box has given it its time.
   */
  add(
    samples: Int16Array,
    capturedUs: number | undefined,
    nowUs: number,
    isStream = false,
  ): readonly PacedSound[] {
    const count = samples.length / this.#channels;
    const durationUs = (count * 1e6) / this.#rateHz;
    const isAhead = isStream || this.#isInBurst(capturedUs, durationUs, nowUs);
    const newestUs = nowUs + (isAhead ? STREAM_AHEAD_US : AHEAD_US);
    const isBelieved =
      capturedUs !== undefined && capturedUs > nowUs - OLDEST_US && capturedUs < newestUs;
    const takenUs = isBelieved ? capturedUs : nowUs - durationUs;
    this.#last = { arrivedUs: nowUs, endUs: isBelieved ? capturedUs + durationUs : 0 };
    this.#slowest.add(nowUs, Math.max(0, nowUs - takenUs));
    const placeUs = this.#inTime(takenUs, durationUs, nowUs) - this.#startUs;
    const index = this.#placeOf((placeUs * this.#rateHz) / 1e6);
    const block = this.#corrected(samples, count);
    this.#expected = index + block.length / this.#channels;
    this.#insert(index, block);
    return this.#take(nowUs);
  }

  /**
   * It came together with the one that it follows, as the frames of an RTP packet do: the packet has
   * the time of its first one.
   */
  #isInBurst(capturedUs: number | undefined, durationUs: number, nowUs: number): boolean {
    const { arrivedUs, endUs } = this.#last;
    if (capturedUs === undefined || endUs === 0) return false;
    return nowUs - arrivedUs < BURST * durationUs && Math.abs(capturedUs - endUs) < JUMP_US;
  }

  #inTime(takenUs: number, durationUs: number, nowUs: number): number {
    const late = this.#lateness;
    const behindUs = this.nextDueUs - this.#delayUs() - takenUs - late.shiftUs;
    late.add(nowUs, behindUs, durationUs, nowUs - takenUs <= this.#delayUs());
    return takenUs + late.shiftUs;
  }

  /** All that is due at `nowUs`; what has not come is silence. */
  tick(nowUs: number): readonly PacedSound[] {
    return this.#take(nowUs);
  }

  #placeOf(place: number): number {
    const expected = this.#expected;
    if (expected === undefined) return Math.round(place);
    const offUs = ((place - expected) * 1e6) / this.#rateHz;
    if (Math.abs(offUs) > JUMP_US + Math.abs(this.#driftUs)) {
      this.#driftUs = 0;
      return Math.round(place);
    }
    this.#driftUs += (offUs - this.#driftUs) * SMOOTHING;
    return expected;
  }

  /** One sample more or less for each 10 ms of a block, while the drift is not made up for. */
  #corrected(samples: Int16Array, count: number): Int16Array {
    if (Math.abs(this.#driftUs) < DRIFT_US || count < 2) return samples;
    const change = Math.max(1, Math.round(count / SAMPLES_PER_CORRECTION));
    const wanted = this.#driftUs > 0 ? count + change : count - change;
    this.#driftUs -= ((wanted - count) * 1e6) / this.#rateHz;
    return resample(samples, this.#channels, wanted);
  }

  #insert(index: number, samples: Int16Array): void {
    const end = this.#waiting.at(-1);
    const freeFrom = end === undefined ? this.#sent : end.index + this.#count(end.samples);
    const from = Math.max(index, freeFrom, this.#sent);
    const late = from - index;
    if (late >= this.#count(samples)) return;
    this.#waiting.push({ index: from, samples: samples.subarray(late * this.#channels) });
  }

  #take(nowUs: number): readonly PacedSound[] {
    const first = Math.ceil(((nowUs - CATCH_UP_US - this.#startUs) * this.#rateHz) / 1e6);
    if (this.#sent < first) this.#skipTo(first);
    const out: PacedSound[] = [];
    const dueUs = nowUs - this.#startUs - this.#delayUs();
    const due = Math.floor((dueUs * this.#rateHz) / 1e6);
    const newest = ((nowUs + AHEAD_US - this.#startUs) * this.#rateHz) / 1e6;
    while (true) {
      const next = this.#waiting[0];
      if (next !== undefined && next.index <= Math.min(this.#sent, newest)) {
        this.#waiting.shift();
        out.push(this.#send(this.#wasSilent ? faded(next.samples, this.#channels) : next.samples));
        this.#wasSilent = false;
        continue;
      }
      const end = Math.min(due, next?.index ?? due);
      const silent = end - this.#sent;
      // What is there already follows without a pause: its gap will not be filled any more.
      if (silent <= 0) return out;
      this.#silentTotal += silent;
      this.#wasSilent = true;
      out.push(this.#send(new Int16Array(silent * this.#channels)));
    }
  }

  #send(samples: Int16Array): PacedSound {
    const index = this.#sent;
    this.#sent += this.#count(samples);
    return { index, samples };
  }

  #skipTo(index: number): void {
    this.#sent = index;
    this.#waiting = this.#waiting.filter((block) => block.index >= index);
  }

  #count(samples: Int16Array): number {
    return samples.length / this.#channels;
  }

  #delayUs(): number {
    return Math.min(Math.max(this.#slowest.us ?? 0, DELAY_MIN_US), DELAY_MAX_US) + MARGIN_US;
  }
}

/** The same sound in `wanted` samples a channel, by linear interpolation. */
function resample(samples: Int16Array, channels: number, wanted: number): Int16Array {
  const count = samples.length / channels;
  const out = new Int16Array(wanted * channels);
  const step = wanted < 2 ? 0 : (count - 1) / (wanted - 1);
  for (let i = 0; i < wanted; i += 1) {
    const at = i * step;
    const left = Math.min(Math.floor(at), count - 1);
    const right = Math.min(left + 1, count - 1);
    for (let channel = 0; channel < channels; channel += 1) {
      const a = samples[left * channels + channel] ?? 0;
      const b = samples[right * channels + channel] ?? 0;
      out[i * channels + channel] = Math.round(a + (b - a) * (at - left));
    }
  }
  return out;
}

/** Rises from silence over 2 ms. */
function faded(samples: Int16Array, channels: number): Int16Array {
  const out = Int16Array.from(samples);
  const count = Math.min(FADE_SAMPLES, samples.length / channels);
  for (let i = 0; i < count * channels; i += 1) {
    out[i] = Math.round(((samples[i] ?? 0) * Math.floor(i / channels)) / count);
  }
  return out;
}
