/** What a track shows, and sounds like, while its encoder delivers nothing. */
import type { TrackFormat } from '../gdp/caps.ts';
import { repeatIdr } from '../h264/repeated-idr.ts';
import { isSameFormat } from './encoding.ts';

/**
 * They alternate, and are numbers that no encoder uses: x264 alternates 0 and 1, openh264
 * counts from 0, one for each key frame.
 */
const IDR_PIC_IDS = [50_000, 50_001] as const;

/** One raw_data_block of silence in AAC-LC, by its number of channels (ISO/IEC 14496-3 §4.4.2.1). */
const SILENT_AAC: Readonly<Record<number, Buffer>> = {
  1: Buffer.from('00c800802380', 'hex'),
  2: Buffer.from('210049900219002380', 'hex'),
};

/** A key frame that takes the place of the last picture, of one encoder's format. */
export interface Slate {
  readonly format: TrackFormat;
  readonly idr: Buffer;
}

/** So long the last picture stands before it. */
const SLATE_AFTER_US = 2_000_000;

/** A picture's last key frame again and again, then its slate, or silence. Pure except for its state. */
export class Filler {
  #format: TrackFormat | undefined;
  #idr: Buffer | undefined;
  #repeats: readonly Buffer[] | undefined;
  #slates: readonly Slate[] = [];
  #slateRepeats: readonly Buffer[] | undefined;
  #repeatsTotal = 0;
  /** What was filled since the newest key frame. */
  #filledUs = 0;

  /** The format of the key frames that follow. */
  setFormat(format: TrackFormat): void {
    const known = this.#format;
    // A key frame is shown by the parameter sets that it was made with.
    if (known !== undefined && !isSameFormat(known, format)) this.#idr = undefined;
    this.#repeats = undefined;
    this.#slateRepeats = undefined;
    this.#format = format;
  }

  /** One of another format is not shown: it would be a discontinuity. */
  setSlates(slates: readonly Slate[]): void {
    this.#slates = slates;
    this.#slateRepeats = undefined;
  }

  /** The newest key frame of a picture. */
  remember(data: Buffer): void {
    this.#idr = data;
    this.#repeats = undefined;
    this.#filledUs = 0;
  }

  /** False where the track has nothing to fill with: before its first key frame. */
  get isReady(): boolean {
    return this.#makeRepeats().length > 0;
  }

  /** The next access unit, for so long. Throws where there is none. */
  next(lengthUs: number): Buffer {
    const slate = this.#filledUs < SLATE_AFTER_US ? [] : this.#makeSlateRepeats();
    const repeats = slate.length > 0 ? slate : this.#makeRepeats();
    this.#filledUs += lengthUs;
    const unit = repeats[this.#repeatsTotal % Math.max(1, repeats.length)];
    if (unit === undefined) throw new Error('the track has nothing to fill with');
    this.#repeatsTotal += 1;
    return unit;
  }

  #makeRepeats(): readonly Buffer[] {
    this.#repeats ??= renderRepeats(this.#format, this.#idr);
    return this.#repeats;
  }

  #makeSlateRepeats(): readonly Buffer[] {
    const format = this.#format;
    const slate = format && this.#slates.find((one) => isSameFormat(one.format, format));
    this.#slateRepeats ??= slate === undefined ? [] : renderRepeats(format, slate.idr);
    return this.#slateRepeats;
  }
}

function renderRepeats(format: TrackFormat | undefined, idr: Buffer | undefined) {
  if (format?.kind === 'audio') {
    const silence = format.codec === 'mp4a.40.2' ? SILENT_AAC[format.channels] : undefined;
    return silence === undefined ? [] : [silence];
  }
  if (format === undefined || idr === undefined) return [];
  return IDR_PIC_IDS.flatMap((id) => repeatIdr(format.decoderConfig, idr, id) ?? []);
}
