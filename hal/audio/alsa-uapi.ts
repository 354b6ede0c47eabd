/**
 * `struct snd_pcm_hw_params` of 64-bit Linux (include/uapi/sound/asound.h):
 *
 *   0 u32 flags
 *   4 masks[3 + 5 reserved] of 32 bytes: access, format, subformat
 * 260 intervals[12 + 9 reserved] of 12 bytes: u32 min, u32 max, u32 openmin, openmax, integer, empty
 *     sample bits, frame bits, channels, rate, …
 * 512 u32 rmask  516 u32 cmask  520 u32 info  … 608
 */
export const HW_REFINE = { request: 0xc2604110n, bytes: 608 };

const FORMAT_MASK_AT = 4 + 32;
const INTERVALS_AT = 260;
const INTERVALS = 12;
const CHANNELS = 2;
const RATE = 3;

/** SNDRV_PCM_FORMAT_*, those that sound cards capture with. */
const FORMATS: Readonly<Record<number, string>> = {
  0: 'S8',
  1: 'U8',
  2: 'S16_LE',
  3: 'S16_BE',
  6: 'S24_LE',
  7: 'S24_BE',
  10: 'S32_LE',
  11: 'S32_BE',
  14: 'FLOAT_LE',
  15: 'FLOAT_BE',
  32: 'S24_3LE',
  33: 'S24_3BE',
};

/** What a capture device can do. Ranges are from the lowest to the highest. */
export interface PcmFormats {
  readonly formats: readonly string[];
  readonly channels: readonly [min: number, max: number];
  readonly ratesHz: readonly [min: number, max: number];
}

/** The question "which of everything?". */
export function renderAnyParams(): Buffer {
  const bytes = Buffer.alloc(HW_REFINE.bytes);
  bytes.fill(0xff, 4, 4 + 3 * 32);
  for (let index = 0; index < INTERVALS; index += 1) {
    bytes.writeUInt32LE(0xffff_ffff, INTERVALS_AT + index * 12 + 4);
  }
  bytes.writeUInt32LE(0xffff_ffff, 512);
  bytes.writeUInt32LE(0xffff_ffff, 520);
  return bytes;
}

/** The kernel's answer. */
export function parseParams(bytes: Buffer): PcmFormats {
  const range = (index: number) => {
    const at = INTERVALS_AT + index * 12;
    return [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)] as const;
  };
  const has = (bit: number) => ((bytes[FORMAT_MASK_AT + (bit >> 3)] ?? 0) >> (bit & 7)) & 1;
  return {
    formats: Object.entries(FORMATS).flatMap(([bit, name]) => (has(Number(bit)) ? [name] : [])),
    channels: range(CHANNELS),
    ratesHz: range(RATE),
  };
}
