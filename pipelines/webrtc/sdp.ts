/** What an SDP offer of a WebRTC client says, piece by piece, as WHEP and WHIP need it. Pure. */

/** Why an offer is not answered. */
export interface Refusal {
  readonly status: 400 | 406;
  readonly line: string;
}

/** The lines of the session, or of one of its media. */
export interface Section {
  readonly kind: string;
  readonly lines: readonly string[];
}

export type MediaKind = 'video' | 'audio';

/** What the client needs to be reached. */
export interface Transport {
  readonly ufrag: string;
  readonly password: string;
  /** As `sha-256 AB:CD:…`. */
  readonly fingerprint: string;
  readonly setup: 'actpass' | 'active' | 'passive';
}

/** An offer, with what is taken of each of its tracks. */
export interface ReadOffer<Track> extends Transport {
  readonly video?: Track;
  readonly audio?: Track;
  /** In the order of the offer. */
  readonly kinds: readonly MediaKind[];
  /** Where the client may be reached: IP addresses only, those outside its own network first. */
  readonly candidates: readonly string[];
}

export interface Format {
  readonly payloadType: number;
  /** Its format parameters, as they were offered. */
  readonly parameters: string;
}

const LINES_MAX = 2_000;
/** A box with ICE servers sends to each of them, even if an attacker has named it. */
const CANDIDATES_MAX = 6;
/** RFC 8839 §5.4. */
const ICE_CHARS = /^[A-Za-z0-9+/]+$/;
/** An IPv4 or IPv6 address, and no name: `.local` names of mDNS are of no use here. */
const CANDIDATE =
  /^candidate:[\w+/]{1,32} 1 udp \d{1,10} (?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:.]{1,45}) \d{1,5} typ (?:host|srflx|prflx|relay)/i;

export function bad(line: string): Refusal {
  return { status: 400, line };
}

/** @param trackOf What is taken of a media section. */
export function readOffer<Track extends { readonly mid: string }>(
  sdp: string,
  trackOf: (kind: MediaKind, section: Section) => Track | Refusal,
): ReadOffer<Track> | Refusal {
  const read = readMedia(sdp);
  if ('status' in read) return read;
  const { session, media } = read;
  const [first] = media.values();
  const transport = transportOf(session, first as Section);
  if ('status' in transport) return transport;
  const tracks: { video?: Track; audio?: Track } = {};
  for (const [kind, section] of media) {
    const track = trackOf(kind, section);
    if ('status' in track) return track;
    tracks[kind] = track;
  }
  if (tracks.video?.mid === tracks.audio?.mid) {
    return bad('each media section needs a mid of its own');
  }
  return {
    ...transport,
    ...tracks,
    kinds: [...media.keys()],
    candidates: candidatesOf(first as Section),
  };
}

/** The session, and its media: one picture and one sound at most. */
function readMedia(
  sdp: string,
): { readonly session: Section; readonly media: ReadonlyMap<MediaKind, Section> } | Refusal {
  const lines = sdp.split(/\r?\n/);
  if (lines[0] !== 'v=0') return bad('this is no SDP: it begins with v=0');
  if (lines.length > LINES_MAX) return bad('the offer has too many lines');
  const [session, ...sections] = splitSections(lines);
  if (session === undefined || sections.length === 0) return bad('the offer has no media');
  const media = new Map<MediaKind, Section>();
  for (const section of sections) {
    const { kind } = section;
    if (kind !== 'video' && kind !== 'audio')
      return bad(`there is no ${kind} here: offer video and audio`);
    if (media.has(kind)) return bad(`offer one ${kind} only`);
    media.set(kind, section);
  }
  return { session, media };
}

function splitSections(lines: readonly string[]): readonly Section[] {
  const sections: { kind: string; lines: string[] }[] = [{ kind: 'session', lines: [] }];
  for (const line of lines) {
    const kind = /^m=([a-z]{1,20}) /.exec(line)?.[1];
    if (line.startsWith('m=')) sections.push({ kind: kind ?? 'unknown', lines: [line] });
    else sections.at(-1)?.lines.push(line);
  }
  return sections;
}

