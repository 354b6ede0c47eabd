/** The GStreamer pipeline of an RTMP destination: access units in, FLV over RTMP out. */

export interface RtmpTrack {
  readonly id: string;
  readonly kind: 'video' | 'audio';
}

/** Name of the sink in the graph. */
export const RTMP_SINK = 'rtmp';

/** Stdin, stdout and stderr come first. */
const FIRST_FD = 3;
/** For the connection; the default of five is short for a radio link. */
const TIMEOUT_S = 15;
/** Of RTMP's default of 128 bytes each frame becomes hundreds of chunks (Adobe RTMP §5.4.1). */
const CHUNK_BYTES = 4_096;

/**
 * Renders the pipeline; the tracks come by descriptor in their order.
 *
 * ```
 * fd 3 ! GDP ! H.264 with lengths ! FLV ! RTMP publisher
 * fd 4 ! GDP ! AAC without headers /
 * ```
 *
 * The stream key is set as a property, as the launch line may be logged. rtmp2sink waits while
 * more than three messages are unsent: what is too slow shows in the pipes, where the media
 * process drops whole groups of pictures.
 */
export function renderRtmp(tracks: readonly RtmpTrack[], url: string): string {
  const branches = tracks.map(({ kind }, i) =>
    [
      `fdsrc fd=${FIRST_FD + i}`,
      'gdpdepay',
      kind === 'video'
        ? 'h264parse ! video/x-h264,stream-format=avc,alignment=au'
        : 'aacparse ! audio/mpeg,mpegversion=4,stream-format=raw',
      // Room for the other track's delay.
      'queue max-size-time=2000000000 max-size-buffers=0 max-size-bytes=0',
      'mux.',
    ].join(' ! '),
  );
  const location = `${url.replace(/\/+$/, '')}/key`;
  const sink = `flvmux name=mux streamable=true start-time-selection=first ! rtmp2sink name=${RTMP_SINK} location="${location}" timeout=${TIMEOUT_S} chunk-size=${CHUNK_BYTES} sync=false async=false`;
  return [sink, ...branches].join(' ');
}
