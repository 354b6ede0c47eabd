/** CMAF (ISO/IEC 23000-19) boxes of one track: the init section, and parts of one moof+mdat each. */
import type { AudioFormat, TrackFormat, VideoFormat } from '../gdp/caps.ts';
import { ascii, box, fullBox, MATRIX, u16, u32, zeros } from '../mp4/write.ts';

export interface Sample {
  readonly data: Buffer;
  readonly durationTicks: number;
  readonly isKeyframe: boolean;
}

/** Sample flags, ISO/IEC 14496-12 §8.8.3.1: depends on none / on others and is no sync sample. */
const FLAGS_SYNC = 0x0200_0000;
const FLAGS_DELTA = 0x0101_0000;

const TFHD_DEFAULT_BASE_IS_MOOF = 0x02_0000;
const TRUN_DATA_OFFSET = 0x1;
const TRUN_SAMPLE_DURATION = 0x100;
const TRUN_SAMPLE_SIZE = 0x200;
const TRUN_SAMPLE_FLAGS = 0x400;

const TRACK_ID = 1;

/** The init section: ftyp, and a moov with no samples and an mvex. */
export function renderInit(format: TrackFormat): Buffer {
  const ftyp = box('ftyp', ascii('iso6'), u32(0), ascii('iso6'), ascii('cmfc'), ascii('mp41'));
  const moov = box(
    'moov',
    fullBox(
      'mvhd',
      0,
      0,
      u32(0, 0, 1000, 0, 0x1_0000),
      u16(0x100, 0),
      u32(0, 0, ...MATRIX),
      zeros(24),
      u32(2),
    ),
    renderTrack(format),
    box('mvex', fullBox('trex', 0, 0, u32(TRACK_ID, 1, 0, 0, 0))),
  );
  return Buffer.concat([ftyp, moov]);
}

/**
 * One part: a moof with moof-relative offsets, and its mdat.
 *
 * ```
 * moof  mfhd  traf( tfhd  tfdt  trun )    mdat  samples
 * ```
 *
 * @param decodeTicks tfdt of the first sample, in the track's timescale.
 */
export function renderPart(
  sequence: number,
  decodeTicks: number,
  samples: readonly Sample[],
): Buffer {
  const rowBytes = 12;
  const trunBytes = 20 + samples.length * rowBytes;
  const trafBytes = 8 + 16 + 20 + trunBytes;
  const moofBytes = 8 + 16 + trafBytes;
  const mediaBytes = samples.reduce((sum, sample) => sum + sample.data.length, 0);
  const out = Buffer.allocUnsafe(moofBytes + 8 + mediaBytes);

  let at = header(out, 0, moofBytes, 'moof');
  at = header(out, at, 16, 'mfhd');
  at = words(out, at, 0, sequence >>> 0);
  at = header(out, at, trafBytes, 'traf');
  at = header(out, at, 16, 'tfhd');
  at = words(out, at, TFHD_DEFAULT_BASE_IS_MOOF, TRACK_ID);
  at = header(out, at, 20, 'tfdt');
  at = words(out, at, 0x0100_0000, Math.floor(decodeTicks / 2 ** 32), decodeTicks % 2 ** 32);
  at = header(out, at, trunBytes, 'trun');
  const trunFlags = TRUN_DATA_OFFSET | TRUN_SAMPLE_DURATION | TRUN_SAMPLE_SIZE | TRUN_SAMPLE_FLAGS;
  at = words(out, at, trunFlags, samples.length, moofBytes + 8);
  for (const { data, durationTicks, isKeyframe } of samples) {
    at = words(out, at, durationTicks, data.length, isKeyframe ? FLAGS_SYNC : FLAGS_DELTA);
  }
  at = header(out, at, 8 + mediaBytes, 'mdat');
  for (const { data } of samples) at += data.copy(out, at);
  return out;
}

function renderTrack(format: TrackFormat): Buffer {
  const [width, height] = format.kind === 'video' ? [format.widthPx, format.heightPx] : [0, 0];
  const volume = format.kind === 'audio' ? 0x100 : 0;
  const tkhd = fullBox(
    'tkhd',
    0,
    7,
    u32(0, 0, TRACK_ID, 0, 0, 0, 0),
    u16(0, 0, volume, 0),
    u32(...MATRIX, width * 0x1_0000, height * 0x1_0000),
  );
  const mdhd = fullBox('mdhd', 0, 0, u32(0, 0, format.timescale, 0), u16(0x55c4, 0));
  const handler = format.kind === 'video' ? 'vide' : 'soun';
  const hdlr = fullBox('hdlr', 0, 0, u32(0), ascii(handler), zeros(12), ascii('venuebox\0'));
  const mediaHeader =
    format.kind === 'video'
      ? fullBox('vmhd', 0, 1, u16(0, 0, 0, 0))
      : fullBox('smhd', 0, 0, u16(0, 0));
  const dinf = box('dinf', fullBox('dref', 0, 0, u32(1), fullBox('url ', 0, 1)));
  const entry = format.kind === 'video' ? renderVideoEntry(format) : renderAudioEntry(format);
  const stbl = box(
    'stbl',
    fullBox('stsd', 0, 0, u32(1), entry),
    fullBox('stts', 0, 0, u32(0)),
    fullBox('stsc', 0, 0, u32(0)),
    fullBox('stsz', 0, 0, u32(0, 0)),
    fullBox('stco', 0, 0, u32(0)),
  );
  const mdia = box('mdia', mdhd, hdlr, box('minf', mediaHeader, dinf, stbl));
  return box('trak', tkhd, mdia);
}

function renderVideoEntry({ widthPx, heightPx, decoderConfig }: VideoFormat): Buffer {
  return box(
    'avc1',
    zeros(6),
    u16(1),
    zeros(16),
    u16(widthPx, heightPx),
    u32(0x48_0000, 0x48_0000, 0),
    u16(1),
    zeros(32),
    u16(0x18, 0xffff),
    box('avcC', decoderConfig),
  );
}

function renderAudioEntry({ channels, timescale, decoderConfig }: AudioFormat): Buffer {
  const decoderSpecific = descriptor(0x05, decoderConfig);
  const decoder = descriptor(0x04, Buffer.from([0x40, 0x15, 0, 0, 0]), u32(0, 0), decoderSpecific);
  const esds = fullBox(
    'esds',
    0,
    0,
    descriptor(0x03, u16(TRACK_ID), zeros(1), decoder, descriptor(0x06, Buffer.from([2]))),
  );
  return box(
    'mp4a',
    zeros(6),
    u16(1),
    zeros(8),
    u16(channels, 16, 0, 0),
    u32(timescale * 0x1_0000),
    esds,
  );
}

/** An MPEG-4 descriptor (ISO/IEC 14496-1 §8.3.3); its size always takes four bytes here. */
function descriptor(tag: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const size = [21, 14, 7].map((shift) => ((body.length >> shift) & 0x7f) | 0x80);
  return Buffer.concat([Buffer.from([tag, ...size, body.length & 0x7f]), body]);
}

function header(out: Buffer, at: number, size: number, type: string): number {
  out.writeUInt32BE(size, at);
  out.write(type, at + 4, 'latin1');
  return at + 8;
}

function words(out: Buffer, at: number, ...values: readonly number[]): number {
  let end = at;
  for (const value of values) end = out.writeUInt32BE(value, end);
  return end;
}
