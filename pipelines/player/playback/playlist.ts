/** Parses the parts of playlists that the player needs (RFC 8216bis §4.4). Pure. */

export interface Variant {
  readonly uri: string;
  readonly codecs: string;
  readonly bandwidthBps: number;
  readonly height: number;
}

export interface Multivariant {
  /** With video, lowest bandwidth first. */
  readonly variants: readonly Variant[];
  readonly audio: { readonly uri: string; readonly codecs: string } | undefined;
}

export interface PlaylistPart {
  readonly msn: number;
  readonly part: number;
  readonly uri: string;
  readonly durationS: number;
  readonly isIndependent: boolean;
  readonly isGap: boolean;
  /** Its segment's init section. */
  readonly initUri: string | undefined;
  /** Unix time of its first sample, in ms. */
  readonly dateMs: number | undefined;
}

export interface MediaPlaylist {
  /** Oldest first. Only the newest segments list their parts. */
  readonly parts: readonly PlaylistPart[];
  readonly hint: { readonly msn: number; readonly part: number; readonly uri: string } | undefined;
  readonly isEnded: boolean;
}

export function parseMultivariant(text: string): Multivariant {
  const lines = text.split('\n');
  const variants: Variant[] = [];
  let audio: Multivariant['audio'];
  let audioCodecs = '';
  for (const [i, line] of lines.entries()) {
    if (line.startsWith('#EXT-X-MEDIA:') && line.includes('TYPE=AUDIO')) {
      audio = { uri: attribute(line, 'URI') ?? '', codecs: '' };
    }
    if (!line.startsWith('#EXT-X-STREAM-INF:')) continue;
    const codecs = attribute(line, 'CODECS') ?? '';
    const video = codecs.split(',').find((codec) => codec.startsWith('avc1'));
    audioCodecs = codecs.split(',').find((codec) => codec.startsWith('mp4a')) ?? audioCodecs;
    if (video === undefined) continue;
    variants.push({
      uri: lines[i + 1] ?? '',
      codecs: video,
      bandwidthBps: Number(attribute(line, 'BANDWIDTH') ?? 0),
      height: Number((attribute(line, 'RESOLUTION') ?? '').split('x')[1] ?? 0),
    });
  }
  return {
    variants: variants.sort((a, b) => a.bandwidthBps - b.bandwidthBps),
    audio: audio && { ...audio, codecs: audioCodecs },
  };
}

/** Parses a media playlist or a delta update; a player at the live edge needs none of what that skips. */
export function parseMedia(text: string): MediaPlaylist {
  const parts: PlaylistPart[] = [];
  let msn = 0;
  let part = 0;
  let initUri: string | undefined;
  let dateMs: number | undefined;
  let segmentMs: number | undefined;
  let hint: MediaPlaylist['hint'];
  for (const line of text.split('\n')) {
    const value = line.slice(line.indexOf(':') + 1);
    if (line.startsWith('#EXT-X-MEDIA-SEQUENCE:')) msn = Number(value);
    else if (line.startsWith('#EXT-X-SKIP:'))
      msn += Number(attribute(line, 'SKIPPED-SEGMENTS') ?? 0);
    else if (line.startsWith('#EXT-X-MAP:')) initUri = attribute(line, 'URI');
    else if (line.startsWith('#EXT-X-PROGRAM-DATE-TIME:')) {
      dateMs = Date.parse(value);
      segmentMs = dateMs;
    } else if (line.startsWith('#EXT-X-PART:')) {
      const durationS = Number(attribute(line, 'DURATION') ?? 0);
      parts.push({
        msn,
        part,
        uri: attribute(line, 'URI') ?? '',
        durationS,
        isIndependent: line.includes('INDEPENDENT=YES'),
        isGap: line.includes('GAP=YES'),
        initUri,
        dateMs,
      });
      part += 1;
      if (dateMs !== undefined) dateMs += durationS * 1000;
    } else if (line.startsWith('#EXTINF:')) {
      msn += 1;
      part = 0;
      if (segmentMs !== undefined) segmentMs += Number.parseFloat(value) * 1000;
      dateMs = segmentMs;
    } else if (line.startsWith('#EXT-X-PRELOAD-HINT:') && line.includes('TYPE=PART')) {
      hint = { msn, part, uri: attribute(line, 'URI') ?? '' };
    }
  }
  return { parts, hint, isEnded: text.includes('#EXT-X-ENDLIST') };
}

function attribute(line: string, name: string): string | undefined {
  const match = new RegExp(`[:,]${name}=(?:"([^"]*)"|([^,]*))`).exec(line);
  return match?.[1] ?? match?.[2];
}

/** The name of a rendition, by the address of its playlist: `high/index.m3u8`. */
export function renditionOf(uri: string): string {
  return uri.split('/').at(-2) ?? '';
}

/** Where a part stands in the stream. */
export type Position = Pick<PlaylistPart, 'msn' | 'part'>;

export function isAfter(a: Position, b: Position): boolean {
  return a.msn > b.msn || (a.msn === b.msn && a.part > b.part);
}