/** The value of an attribute: in the media section, or for the whole session. */
function attribute(name: string, ...sections: readonly Section[]): string | undefined {
  const start = `a=${name}:`;
  for (const { lines } of sections) {
    const line = lines.find((one) => one.startsWith(start));
    if (line !== undefined) return line.slice(start.length).trim();
  }
  return undefined;
}

/** @param media Of which all others are in the same bundle. */
function transportOf(session: Section, media: Section): Transport | Refusal {
  const ufrag = attribute('ice-ufrag', media, session) ?? '';
  const password = attribute('ice-pwd', media, session) ?? '';
  const isUfrag = ICE_CHARS.test(ufrag) && ufrag.length >= 4 && ufrag.length <= 256;
  const isPassword = ICE_CHARS.test(password) && password.length >= 22 && password.length <= 256;
  if (!isUfrag || !isPassword) return bad('the offer has no ice-ufrag and ice-pwd');
  const fingerprint = attribute('fingerprint', media, session) ?? '';
  if (!/^sha-(?:1|256|384|512) (?:[\da-f]{2}:){19,63}[\da-f]{2}$/i.test(fingerprint)) {
    return bad('the offer has no DTLS fingerprint');
  }
  const setup = attribute('setup', media, session) ?? 'actpass';
  if (setup !== 'actpass' && setup !== 'active' && setup !== 'passive') {
    return bad('setup is actpass, active or passive');
  }
  return { ufrag, password, fingerprint, setup };
}

/** See {@link ReadOffer}. */
function candidatesOf({ lines }: Section): readonly string[] {
  const isHost = (line: string) => Number(/ typ host/i.test(line));
  return lines
    .filter((line) => line.startsWith('a=candidate:'))
    .map((line) => line.slice(2))
    .filter((line) => CANDIDATE.test(line) && line.length < 256)
    .toSorted((a, b) => isHost(a) - isHost(b))
    .slice(0, CANDIDATES_MAX);
}

/** What the section is called in the answer. */
export function midOf(section: Section): string | Refusal {
  const mid = attribute('mid', section) ?? '';
  return /^[\w.~+-]{1,32}$/.test(mid) ? mid : bad('each media section needs a mid');
}

/** All formats of a codec, in the client's order. */
export function formatsOf({ lines }: Section, codec: RegExp): readonly Format[] {
  return lines.flatMap((line) => {
    const [, number = '', name = ''] = /^a=rtpmap:(\d{1,3}) (\S{1,40})/.exec(line) ?? [];
    const payloadType = Number(number);
    if (!codec.test(name) || payloadType > 127) return [];
    const start = `a=fmtp:${number} `;
    const given =
      lines
        .find((one) => one.startsWith(start))
        ?.slice(start.length)
        .trim() ?? '';
    return [{ payloadType, parameters: /^[\w=;,. +/-]{0,600}$/.test(given) ? given : '' }];
  });
}

/** A track as it is given to the library. */
export interface RenderedTrack extends Format {
  readonly kind: MediaKind;
  readonly mid: string;
  /** As in `rtpmap`. */
  readonly codec: string;
  readonly direction: 'sendonly' | 'recvonly';
  /** Of its packets, where the client sends them. */
  readonly ssrc?: number;
}

/**
 * The offer for the library, which parses it in C++: it holds nothing that was not
 * understood here.
 */
export function renderOffer(transport: Transport, tracks: readonly RenderedTrack[]): string {
  const { ufrag, password, fingerprint, setup } = transport;
  const lines = [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${tracks.map(({ mid }) => mid).join(' ')}`,
    ...tracks.flatMap(({ kind, mid, codec, direction, ssrc, payloadType, parameters }) => [
      `m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${mid}`,
      `a=${direction}`,
      'a=rtcp-mux',
      `a=ice-ufrag:${ufrag}`,
      `a=ice-pwd:${password}`,
      `a=fingerprint:${fingerprint}`,
      `a=setup:${setup}`,
      `a=rtpmap:${payloadType} ${codec}`,
      ...(parameters === '' ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
      ...(ssrc === undefined ? [] : [`a=ssrc:${ssrc} cname:publisher`]),
    ]),
  ];
  return `${lines.join('\r\n')}\r\n`;
}
