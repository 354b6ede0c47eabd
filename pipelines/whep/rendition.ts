/** One rendition: its frames as packets, and those since its last key frame. */
import { parseCaps } from '../gdp/caps.ts';
import { type AvcConfig, readAvcConfig } from '../h264/avc-config.ts';
import { isRepeated } from '../h264/repeated-idr.ts';
import { packetize } from './rtp.ts';

export interface Frame {
  /** In ticks of 90 kHz. */
  readonly timestamp: number;
  readonly isKeyframe: boolean;
  readonly payloads: readonly Buffer[];
  readonly bytes: number;
}

/** A longer or larger group of pictures is not saved: viewers wait for the next key frame. */
const SAVED_MAX_FRAMES = 300;
const SAVED_MAX_BYTES = 4_000_000;
/** Longer than the slowest camera's frame. */
const SUSPENDED_AFTER_MS = 1_000;

export class Rendition {
  readonly id: string;
  readonly bitrateBps: number;
  #format: AvcConfig | undefined;
  #saved: Frame[] = [];
  #savedBytes = 0;
  /** When the last frame of its encoder came, and the first one after a time without any. */
  #addedMs = Number.NEGATIVE_INFINITY;
  #startedMs = Number.POSITIVE_INFINITY;

  constructor(id: string, bitrateBps: number) {
    this.id = id;
    this.bitrateBps = bitrateBps;
  }

  /** Its format, as a GstCaps string; false where it is no H.264. */
  setCaps(caps: string): boolean {
    const parsed = parseCaps(caps);
    const format = parsed?.kind === 'video' ? readAvcConfig(parsed.decoderConfig) : undefined;
    // An SPS and a PPS, which each key frame is sent with.
    const isComplete = (format?.parameterSets.length ?? 0) >= 2;
    this.#format = isComplete ? format : undefined;
    this.#forget();
    return isComplete;
  }

  /** Its encoder runs. */
  isSent(nowMs: number): boolean {
    return nowMs - this.#addedMs < SUSPENDED_AFTER_MS;
  }

  /** It has run for so long that one which does not is suspended: encoders start together. */
  isSteady(nowMs: number): boolean {
    return this.isSent(nowMs) && nowMs - this.#startedMs >= SUSPENDED_AFTER_MS;
  }

  /** Undefined where its format is not known. */
  add(
    { data, isKeyframe }: { readonly data: Buffer; readonly isKeyframe: boolean },
    timestamp: number,
    nowMs: number,
  ): Frame | undefined {
    if (this.#format === undefined) return undefined;
    // A picture that the feed repeats is sent, too, and is no sign of the encoder.
    if (!(isKeyframe && isRepeated(data))) {
      if (!this.isSent(nowMs)) this.#startedMs = nowMs;
      this.#addedMs = nowMs;
    }
    const payloads = packetize(data, this.#format);
    const bytes = payloads.reduce((sum, { length }) => sum + length, 0);
    const frame = { timestamp, isKeyframe, payloads, bytes };
    this.#save(frame);
    return frame;
  }

  /** The last key frame and all that followed: what a decoder needs to go on from now. Empty: unknown. */
  get saved(): readonly Frame[] {
    return this.#saved;
  }

  #save(frame: Frame): void {
    if (frame.isKeyframe) this.#forget();
    else if (this.#saved.length === 0) return;
    this.#saved.push(frame);
    this.#savedBytes += frame.bytes;
    if (this.#saved.length > SAVED_MAX_FRAMES || this.#savedBytes > SAVED_MAX_BYTES) this.#forget();
  }

  #forget(): void {
    this.#saved = [];
    this.#savedBytes = 0;
  }
}
