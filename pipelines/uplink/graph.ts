/** The GStreamer pipeline of the uplink: access units in, MPEG-TS over SRT out. */
import { TS_PACKETS } from './payload.ts';

export interface SrtSettings {
  readonly host: string;
  readonly port: number;
  /** SRT access control, for example `publish/cafe`. */
  readonly streamId?: string;
  /** 10 to 79 characters. */
  readonly passphrase?: string;
  /** How long the receiver waits for a lost packet to be sent again. */
  readonly latencyMs: number;
  /** Bandwidth for retransmissions, on top of the encoder's. */
  readonly overheadPct: number;
}

export interface UplinkTrack {
  readonly id: string;
  readonly kind: 'video' | 'audio';
}

/** Names of sink and muxer in the graph. */
export const SRT_SINK = 'srt';
export const MUXER = 'mux';

/** Stdin, stdout and stderr come first. */
const FIRST_FD = 3;

/**
 * Renders the uplink's pipeline; the tracks come by descriptor in their order.
 *
 * ```
 * fd 3 ! GDP ! H.264 with its parameter sets at each key frame ! MPEG-TS ! SRT caller
 * fd 4 ! GDP ! AAC /
 * ```
 *
 * srtsink connects to a port of this process, again whenever it is cut off; `maxbw` and
 * `inputbw` of 0 make SRT measure its input, so that the overhead is a share of it. Stream
 * id and passphrase are set as properties, as the launch line may be logged.
 */
export function renderUplink(
  tracks: readonly UplinkTrack[],
  srt: Pick<SrtSettings, 'latencyMs' | 'overheadPct'>,
  port: number,
): string {
  const uri = `srt://127.0.0.1:${port}?mode=caller&maxbw=0&inputbw=0&oheadbw=${srt.overheadPct}`;
  const branches = tracks.map(({ kind }, i) =>
    [
      `fdsrc fd=${FIRST_FD + i}`,
      'gdpdepay',
      kind === 'video'
        ? 'h264parse config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au'
        : 'aacparse',
      // Room for the other track's delay, and for a short absence of the receiver.
      'queue max-size-time=2000000000 max-size-buffers=0 max-size-bytes=0',
      'mux.',
    ].join(' ! '),
  );
  const sink = `mpegtsmux name=${MUXER} alignment=${TS_PACKETS} ! srtsink name=${SRT_SINK} uri="${uri}" latency=${srt.latencyMs} sync=false async=false wait-for-connection=true`;
  return [sink, ...branches].join(' ');
}
