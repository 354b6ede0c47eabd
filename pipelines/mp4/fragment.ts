/** Fragments (moof and mdat) as this box writes them. */
import { type Box, boxesIn } from './read.ts';

export interface FragmentSample {
  /** From the start of the moof. */
  readonly offset: number;
  readonly bytes: number;
  readonly durationTicks: number;
  readonly isKeyframe: boolean;
}

/**
 * One moof of one track, as the CMAF writer makes them: tfhd without defaults,
 * a 64-bit tfdt, and one trun that gives each sample's duration, size and flags.
 */
export interface Fragment {
  readonly sequence: number;
  readonly trackId: number;
  /** tfdt, in the track's timescale. */
  readonly decodeTicks: number;
  readonly durationTicks: number;
  readonly samples: readonly FragmentSample[];
  readonly moofBytes: number;
  /** moof and mdat together. */
  readonly totalBytes: number;
}

/** A larger size is invalid. */
export const FRAGMENT_MAX_BYTES = 64_000_000;
const SAMPLES_MAX = 100_000;

/** Flag of a sample that depends on others, ISO/IEC 14496-12 §8.8.3.1. */
const IS_NON_SYNC = 0x1_0000;
/** data-offset, sample durations, sizes and flags: what every trun here has. */
const TRUN_FLAGS = 0x701;

/** Offsets of a moof's fields, where it has exactly the layout of {@link Fragment}. */
interface Layout {
  readonly sequenceAt: number;
  readonly trackIdAt: number;
  readonly tfdtAt: number;
  readonly trun: Box;
}

/**
 * Reads the moof at the start of `bytes`; the mdat after it may be incomplete.
 *
 * @returns undefined where there is none, or one of another layout.
 */
export function readFragment(bytes: Buffer): Fragment | undefined {
  const layout = layoutOf(bytes);
  if (layout === undefined) return undefined;
  const { trun } = layout;
  const moofBytes = bytes.readUInt32BE(0);
  const count = bytes.readUInt32BE(trun.content + 4);
  if (count > SAMPLES_MAX || trun.end !== trun.content + 12 + 12 * count) return undefined;
  const samples: FragmentSample[] = [];
  let offset = moofBytes + 8;
  let durationTicks = 0;
  if (bytes.readUInt32BE(trun.content + 8) !== offset) return undefined;
  for (let i = 0; i < count; i += 1) {
    const at = trun.content + 12 + 12 * i;
    const sample = {
      offset,
      bytes: bytes.readUInt32BE(at + 4),
      durationTicks: bytes.readUInt32BE(at),
      isKeyframe: (bytes.readUInt32BE(at + 8) & IS_NON_SYNC) === 0,
    };
    samples.push(sample);
    offset += sample.bytes;
    durationTicks += sample.durationTicks;
  }
  if (offset > FRAGMENT_MAX_BYTES || !isMdat(bytes, moofBytes, offset - moofBytes))
    return undefined;
  return {
    sequence: bytes.readUInt32BE(layout.sequenceAt),
    trackId: bytes.readUInt32BE(layout.trackIdAt),
    decodeTicks:
      bytes.readUInt32BE(layout.tfdtAt) * 2 ** 32 + bytes.readUInt32BE(layout.tfdtAt + 4),
    durationTicks,
    samples,
    moofBytes,
    totalBytes: offset,
  };
}

/**
 * The fragment for another file: a new moof, and the mdat of `part`, uncopied.
 *
 * @throws Error where `part` has another layout.
 */
export function renumberFragment(
  part: Buffer,
  to: { readonly sequence: number; readonly trackId: number; readonly decodeTicks: number },
): readonly [Buffer, Buffer] {
  const layout = layoutOf(part);
  if (layout === undefined) throw new Error('not a fragment written by this box');
  const moofBytes = part.readUInt32BE(0);
  const moof = Buffer.from(part.subarray(0, moofBytes));
  moof.writeUInt32BE(to.sequence >>> 0, layout.sequenceAt);
  moof.writeUInt32BE(to.trackId, layout.trackIdAt);
  moof.writeUInt32BE(Math.floor(to.decodeTicks / 2 ** 32), layout.tfdtAt);
  moof.writeUInt32BE(to.decodeTicks % 2 ** 32, layout.tfdtAt + 4);
  return [moof, part.subarray(moofBytes)];
}

function layoutOf(bytes: Buffer): Layout | undefined {
  if (bytes.length < 8 || bytes.toString('latin1', 4, 8) !== 'moof') return undefined;
  const moofBytes = bytes.readUInt32BE(0);
  if (moofBytes > bytes.length) return undefined;
  const [mfhd, traf, ...more] = boxesIn(bytes, 8, moofBytes);
  if (mfhd?.type !== 'mfhd' || traf?.type !== 'traf' || more.length > 0) return undefined;
  const [tfhd, tfdt, trun, ...others] = boxesIn(bytes, traf.content, traf.end);
  if (tfhd?.type !== 'tfhd' || tfdt?.type !== 'tfdt' || trun?.type !== 'trun') return undefined;
  const hasLayout =
    others.length === 0 &&
    mfhd.end - mfhd.content === 8 &&
    tfhd.end - tfhd.content === 8 &&
    tfdt.end - tfdt.content === 12 &&
    trun.end - trun.content >= 12 &&
    bytes[tfdt.content] === 1 &&
    (bytes.readUInt32BE(trun.content) & 0xff_ffff) === TRUN_FLAGS;
  if (!hasLayout) return undefined;
  return {
    sequenceAt: mfhd.content + 4,
    trackIdAt: tfhd.content + 4,
    tfdtAt: tfdt.content + 4,
    trun,
  };
}

/** Where only the moof was read, the mdat cannot be checked. */
function isMdat(bytes: Buffer, at: number, size: number): boolean {
  if (bytes.length < at + 8) return bytes.length === at;
  return bytes.readUInt32BE(at) === size && bytes.toString('latin1', at + 4, at + 8) === 'mdat';
}
