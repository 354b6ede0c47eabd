/** Reads and joins init sections. */
import { boxesIn, findBox } from './read.ts';
import { ascii, box, fullBox, MATRIX, u16, u32, zeros } from './write.ts';

export interface InitTrack {
  /** The complete trak box; its track_ID is 1. */
  readonly trak: Buffer;
  readonly timescale: number;
  readonly kind: 'video' | 'audio';
  /** The sample description box, stsd. */
  readonly stsd: Buffer;
  readonly tkhd: Buffer;
  /** hdlr, vmhd or smhd, and dinf: a track of a plain MP4 file needs them too. */
  readonly hdlr: Buffer;
  readonly mediaHeader: Buffer;
  readonly dinf: Buffer;
}

/** Reads an init section with one track; undefined where it is invalid. */
export function readInit(init: Buffer): InitTrack | undefined {
  return readInits(init)[0];
}

/** The tracks of an init section, in their order; invalid ones are left out. */
export function readInits(init: Buffer): readonly InitTrack[] {
  const moov = findBox(init, 'moov');
  if (moov === undefined) return [];
  return boxesIn(init, moov.content, moov.end)
    .filter(({ type }) => type === 'trak')
    .flatMap(({ start, end }) => readTrak(init.subarray(start, end)) ?? []);
}

function readTrak(trak: Buffer): InitTrack | undefined {
  const cut = (...path: readonly string[]): Buffer | undefined => {
    const found = findBox(trak, 'trak', ...path);
    return found && trak.subarray(found.start, found.end);
  };
  const tkhd = cut('tkhd');
  const mdhd = cut('mdia', 'mdhd');
  const hdlr = cut('mdia', 'hdlr');
  const mediaHeader = cut('mdia', 'minf', 'vmhd') ?? cut('mdia', 'minf', 'smhd');
  const dinf = cut('mdia', 'minf', 'dinf');
  const stsd = cut('mdia', 'minf', 'stbl', 'stsd');
  if (!tkhd || !mdhd || !hdlr || !mediaHeader || !dinf || !stsd) return undefined;
  // Version 0 of tkhd is 92 bytes long, of mdhd 32.
  if (tkhd.length !== 92 || mdhd.length !== 32 || hdlr.length < 24) return undefined;
  const timescale = mdhd.readUInt32BE(20);
  const handler = hdlr.toString('latin1', 16, 20);
  if (timescale === 0 || (handler !== 'vide' && handler !== 'soun')) return undefined;
  const kind = handler === 'vide' ? 'video' : 'audio';
  return { trak, timescale, kind, stsd, tkhd, hdlr, mediaHeader, dinf };
}

/** The tkhd with another track_ID, and a duration in the movie's timescale. */
export function renumberTkhd(tkhd: Buffer, trackId: number, durationTicks: number): Buffer {
  const out = Buffer.from(tkhd);
  out.writeUInt32BE(trackId, 20);
  out.writeUInt32BE(durationTicks, 28);
  return out;
}

/**
 * One init section for a file with fragments of several tracks: ftyp, and a moov with
 * each trak under its own track_ID, from 1 on.
 */
export function joinInits(tracks: readonly InitTrack[]): Buffer {
  const ftyp = box('ftyp', ascii('iso6'), u32(0), ascii('iso6'), ascii('cmfc'), ascii('mp41'));
  const traks = tracks.map(({ trak, tkhd }, i) => {
    const rest = boxesIn(trak, 8).filter(({ type }) => type !== 'tkhd');
    const kept = rest.map(({ start, end }) => trak.subarray(start, end));
    return box('trak', renumberTkhd(tkhd, i + 1, 0), ...kept);
  });
  const trexes = tracks.map((_, i) => fullBox('trex', 0, 0, u32(i + 1, 1, 0, 0, 0)));
  const mvhd = renderMvhd(1000, 0, tracks.length + 1);
  return Buffer.concat([ftyp, box('moov', mvhd, ...traks, box('mvex', ...trexes))]);
}

export function renderMvhd(timescale: number, durationTicks: number, nextTrackId: number): Buffer {
  return fullBox(
    'mvhd',
    0,
    0,
    u32(0, 0, timescale, durationTicks, 0x1_0000),
    u16(0x100, 0),
    u32(0, 0, ...MATRIX),
    zeros(24),
    u32(nextTrackId),
  );
}
