/** Keeps the newest key frame of renditions that no viewer of the box gets, as the uplink's. Pure. */
import { cutStill } from '../clips/still.ts';
import { parseCaps, type VideoFormat } from '../gdp/caps.ts';
import { readInit } from '../mp4/init.ts';
import { renderInit, renderPart } from '../packager/cmaf.ts';
import type { AccessUnit } from '../packager/track.ts';
import type { Still } from './messages.ts';

interface KeyFrame {
  /** Media time. */
  readonly timeUs: number;
  readonly data: Buffer;
}

interface Rendition {
  readonly format: VideoFormat;
  readonly newest?: KeyFrame;
}

export class UnpublishedRenditions {
  readonly #renditions = new Map<string, Rendition>();

  /** Of a capture run; sound, and what cannot be packaged, is left out. */
  setCaps(id: string, caps: string): void {
    const format = parseCaps(caps);
    if (format?.kind === 'video') this.#renditions.set(id, { format });
    else this.#renditions.delete(id);
  }

  add(id: string, { timeUs, isKeyframe, data }: Omit<AccessUnit, 'isDiscont'>): void {
    const rendition = isKeyframe ? this.#renditions.get(id) : undefined;
    if (rendition === undefined) return;
    this.#renditions.set(id, { format: rendition.format, newest: { timeUs, data } });
  }

  /** One of each that has a key frame from `sinceUs` on: an encoder that rests holds nothing up. */
  stills(sinceUs: number): readonly Still[] {
    return [...this.#renditions].flatMap(([id, { format, newest }]) => {
      if (newest === undefined || newest.timeUs < sinceUs) return [];
      const movie = movieOf(format, newest.data);
      return movie === undefined ? [] : [{ rendition: id, movie: movie.toString('base64') }];
    });
  }
}

function movieOf(format: VideoFormat, data: Buffer): Buffer | undefined {
  const track = readInit(renderInit(format));
  if (track === undefined) return undefined;
  const sample = { data, durationTicks: format.frameTicks, isKeyframe: true };
  const movie = cutStill({ track, originUs: 0, parts: [renderPart(1, 0, [sample])] }, 0);
  return movie && Buffer.concat(movie.chunks);
}
