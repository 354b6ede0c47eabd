/** Reads a viewer's SDP offer, and renders it again from what was read. Pure. */

export interface OfferedTrack {
  readonly mid: string;
  readonly payloadType: number;
  /** Its format parameters, as they were offered. */
  readonly parameters: string;
  /** Number of the extension `abs-send-time`. */
  readonly sendTimeId?: number;
}

export interface Offer {
  readonly ufrag: string;
  readonly password: string;
  /** As `sha-256 AB:CD:…`. */
  readonly fingerprint: string;
  readonly setup: 'actpass' | 'active' | 'passive';
  readonly video?: OfferedTrack;
  readonly audio?: OfferedTrack;
  /** In the order of the offer. */
  readonly kinds: readonly ('video' | 'audio')[];
  /** Where the viewer may be reached: IP addresses only. */
  readonly candidates: readonly string[];
}

/** Why an offer is not answered. */
export interface Refusal {
  readonly status: 400 | 406;
  readonly line: string;
}

const LINES_MAX = 2_000;
const CANDIDATES_MAX = 20;
const SEND_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';
/** RFC 8839 §5.4. */
const ICE_CHARS = /^[A-Za-z0-9+/]+$/;
/** An IPv4 or IPv6 address, and no name: `.local` names of mDNS are of no use here. */
const CANDIDATE =
  /^candidate:[\w+/]{1,32} 1 udp \d{1,10} (?:\d{1,3}(?:\.\d{1,3}){3}|[\da-f]*:[\da-f:.]{1,45}) \d{1,5} typ (?:host|srflx|prflx|relay)/i;

interface Section {
  readonly kind: string;
  readonly lines: readonly string[];
}

export function parseOffer(sdp: string): Offer | Refusal {
  const lines = sdp.split(/\r?\n/);
  if (lines[0] !== 'v=0') return bad('this is no SDP: it begins with v=0');
  if (lines.length > LINES_MAX) return bad('the offer has too many lines');
  const [session, ...media] = splitSections(lines);
  if (session === undefined || media.length === 0) return bad('the offer has no media');
  const kinds: ('video' | 'audio')[] = [];
  for (const { kind } of media) {
    if (kind !== 'video' && kind !== 'audio')
      return bad(`there is no ${kind} here: offer video and audio`);
    if (kinds.includes(kind)) return bad(`offer one ${kind} only`);
    kinds.push(kind);
  }
  const transport = transportOf(session, media[0] as Section);
  if ('status' in transport) return transport;
  const tracks: { video?: OfferedTrack; audio?: OfferedTrack } = {};
  for (const section of media) {
    const kind = section.kind as 'video' | 'audio';
    const track = kind === 'video' ? videoOf(section) : audioOf(section);
    if ('status' in track) return track;
    tracks[kind] = track;
  }
  if (tracks.video?.mid === tracks.audio?.mid)
    return bad('each media section needs a mid of its own');
  const candidates = lines
    .filter((line) => line.startsWith('a=candidate:'))
    .map((line) => line.slice(2))
    .filter((line) => CANDIDATE.test(line) && line.length < 256);
  return { ...transport, ...tracks, kinds, candidates: candidates.slice(0, CANDIDATES_MAX) };
}

/**
 * The offer for the library, which parses it in C++: it holds nothing that was not
 * understood here.
 */
export function renderOffer(offer: Offer): string {
  const tracks = offer.kinds.map((kind) => [kind, offer[kind] as OfferedTrack] as const);
  const lines = [
    'v=0',
    'o=- 0 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    `a=group:BUNDLE ${tracks.map(([, { mid }]) => mid).join(' ')}`,
    ...tracks.flatMap(([kind, { mid, payloadType, parameters }]) => [
      `m=${kind} 9 UDP/TLS/RTP/SAVPF ${payloadType}`,
      'c=IN IP4 0.0.0.0',
      `a=mid:${mid}`,
      'a=recvonly',
      'a=rtcp-mux',
      `a=ice-ufrag:${offer.ufrag}`,
      `a=ice-pwd:${offer.password}`,
      `a=fingerprint:${offer.fingerprint}`,
      `a=setup:${offer.setup}`,
      ...formatLines(kind, payloadType, parameters),
    ]),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** `rtpmap` and `fmtp` of a track. */
function formatLines(kind: 'video' | 'audio', payloadType: number, parameters: string) {
  const map = kind === 'video' ? 'H264/90000' : 'opus/48000/2';
  return [
    `a=rtpmap:${payloadType} ${map}`,
    ...(parameters === '' ? [] : [`a=fmtp:${payloadType} ${parameters}`]),
  ];
}

export function extensionLine(sendTimeId: number): string {
  return `a=extmap:${sendTimeId} ${SEND_TIME}`;
}

function bad(line: string): Refusal {
  return { status: 400, line };
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

function transportOf(session: Section, media: Section) {
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
  return { ufrag, password, fingerprint, setup } as const;
}

interface Format {
  readonly payloadType: number;
  readonly parameters: string;
}

/** All formats of a codec, in the viewer's order. */
function formatsOf({ lines }: Section, codec: RegExp): readonly Format[] {
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
    return [{ payloadType, parameters: /^[\w=;,. -]{0,300}$/.test(given) ? given : '' }];
  });
}

function videoOf(section: Section): OfferedTrack | Refusal {
  const formats = formatsOf(section, /^h264\/90000$/i);
  // Mode 0 allows no fragments; who names none, as GStreamer, takes them.
  const taken = formats.filter(({ parameters }) => !/packetization-mode=(?!1)/.test(parameters));
  // Main profile, as the encoders make it, then what every decoder of a browser takes as well.
  const chosen =
    taken.find(({ parameters }) => /profile-level-id=4d/i.test(parameters)) ??
    taken.find(({ parameters }) => /profile-level-id=42/i.test(parameters)) ??
    taken[0];
  if (chosen === undefined) return { status: 406, line: 'offer H.264 with packetization-mode=1' };
  return trackOf(section, chosen);
}

function audioOf(section: Section): OfferedTrack | Refusal {
  const [chosen] = formatsOf(section, /^opus\/48000\/2$/i);
  if (chosen === undefined) return { status: 406, line: 'offer Opus for the sound' };
  return trackOf(section, chosen);
}

function trackOf(section: Section, { payloadType, parameters }: Format): OfferedTrack | Refusal {
  const mid = attribute('mid', section) ?? '';
  if (!/^[\w.~+-]{1,32}$/.test(mid)) return bad('each media section needs a mid');
  if (section.lines.includes('a=sendonly') || section.lines.includes('a=inactive')) {
    return bad('the box sends: offer recvonly');
  }
  const extension = section.lines.find((line) => line.endsWith(` ${SEND_TIME}`)) ?? '';
  const sendTimeId = Number(/^a=extmap:(\d{1,2})[ /]/.exec(extension)?.[1] ?? 0);
  const hasSendTime = sendTimeId >= 1 && sendTimeId <= 14;
  const track = { mid, payloadType, parameters };
  return hasSendTime ? { ...track, sendTimeId } : track;
}
