/** Takes the newest key frame of each rendition, as viewers get it. Pure. */
import { cutStill } from '../clips/still.ts';
import type { Segment } from '../hls/window.ts';
import { readInit } from '../mp4/init.ts';
import type { Track } from '../packager/track.ts';
import type { Still } from './messages.ts';

/** What is taken of a presentation. */
export type ScannedTrack = Pick<Track, 'id' | 'kind' | 'window'>;

/**
 * One still of each rendition, of media from `sinceUs` on; none before all of them have
 * one: what is read is compared between them.
 */
export function newestStills(tracks: readonly ScannedTrack[], sinceUs: number): readonly Still[] {
  const videos = tracks.filter(({ kind }) => kind === 'video');
  const stills = videos.flatMap((track) => stillOf(track, sinceUs) ?? []);
  return stills.length === videos.length ? stills : [];
}

function stillOf({ id, window }: ScannedTrack, sinceUs: number): Still | undefined {
  const segment = window.listed().findLast((one) => keyFrameOf(one) !== undefined);
  if (segment === undefined || segment.startUs < sinceUs) return undefined;
  const init = segment.initId === undefined ? undefined : window.init(segment.initId);
  const track = init && readInit(init);
  const bytes = keyFrameOf(segment);
  if (track === undefined || bytes === undefined) return undefined;
  const movie = cutStill({ track, originUs: 0, parts: [bytes] }, segment.startUs);
  return movie && { rendition: id, movie: Buffer.concat(movie.chunks).toString('base64') };
}

/** Of video, each segment begins with one. */
function keyFrameOf({ parts: [first] }: Segment): Buffer | undefined {
  return first?.isIndependent === true ? first.bytes : undefined;
}
