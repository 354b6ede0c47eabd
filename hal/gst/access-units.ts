/** Sources whose access units or stream another process receives: they are decoded here. */
import type { LaunchFragment } from './launch.ts';

/** More than this is left out, where the decoder is too slow: a second of 30 Mb/s. */
const QUEUE_MAX_BYTES = 4_000_000;

const CAPS = {
  h264: 'video/x-h264,stream-format=byte-stream,alignment=au',
  vp8: 'video/x-vp8',
  // Always decoded as stereo (RFC 7587 §4.2).
  opus: 'audio/x-opus,rate=48000,channels=2,channel-mapping-family=0,stream-count=1,coupled-count=1',
} as const;

const PARSED = { h264: 'h264parse ! ', vp8: '', opus: '' } as const;

export type UnitCodec = keyof typeof CAPS;

/** What an MPEG transport stream carries of each kind: the decoder of the other kind is not run. */
const STREAM_CAPS = {
  video: 'video/mpeg;video/x-h264;video/x-h265',
  audio: 'audio/mpeg;audio/x-opus;audio/x-ac3;audio/x-eac3',
} as const;
const QUEUE = `max-bytes=${QUEUE_MAX_BYTES} max-buffers=0 max-time=0 leaky-type=downstream`;

/** Time stamps are those of CLOCK_MONOTONIC at which a picture or sound was taken. */
export function unitSource(codec: UnitCodec): LaunchFragment {
  const kind = codec === 'opus' ? 'audio' : 'video';
  return {
    launch: `appsrc name=units is-live=true format=time ${QUEUE} caps="${CAPS[codec]}" ! ${PARSED[codec]}decodebin ! ${kind}/x-raw`,
    stamping: 'monotonic',
    needs: { appsrc: 'gstreamer1.0-plugins-base', decodebin: 'gstreamer1.0-plugins-base' },
    units: { appsrc: 'units' },
  };
}

/** Picture or sound of an MPEG transport stream; its bytes carry times as those of {@link unitSource}. */
export function streamSource(kind: keyof typeof STREAM_CAPS): LaunchFragment {
  return {
    launch:
      `appsrc name=units is-live=true format=time ${QUEUE} caps="video/mpegts,systemstream=true,packetsize=188" ` +
      `! tsdemux ! capsfilter caps="${STREAM_CAPS[kind]}" ! decodebin ! ${kind}/x-raw`,
    stamping: 'monotonic',
    needs: {
      appsrc: 'gstreamer1.0-plugins-base',
      decodebin: 'gstreamer1.0-plugins-base',
      tsdemux: 'gstreamer1.0-plugins-bad',
      srtsrc: 'gstreamer1.0-plugins-bad',
    },
    units: { appsrc: 'units' },
  };
}
