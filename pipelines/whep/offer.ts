/** Reads a viewer's SDP offer, and renders it again from what was read. Pure. */
import {
  bad,
  type Format,
  formatsOf,
  midOf,
  type ReadOffer,
  type Refusal,
  readOffer,
  renderOffer as render,
  type Section,
} from '../webrtc/sdp.ts';

export interface OfferedTrack extends Format {
  readonly mid: string;
  /** Number of the extension `abs-send-time`. */
  readonly sendTimeId?: number;
}

export type Offer = ReadOffer<OfferedTrack>;

const SEND_TIME = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';

export function parseOffer(sdp: string): Offer | Refusal {
  return readOffer(sdp, (kind, section) =>
    kind === 'video' ? videoOf(section) : audioOf(section),
  );
}

/** The offer for the library: see {@link render}. */
export function renderOffer(offer: Offer): string {
  const tracks = offer.kinds.map((kind) => ({
    ...(offer[kind] as OfferedTrack),
    kind,
    codec: kind === 'video' ? 'H264/90000' : 'opus/48000/2',
    direction: 'recvonly' as const,
  }));
  return render(offer, tracks);
}

export function extensionLine(sendTimeId: number): string {
  return `a=extmap:${sendTimeId} ${SEND_TIME}`;
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
  const mid = midOf(section);
  if (typeof mid !== 'string') return mid;
  if (section.lines.includes('a=sendonly') || section.lines.includes('a=inactive')) {
    return bad('the box sends: offer recvonly');
  }
  const extension = section.lines.find((line) => line.endsWith(` ${SEND_TIME}`)) ?? '';
  const sendTimeId = Number(/^a=extmap:(\d{1,2})[ /]/.exec(extension)?.[1] ?? 0);
  const hasSendTime = sendTimeId >= 1 && sendTimeId <= 14;
  const track = { mid, payloadType, parameters };
  return hasSendTime ? { ...track, sendTimeId } : track;
}
