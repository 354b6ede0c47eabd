/** Renders the multivariant playlist (RFC 8216bis §4.4.6). */
import type { AudioFormat, VideoFormat } from '../gdp/caps.ts';

export interface Variant {
  readonly id: string;
  readonly format: VideoFormat;
  /** The encoder's setting, in bit/s. */
  readonly bitrateBps: number;
}

export interface AudioRendition {
  readonly id: string;
  readonly format: AudioFormat;
  readonly bitrateBps: number;
}

/** The peak of a one-second segment over the encoder's setting. */
const PEAK_RATIO = 1.5;
/** moof boxes: about 100 bytes and 12 per frame, five or six times per second. */
const CONTAINER_BPS = 9_000;

/**
 * Lists the video renditions of one device profile, lowest bitrate first, then audio only.
 */
export function renderMultivariant(
  variants: readonly Variant[],
  audio: AudioRendition | undefined,
): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:6', '#EXT-X-INDEPENDENT-SEGMENTS'];
  if (audio !== undefined) {
    lines.push(
      `#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="${audio.format.channels}",URI="${audio.id}/index.m3u8"`,
    );
  }
  for (const variant of variants.toSorted((a, b) => a.bitrateBps - b.bitrateBps)) {
    const { format } = variant;
    const codecs = audio === undefined ? format.codec : `${format.codec},${audio.format.codec}`;
    const fps = (format.timescale / format.frameTicks).toFixed(3);
    const group = audio === undefined ? '' : ',AUDIO="sound"';
    lines.push(
      `#EXT-X-STREAM-INF:${bandwidth(variant.bitrateBps, audio?.bitrateBps ?? 0)},CODECS="${codecs}",RESOLUTION=${format.widthPx}x${format.heightPx},FRAME-RATE=${fps}${group}`,
      `${variant.id}/index.m3u8`,
    );
  }
  if (audio !== undefined) {
    lines.push(
      `#EXT-X-STREAM-INF:${bandwidth(0, audio.bitrateBps)},CODECS="${audio.format.codec}",AUDIO="sound"`,
      `${audio.id}/index.m3u8`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function bandwidth(videoBps: number, audioBps: number): string {
  const container = (videoBps > 0 ? CONTAINER_BPS : 0) + (audioBps > 0 ? CONTAINER_BPS : 0);
  const peak = Math.round(videoBps * PEAK_RATIO + audioBps * 1.1 + container);
  return `BANDWIDTH=${peak},AVERAGE-BANDWIDTH=${videoBps + audioBps + container}`;
}
