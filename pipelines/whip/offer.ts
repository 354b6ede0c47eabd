/** Reads a publisher's SDP offer: a phone, OBS, or any WHIP client. Pure. */
import {
  bad,
  type Format,
  formatsOf,
  type MediaKind,
  midOf,
  type ReadOffer,
  type Refusal,
  readOffer,
  renderOffer,
  type Section,
} from '../webrtc/sdp.ts';

export type VideoCodec = 'h264' | 'vp8';
export type Codec = VideoCodec | 'opus';

export interface PublishedTrackOffer extends Format {
  readonly codec: Codec;
  readonly mid: string;
  /** Of its packets. */
  readonly ssrc: number;
}

export type PublishedOffer = ReadOffer<PublishedTrackOffer>;

const CODECS: readonly (readonly [codec: Codec, kind: MediaKind, name: RegExp])[] = [
  ['h264', 'video', /^h264\/90000$/i],
  ['vp8', 'video', /^vp8\/90000$/i],
  ['opus', 'audio', /^opus\/48000\/2$/i],
];

/** As in `rtpmap`. */
const RTP_NAMES: Readonly<Record<Codec, string>> = {
  h264: 'H264/90000',
  vp8: 'VP8/90000',
  opus: 'opus/48000/2',
};

export function parsePublisher(sdp: string): PublishedOffer | Refusal {
  const offer = readOffer(sdp, trackOf);
  if ('status' in offer) return offer;
  if (offer.video?.ssrc === offer.audio?.ssrc) {
    return bad('picture and sound need an a=ssrc each of their own');
  }
  return offer;
}

/** The offer for the library: see {@link renderOffer}. */
export function renderPublisher(offer: PublishedOffer): string {
  const tracks = offer.kinds.map((kind) => {
    const { codec, ...track } = offer[kind] as PublishedTrackOffer;
    return { ...track, kind, codec: RTP_NAMES[codec], direction: 'sendonly' as const };
  });
  return renderOffer(offer, tracks);
}

function trackOf(kind: MediaKind, section: Section): PublishedTrackOffer | Refusal {
  const mid = midOf(section);
  if (typeof mid !== 'string') return mid;
  if (section.lines.includes('a=recvonly') || section.lines.includes('a=inactive')) {
    return bad('the box receives: offer sendonly');
  }
  const [chosen] = CODECS.filter((one) => one[1] === kind).flatMap(([codec, , name]) =>
    formatsOf(section, name)
      // Mode 0 allows no fragments: its pictures would be cut into tiny slices.
      .filter(({ parameters }) => !/packetization-mode=(?!1)/.test(parameters))
      .map((format) => ({ ...format, codec })),
  );
  if (chosen === undefined) {
    const wanted = kind === 'video' ? 'H.264 with packetization-mode=1, or VP8' : 'Opus';
    return { status: 406, line: `offer ${wanted}` };
  }
  const ssrc = ssrcOf(section);
  if (ssrc === undefined) return { status: 406, line: 'the offer needs a=ssrc for each track' };
  return { ...chosen, mid, ssrc };
}

/** The first one; others are of packets that are sent again (RFC 4588), which none are here. */
function ssrcOf({ lines }: Section): number | undefined {
  for (const line of lines) {
    const ssrc = Number(/^a=ssrc:(\d{1,10})(?: |$)/.exec(line)?.[1] ?? Number.NaN);
    if (ssrc < 2 ** 32) return ssrc;
  }
  return undefined;
}
