/** Feeds the sound's encoder without a pause, whatever the sound card does. */
import { channelsOf, pickChannels } from '../source/channels.ts';
import { type PacedSound, SoundPacer } from '../source/sound-pacer.ts';
import type { SourceInput } from './source-input.ts';

export interface SoundSettings {
  readonly sampleRateHz: number;
  /** Which of the source's channels are taken, counted from 1. */
  readonly channels: readonly number[];
}

export interface SoundFigures {
  /** `silent` where the last second had sound from the source for less than half of it. */
  readonly phase: 'live' | 'silent';
  /** Of the source; undefined before it said so. */
  readonly channels?: number;
  /** Silence that was put in since the start, in s. */
  readonly silentS: number;
}

export interface SoundFeedDeps {
  /** Interleaved S16LE. */
  readonly push: (samples: Buffer, ptsNs: bigint) => void;
  readonly nowUs: () => number;
}

/** How often silence is sent where nothing comes, and sound that waits for its time. */
const TICK_MS = 20;
/** The clock of a source whose stamps are CLOCK_MONOTONIC: a stream (`unitSource`, `streamSource`). */
const STREAM_CLOCK_US = 0;

export class SoundFeed implements SourceInput {
  readonly #settings: SoundSettings;
  readonly #deps: SoundFeedDeps;
  readonly #pacer: SoundPacer;
  #timer: NodeJS.Timeout | undefined;
  #sourceClockUs: number | undefined;
  /** Of the source's sound; undefined before its caps. */
  #channels: number | undefined;
  #silentBefore = 0;

  /** @param startUs CLOCK_MONOTONIC at the encoders' running time 0. */
  constructor(settings: SoundSettings, startUs: number, deps: SoundFeedDeps) {
    this.#settings = settings;
    this.#deps = deps;
    const { sampleRateHz, channels } = settings;
    this.#pacer = new SoundPacer({ sampleRateHz, channels: channels.length, startUs });
  }

  /** Sound goes out from now on; before, what comes is dropped. */
  start(): void {
    const { nowUs } = this.#deps;
    this.#pacer.begin(nowUs());
    this.#timer ??= setInterval(() => this.#send(this.#pacer.tick(nowUs())), TICK_MS);
  }

  begin(): void {
    this.#sourceClockUs = undefined;
    this.#channels = undefined;
    this.#pacer.reset();
  }

  setClock(clockUs: number): void {
    this.#sourceClockUs = clockUs;
  }

  setCaps(caps: string): void {
    this.#channels = channelsOf(caps);
  }

  add(data: Buffer, runningUs: number | undefined): void {
    if (this.#channels === undefined || this.#timer === undefined) return;
    const samples = pickChannels(data, this.#channels, this.#settings.channels);
    const clockUs = this.#sourceClockUs;
    const capturedUs =
      clockUs === undefined || runningUs === undefined ? undefined : clockUs + runningUs;
    const isStream = clockUs === STREAM_CLOCK_US;
    this.#send(this.#pacer.add(samples, capturedUs, this.#deps.nowUs(), isStream));
  }

  /** Figures of the second since the last call. */
  takeFigures(): SoundFigures {
    const { silentTotal } = this.#pacer;
    const silent = silentTotal - this.#silentBefore;
    this.#silentBefore = silentTotal;
    return {
      phase: silent > this.#settings.sampleRateHz / 2 ? 'silent' : 'live',
      silentS: silentTotal / this.#settings.sampleRateHz,
      ...(this.#channels === undefined ? {} : { channels: this.#channels }),
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #send(blocks: readonly PacedSound[]): void {
    for (const { index, samples } of blocks) {
      const bytes = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
      this.#deps.push(bytes, BigInt(Math.round((index * 1e9) / this.#settings.sampleRateHz)));
    }
  }
}
