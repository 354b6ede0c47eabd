/** Formats of encoded tracks, from GStreamer's caps and segment events. */

/** What a player needs before the first sample of a track. */
export type TrackFormat = VideoFormat | AudioFormat;

export interface VideoFormat {
  readonly kind: 'video';
  /** RFC 6381, for example `avc1.64001f`. */
  readonly codec: string;
  /** AVCDecoderConfigurationRecord, ISO/IEC 14496-15 §5.3.3.1. */
  readonly decoderConfig: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly timescale: number;
  /** Ticks of the timescale in one frame. */
  readonly frameTicks: number;
}

export interface AudioFormat {
  readonly kind: 'audio';
  /** RFC 6381, for example `mp4a.40.2`. */
  readonly codec: string;
  /** AudioSpecificConfig, ISO/IEC 14496-3 §1.6.2.1. */
  readonly decoderConfig: Buffer;
  readonly channels: number;
  readonly timescale: number;
  /** Samples in one AAC frame. */
  readonly frameTicks: number;
}

/** Length of an AAC-LC frame. */
const AAC_FRAME_SAMPLES = 1024;

/** Parses a GstCaps string of an encoded track; undefined where the box cannot package it. */
export function parseCaps(caps: string): TrackFormat | undefined {
  if (caps.startsWith('video/x-h264')) return parseVideo(caps);
  if (caps.startsWith('audio/mpeg')) return parseAudio(caps);
  return undefined;
}

function parseVideo(caps: string): VideoFormat | undefined {
  const config = hexField(caps, 'codec_data');
  const widthPx = intField(caps, 'width');
  const heightPx = intField(caps, 'height');
  const rate = /framerate=\(fraction\)(\d{1,9})\/(\d{1,9})/.exec(caps);
  const [numerator, denominator] = [Number(rate?.[1] ?? 0), Number(rate?.[2] ?? 0)];
  // Bytes 1-3 of the record are profile, compatibility and level.
  if (config === undefined || config.length < 7 || config[0] !== 1) return undefined;
  if (!widthPx || !heightPx || !numerator || !denominator) return undefined;
  const timescale = (90_000 * denominator) % numerator === 0 ? 90_000 : numerator;
  return {
    kind: 'video',
    codec: `avc1.${config.toString('hex', 1, 4)}`,
    decoderConfig: config,
    widthPx,
    heightPx,
    timescale,
    frameTicks: (timescale * denominator) / numerator,
  };
}

function parseAudio(caps: string): AudioFormat | undefined {
  const config = hexField(caps, 'codec_data');
  const timescale = intField(caps, 'rate');
  const channels = intField(caps, 'channels');
  if (config === undefined || config.length < 2 || !timescale || !channels) return undefined;
  const objectType = (config[0] ?? 0) >> 3;
  return {
    kind: 'audio',
    codec: `mp4a.40.${objectType}`,
    decoderConfig: config,
    channels,
    timescale,
    frameTicks: AAC_FRAME_SAMPLES,
  };
}

function hexField(caps: string, name: string): Buffer | undefined {
  const hex = new RegExp(`[ ,]${name}=\\(buffer\\)((?:[0-9a-fA-F]{2}){1,4096})`).exec(caps)?.[1];
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}

function intField(caps: string, name: string): number | undefined {
  const digits = new RegExp(`[ ,]${name}=\\(int\\)(\\d{1,9})`).exec(caps)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/**
 * Start and base of a serialised GstSegment event, in ns.
 *
 * Running time is `pts - start + base` (GstSegment). x264enc shifts its time stamps by
 * 1000 hours, which only this event shows.
 */
export function parseSegment(event: string): { startNs: bigint; baseNs: bigint } | undefined {
  if (!event.startsWith('GstEventSegment')) return undefined;
  const start = /[ ,]start=\(guint64\)(\d{1,20})/.exec(event)?.[1];
  const base = /[ ,]base=\(guint64\)(\d{1,20})/.exec(event)?.[1];
  if (start === undefined || base === undefined) return undefined;
  return { startNs: BigInt(start), baseNs: BigInt(base) };
}
