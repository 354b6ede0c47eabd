/** The newest media playlist of each track, rendered once for all viewers. */
import { gzipSync } from 'node:zlib';
import { liveFreshness } from '../hls/freshness.ts';
import type { Limits } from '../hls/limits.ts';
import { type DateRange, renderMedia, type Skip } from '../hls/playlist.ts';
import type { Freshness } from '../http/cache/cache-control.ts';
import { type Reply, reply, URGENCY_PLAYLIST } from '../http/reply.ts';
import { shownOf, type Track } from '../packager/track.ts';

const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';
const VARY_ENCODING = ['Vary', 'Accept-Encoding'] as const;

/** Requests for one version of a playlist that get different replies. */
export interface PlaylistVariant {
  readonly skip: Skip | undefined;
  readonly isGzip: boolean;
  /** It was requested by sequence number, so caches may keep it longer. */
  readonly isBlocking: boolean;
}

interface Rendered {
  readonly version: number;
  readonly bodies: Map<string, Buffer>;
  readonly replies: Map<string, Reply>;
}

/** Of a presentation. */
export interface PublishedLists {
  readonly limits: Limits;
  readonly epochMs: number;
  tracks(): readonly Track[];
  dateRanges(): readonly DateRange[];
  removedDateRangeIds(): readonly string[];
}

/** A version is rendered and compressed once, with its headers, for all who wait for it. */
export class TrackPlaylists {
  readonly #presentation: PublishedLists;
  readonly #rendered = new Map<string, Rendered>();

  constructor(presentation: PublishedLists) {
    this.#presentation = presentation;
  }

  answer(track: Track, { skip, isGzip, isBlocking }: PlaylistVariant): Reply {
    const { replies } = this.#renderedOf(track);
    const key = `${skip ?? 'full'}${isGzip ? '+gzip' : ''}${isBlocking ? '+blocking' : ''}`;
    const known = replies.get(key);
    if (known !== undefined) return known;
    const kind = isBlocking ? 'blocking playlist' : 'playlist';
    const freshness = liveFreshness(this.#presentation.limits, kind);
    const bytes = this.#bytes(track, skip, isGzip);
    const made = playlistReply(bytes, isGzip, freshness, VARY_ENCODING);
    replies.set(key, made);
    return made;
  }

  #bytes(track: Track, skip: Skip | undefined, isGzip: boolean): Buffer {
    const { bodies } = this.#renderedOf(track);
    const key = `${skip ?? 'full'}${isGzip ? '+gzip' : ''}`;
    const known = bodies.get(key);
    if (known !== undefined) return known;
    const bytes = isGzip
      ? gzipSync(this.#bytes(track, skip, false))
      : Buffer.from(this.#render(track, skip));
    bodies.set(key, bytes);
    return bytes;
  }

  #renderedOf({ id, window: { version } }: Track): Rendered {
    const known = this.#rendered.get(id);
    if (known?.version === version) return known;
    const fresh = { version, bodies: new Map(), replies: new Map() };
    this.#rendered.set(id, fresh);
    return fresh;
  }

  #render(track: Track, skip: Skip | undefined): string {
    const presentation = this.#presentation;
    const { window } = track;
    const others = shownOf(presentation.tracks()).filter(({ id }) => id !== track.id);
    return renderMedia(
      {
        limits: presentation.limits,
        segments: window.listed(),
        discontinuitySequence: window.discontinuitySequence,
        epochMs: presentation.epochMs,
        isEnded: window.isEnded,
        dateRanges: presentation.dateRanges(),
        removedDateRangeIds: presentation.removedDateRangeIds(),
        reports: others.flatMap((other) => {
          const edge = other.window.edge();
          return edge === undefined ? [] : [{ renditionId: other.id, ...edge }];
        }),
        edge: window.edge(),
        next: window.next(),
      },
      skip,
    );
  }
}

export function playlistReply(
  bytes: Buffer,
  isGzip: boolean,
  freshness: Freshness,
  extra: readonly string[],
): Reply {
  return reply(200, [bytes], {
    type: PLAYLIST_TYPE,
    cacheS: 0,
    freshness,
    urgency: URGENCY_PLAYLIST,
    isMedia: true,
    extra: isGzip ? [...extra, 'Content-Encoding', 'gzip'] : extra,
  });
}
