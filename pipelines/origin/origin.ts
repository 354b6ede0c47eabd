/** The LL-HLS origin: playlists, init sections, parts and segments. */
import { gzipSync } from 'node:zlib';
import { type Directives, parseDirectives } from '../hls/directives.ts';
import { liveFreshness, refusedReloadCacheSeconds } from '../hls/freshness.ts';
import { renderMultivariant } from '../hls/multivariant.ts';
import type { Freshness } from '../http/cache/cache-control.ts';
import { isNotModified } from '../http/cache/digest.ts';
import type { HttpRequest, Wait } from '../http/handlers.ts';
import { acceptsGzip, chooseProfile, type HeaderLookup, PROFILE_HINTS } from '../http/negotiate.ts';
import { notModified, type Reply, refuse, reply } from '../http/reply.ts';
import { shownOf, type Track } from '../packager/track.ts';
import { mediaEtag } from './media-etag.ts';
import { type PublishedLists, playlistReply, TrackPlaylists } from './track-playlists.ts';

export interface Ladder {
  /** The setting of each track's encoder, in bit/s. */
  readonly bitratesBps: Readonly<Record<string, number>>;
  /** Track ids of each device profile. */
  readonly profiles: Readonly<Record<string, readonly string[]>>;
}

/** What it serves: the stream of this process, or one that has ended. */
export interface Published extends PublishedLists {
  /** See `Substitutes.offeredFor`. */
  readonly substitutes: { offeredFor(trackId: string): string };
}

const MEDIA_PATH =
  /^\/live\/([a-z0-9-]{1,32})\/(?:(index\.m3u8)|init-([\w-]{1,16})\.mp4|(\d{1,15})(?:\.(\d{1,6}))?\.m4s)$/;
/** Woken whenever any track publishes. */
export const ANY_TRACK = '*';
/**
 * Requests for playlists are held until there is something to play: where media is started again
 * players come back before its first part, and several stop for good at a refusal (ffmpeg, mpv,
 * VLC, GStreamer's hlsdemux2).
 */
const NOT_YET = refuse(503, 'the stream has not started yet', 0, ['Retry-After', '1']);

/**
 * Answers each request under `/live/`, or says that it must be held. Independent of
 * sockets.
 */
export class Origin {
  readonly #presentation: Published;
  readonly #ladder: Ladder;
  readonly #profile: () => string | undefined;
  readonly #playlists: TrackPlaylists;

  /** @param profile Of all requests that name none; undefined: of their device. */
  constructor(
    presentation: Published,
    ladder: Ladder,
    profile: () => string | undefined = () => undefined,
  ) {
    this.#presentation = presentation;
    this.#ladder = ladder;
    this.#profile = profile;
    this.#playlists = new TrackPlaylists(presentation);
  }

