/** Cuts a progressive MP4 out of fragments, by stream copy (ISO/IEC 14496-12). */
import { type InitTrack, renderMvhd, renumberTkhd } from '../mp4/init.ts';
import { ascii, box, fullBox, u16, u32 } from '../mp4/write.ts';
import {
  type ClipSample,
  type ClipSource,
  type ClipTrack,
  cutTrack,
  type TimeRange,
} from './samples.ts';

/** A movie with its index in front, so that a phone plays it while it loads. */
export interface Movie {
  /** To be written one after the other; the samples are not copied. */
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  /** Media time of its first frame, in us. */
  readonly startUs: number;
  readonly durationS: number;
}

/** Of the movie's own times: that of video. */
const MOVIE_TIMESCALE = 90_000;
/** Video and audio alternate in chunks this long, so that a reader of both seeks little. */
const CHUNK_US = 500_000;

interface Chunk {
  readonly trackIndex: number;
  readonly startUs: number;
  readonly samples: readonly ClipSample[];
}

/**
 * The first source leads: the movie starts with its key frame at or before `fromUs`.
 * Audio is cut to it exactly, by an edit list.
 *
 * @returns undefined where the leading track has no media in that range.
 */
export function renderMovie(sources: readonly ClipSource[], range: TimeRange): Movie | undefined {
  const [leadSource, ...others] = sources;
  const lead = leadSource && cutTrack(leadSource, range);
  if (lead === undefined) return undefined;
  const within = { fromUs: lead.startUs, toUs: lead.endUs };
  const tracks = [lead, ...others.flatMap((source) => cutTrack(source, within) ?? [])];
  const chunks = interleave(tracks);
  const ftyp = box('ftyp', ascii('isom'), u32(0x200), ascii('isomiso2avc1mp41'));
  const mediaBytes = chunks.reduce((sum, { samples }) => sum + bytesOf(samples), 0);
  // The index holds offsets behind itself: its length is known only once it is rendered.
  const indexBytes = renderMoov(tracks, chunks, lead, 0).length;
  const moov = renderMoov(tracks, chunks, lead, ftyp.length + indexBytes + 8);
  const head = Buffer.concat([ftyp, moov, u32(mediaBytes + 8), ascii('mdat')]);
  const media = chunks.flatMap(({ samples }) => samples.map(({ data }) => data));
  return {
    chunks: [head, ...media],
    bytes: head.length + mediaBytes,
    startUs: lead.startUs,
    durationS: (lead.endUs - lead.startUs) / 1e6,
  };
}

function interleave(tracks: readonly ClipTrack[]): readonly Chunk[] {
  const chunks = tracks.flatMap((track, trackIndex) => chunksOf(track, trackIndex));
  return chunks.toSorted((a, b) => a.startUs - b.startUs || a.trackIndex - b.trackIndex);
}

function chunksOf({ samples, startUs, track }: ClipTrack, trackIndex: number): readonly Chunk[] {
  const first = samples[0]?.decodeTicks ?? 0;
  const chunks: { trackIndex: number; startUs: number; samples: ClipSample[] }[] = [];
  for (const sample of samples) {
    const atUs = startUs + ((sample.decodeTicks - first) * 1e6) / track.timescale;
    const last = chunks.at(-1);
    if (last === undefined || atUs - last.startUs >= CHUNK_US) {
      chunks.push({ trackIndex, startUs: atUs, samples: [sample] });
    } else last.samples.push(sample);
  }
  return chunks;
}

function renderMoov(
  tracks: readonly ClipTrack[],
  chunks: readonly Chunk[],
  lead: ClipTrack,
  mediaAt: number,
): Buffer {
  const durationTicks = movieTicks(lead.endUs - lead.startUs);
  const offsets: number[][] = tracks.map(() => []);
  let at = mediaAt;
  for (const { trackIndex, samples } of chunks) {
    offsets[trackIndex]?.push(at);
    at += bytesOf(samples);
  }
  const traks = tracks.map((track, i) => {
    const own = chunks.filter(({ trackIndex }) => trackIndex === i);
    const index = renderIndex(track, own, offsets[i] ?? []);
    return renderTrak(track, i + 1, lead, index);
  });
  return box('moov', renderMvhd(MOVIE_TIMESCALE, durationTicks, tracks.length + 1), ...traks);
}

function renderTrak(cut: ClipTrack, trackId: number, lead: ClipTrack, stbl: Buffer): Buffer {
  const { track, samples, startUs } = cut;
  const mediaTicks = samples.reduce((sum, { durationTicks }) => sum + durationTicks, 0);
  const shownUs = Math.min(cut.endUs, lead.endUs) - Math.max(startUs, lead.startUs);
  const waitUs = Math.max(0, startUs - lead.startUs);
  const tkhd = renumberTkhd(track.tkhd, trackId, movieTicks(waitUs + shownUs));
  const mdhd = fullBox('mdhd', 0, 0, u32(0, 0, track.timescale, mediaTicks), u16(0x55c4, 0));
  const minf = box('minf', track.mediaHeader, track.dinf, stbl);
  const edts = box('edts', renderEdits(track, lead.startUs - startUs, waitUs, shownUs));
  return box('trak', tkhd, edts, box('mdia', mdhd, track.hdlr, minf));
}

/** An empty edit for as long as the track starts late, then its media from the movie's start on. */
function renderEdits(track: InitTrack, earlyUs: number, waitUs: number, shownUs: number): Buffer {
  const skipTicks = Math.max(0, Math.round((earlyUs * track.timescale) / 1e6));
  const shown = [movieTicks(shownUs), skipTicks, 0x1_0000];
  const isLate = movieTicks(waitUs) > 0;
  const rows = isLate ? [movieTicks(waitUs), 0xffff_ffff, 0x1_0000, ...shown] : shown;
  return fullBox('elst', 0, 0, u32(rows.length / 3, ...rows));
}

function renderIndex(
  { track, samples }: ClipTrack,
  chunks: readonly Chunk[],
  offsets: readonly number[],
): Buffer {
  const times = runs(samples.map(({ durationTicks }) => durationTicks));
  const perChunk = runs(chunks.map((chunk) => chunk.samples.length));
  let firstChunk = 1;
  const stsc = perChunk.flatMap(([length, count]) => {
    const row = [firstChunk, length, 1];
    firstChunk += count;
    return row;
  });
  const keyframes = samples.flatMap(({ isKeyframe }, i) => (isKeyframe ? [i + 1] : []));
  const isAllKey = keyframes.length === samples.length;
  return box(
    'stbl',
    track.stsd,
    fullBox('stts', 0, 0, u32(times.length, ...times.flatMap(([ticks, n]) => [n, ticks]))),
    ...(isAllKey ? [] : [fullBox('stss', 0, 0, u32(keyframes.length, ...keyframes))]),
    fullBox('stsc', 0, 0, u32(perChunk.length, ...stsc)),
    fullBox('stsz', 0, 0, u32(0, samples.length, ...samples.map(({ data }) => data.length))),
    fullBox('stco', 0, 0, u32(offsets.length, ...offsets)),
  );
}

/** Each value with how many times it occurs in a row. */
function runs(values: readonly number[]): readonly (readonly [number, number])[] {
  const found: [number, number][] = [];
  for (const value of values) {
    const last = found.at(-1);
    if (last?.[0] === value) last[1] += 1;
    else found.push([value, 1]);
  }
  return found;
}

function bytesOf(samples: readonly ClipSample[]): number {
  return samples.reduce((sum, { data }) => sum + data.length, 0);
}

function movieTicks(us: number): number {
  return Math.round((us * MOVIE_TIMESCALE) / 1e6);
}
