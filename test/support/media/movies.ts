/** Makes recordings out of real encoded media, and reads them with ffprobe. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { RecordedPart } from '../../../pipelines/feed/part.ts';
import { PartTap } from '../../../pipelines/feed/tap.ts';
import { FragmentWriter } from '../../../pipelines/recording/files/fragment-writer.ts';
import type { WriteStep } from '../../../pipelines/recording/files/write-step.ts';
import { openRealFeed, REAL_EPOCH_MS, type RealFeed } from './real-feed.ts';
import type { RealMedia } from './real-media.ts';

export interface Movie {
  readonly begin: Extract<WriteStep, { type: 'begin' }>;
  readonly fragments: readonly Extract<WriteStep, { type: 'fragment' }>[];
  readonly reason: string | undefined;
  readonly bytes: Buffer;
}

export interface Tapped {
  readonly feed: RealFeed;
  readonly parts: readonly RecordedPart[];
  readonly inits: readonly {
    readonly trackId: string;
    readonly initId: string;
    readonly bytes: Buffer;
  }[];
  /** In the order in which they came. */
  readonly all: readonly ((reel: FragmentWriter) => readonly WriteStep[])[];
}

/** A feed whose parts are collected, for one reel or several. */
export function tapFeed(media: RealMedia, startUs?: number): Tapped {
  const parts: RecordedPart[] = [];
  const inits: { trackId: string; initId: string; bytes: Buffer }[] = [];
  const all: ((reel: FragmentWriter) => readonly WriteStep[])[] = [];
  let tap: PartTap | undefined;
  const feed = openRealFeed(media, (id) => tap?.collect(id), startUs);
  tap = new PartTap(feed.presentation, ['high', 'audio'], {
    onInit: (trackId, initId, bytes) => {
      inits.push({ trackId, initId, bytes });
      all.push((reel) => {
        reel.setInit(trackId, initId, bytes);
        return [];
      });
    },
    onPart: (part) => {
      parts.push(part);
      all.push((reel) => reel.push(part));
    },
  });
  return { feed, parts, inits, all };
}

/** A writer whose media time begins at {@link REAL_EPOCH_MS}. */
export function openWriter(maxBytes?: number): FragmentWriter {
  const writer = new FragmentWriter(['high', 'audio'], maxBytes);
  writer.setEpoch(REAL_EPOCH_MS);
  return writer;
}

/** What a reel makes of all that was tapped. */
export function wind({ all }: Tapped, reel = openWriter()) {
  return moviesOf([...all.flatMap((apply) => apply(reel)), ...reel.stop()]);
}

export function moviesOf(steps: readonly WriteStep[]): readonly Movie[] {
  const movies: Movie[] = [];
  for (const step of steps) {
    const last = movies.at(-1);
    if (step.type === 'begin') {
      movies.push({ begin: step, fragments: [], reason: undefined, bytes: step.header });
    } else if (last === undefined || last.reason !== undefined) {
      throw new Error(`${step.type} without a file`);
    } else if (step.type === 'end') {
      movies[movies.length - 1] = { ...last, reason: step.reason };
    } else {
      const bytes = Buffer.concat([last.bytes, ...step.chunks]);
      movies[movies.length - 1] = { ...last, fragments: [...last.fragments, step], bytes };
    }
  }
  return movies;
}

export interface Probed {
  readonly durationS: number;
  readonly startS: number;
  /** Decoded, by kind. */
  readonly frames: Readonly<Record<'video' | 'audio', number>>;
  readonly complaints: string;
}

/** Decodes all of a file with ffprobe and reports its errors. */
export async function probe(path: string): Promise<Probed> {
  const { stdout, stderr } = await promisify(execFile)(
    'ffprobe',
    ['-v', 'warning', '-count_frames', '-show_streams', '-show_format', '-of', 'json', path],
    { maxBuffer: 20_000_000 },
  );
  const { streams, format } = JSON.parse(stdout) as {
    streams: readonly { codec_type: string; nb_read_frames?: string }[];
    format: { duration?: string; start_time?: string };
  };
  const framesOf = (kind: string) =>
    Number(streams.find(({ codec_type }) => codec_type === kind)?.nb_read_frames ?? 0);
  return {
    durationS: Number(format.duration ?? 0),
    startS: Number(format.start_time ?? 0),
    frames: { video: framesOf('video'), audio: framesOf('audio') },
    complaints: stderr.trim(),
  };
}