  answer(request: HttpRequest): Reply | Wait {
    if (request.path === '/live/index.m3u8') return this.#multivariant(request);
    const [, trackId = '', playlist, initId, msn, part] = MEDIA_PATH.exec(request.path) ?? [];
    const track = shownOf(this.#presentation.tracks()).find(({ id }) => id === trackId);
    if (track === undefined) return this.#missing(`no such stream: ${request.path.slice(0, 80)}`);
    if (playlist !== undefined) return this.#playlist(track, request);
    const { header } = request;
    if (initId !== undefined) return this.#init(track, initId, header);
    const index = part === undefined ? undefined : Number(part);
    return this.#media(track, Number(msn), index, header);
  }

  #multivariant(request: HttpRequest): Reply | Wait {
    const { profiles } = this.#ladder;
    const wanted = request.query.get('profile');
    const chosen = wanted ?? this.#profile() ?? chooseProfile(request.header);
    const own = Object.hasOwn(profiles, chosen) ? profiles[chosen] : undefined;
    const ids = own ?? (wanted === null ? Object.values(profiles)[0] : undefined);
    if (ids === undefined) {
      return refuse(400, `no profile of that name; there are: ${Object.keys(profiles).join(', ')}`);
    }
    // A suspended rendition is not offered to new viewers; those who watch it go on.
    const listed = new Set(ids.map((id) => this.#presentation.substitutes.offeredFor(id)));
    const attempt = () => this.#renderListed(listed, request);
    // Renditions begin one after the other: a player that waited is to find all of them.
    const hasAllBegun = () => this.#listedTracks(listed).every(({ window }) => window.edge());
    return (
      attempt() ?? {
        wait: ANY_TRACK,
        holdMs: this.#presentation.limits.holdMs,
        retry: () => (hasAllBegun() ? attempt() : undefined),
        expired: () => attempt() ?? NOT_YET,
      }
    );
  }

  /** The tracks of a multivariant playlist: sound, and these renditions. */
  #listedTracks(listed: ReadonlySet<string>): readonly Track[] {
    const tracks = shownOf(this.#presentation.tracks());
    return tracks.filter(({ id, kind }) => kind === 'audio' || listed.has(id));
  }

  /** Undefined before there is anything to play. */
  #renderListed(listed: ReadonlySet<string>, { query, header }: HttpRequest): Reply | undefined {
    const { bitratesBps } = this.#ladder;
    const variants = [];
    let audio: Parameters<typeof renderMultivariant>[1];
    for (const { id, kind, format, window } of this.#listedTracks(listed)) {
      // A rendition is listed from its first part on.
      if (format === undefined || window.edge() === undefined) continue;
      const bitrateBps = bitratesBps[id] ?? 0;
      if (format.kind === 'audio') audio = { id, format, bitrateBps };
      else if (kind === 'video') variants.push({ id, format, bitrateBps });
    }
    const hasPicture = shownOf(this.#presentation.tracks()).some(({ kind }) => kind === 'video');
    if (hasPicture ? variants.length === 0 : audio === undefined) return undefined;
    const isByDevice = query.get('profile') === null;
    const vary = isByDevice ? [...PROFILE_HINTS, 'Accept-Encoding'] : ['Accept-Encoding'];
    const hints = ['Accept-CH', 'Save-Data, ECT, Sec-CH-UA-Mobile', 'Vary', vary.join(', ')];
    const body = Buffer.from(renderMultivariant(variants, audio));
    return this.#text(body, header, liveFreshness(this.#presentation.limits, 'playlist'), hints);
  }

  #playlist(track: Track, { query, header }: HttpRequest): Reply | Wait {
    const { limits } = this.#presentation;
    const { window } = track;
    const directives = parseDirectives(query);
    const isEnded = window.isEnded;
    if ('refusal' in directives && !isEnded) return this.#badReload(directives.refusal);
    const requested: Directives =
      isEnded || 'refusal' in directives
        ? { msn: undefined, part: undefined, skip: undefined }
        : directives;

    const isGzip = acceptsGzip(header('accept-encoding'));
    const { msn, part, skip } = requested;
    if (msn === undefined) {
      const now = (): Reply | undefined =>
        window.edge() && this.#playlists.answer(track, { skip, isGzip, isBlocking: false });
      const { holdMs } = limits;
      return now() ?? { wait: track.id, holdMs, retry: now, expired: () => NOT_YET };
    }
    const attempt = (): Reply | undefined => {
      const answer = window.answerReload(msn, part);
      if (answer === 'refuse') {
        return this.#badReload(`segment ${msn} part ${part ?? '-'} is too far past the live edge`);
      }
      return answer === 'ready'
        ? this.#playlists.answer(track, { skip, isGzip, isBlocking: true })
        : undefined;
    };
    return (
      attempt() ?? {
        wait: track.id,
        holdMs: limits.holdMs,
        retry: attempt,
        expired: () =>
          refuse(
            503,
            `segment ${msn} part ${part ?? '-'} was not published within ${limits.holdMs} ms`,
            0,
            ['Retry-After', '1'],
          ),
      }
    );
  }

  #badReload(line: string): Reply {
    return refuse(400, line, refusedReloadCacheSeconds(this.#presentation.limits));
  }

  #init(track: Track, id: string, header: HeaderLookup): Reply {
    const bytes = track.window.init(id);
    if (bytes === undefined) return this.#missing(`no init section ${id}`);
    return this.#mediaReply(track, [bytes], header);
  }

  #media(track: Track, msn: number, part: number | undefined, header: HeaderLookup): Reply | Wait {
    const name = part === undefined ? `segment ${msn}` : `part ${part} of segment ${msn}`;
    const attempt = (): Reply | undefined => {
      const found = track.window.fetch(msn, part);
      if (found === 'wait') return undefined;
      if (found === 'unknown') return this.#missing(`${name} is not available`);
      const chunks = found.parts.flatMap(({ bytes }) => bytes ?? []);
      return this.#mediaReply(track, chunks, header);
    };
    return (
      attempt() ?? {
        wait: track.id,
        holdMs: this.#presentation.limits.holdMs,
        retry: attempt,
        expired: () => this.#missing(`${name} was not published in time`),
      }
    );
  }

  #mediaReply(track: Track, body: readonly Buffer[], header: HeaderLookup): Reply {
    const etag = mediaEtag(body);
    const isHeld = isNotModified(header('if-none-match'), etag);
    const answer = reply(200, body, {
      type: track.kind === 'audio' ? 'audio/mp4' : 'video/mp4',
      cacheS: 0,
      freshness: liveFreshness(this.#presentation.limits, 'media'),
      urgency: this.#urgencyOf(track),
      isMedia: true,
      extra: ['ETag', etag],
    });
    return isHeld ? notModified(answer) : answer;
  }

  /** Audio first, then the renditions from the lowest up: 2 to 6. */
  #urgencyOf(track: Track): number {
    const { bitratesBps } = this.#ladder;
    const lower = Object.values(bitratesBps).filter((bps) => bps < (bitratesBps[track.id] ?? 0));
    return Math.min(2 + lower.length, 6);
  }

  #missing(line: string): Reply {
    return refuse(404, line);
  }

  #text(body: Buffer, header: HeaderLookup, freshness: Freshness, extra: readonly string[]): Reply {
    const isGzip = acceptsGzip(header('accept-encoding'));
    return playlistReply(isGzip ? gzipSync(body) : body, isGzip, freshness, extra);
  }
}
