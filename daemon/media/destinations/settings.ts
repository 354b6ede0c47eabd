/** Settings of the destinations' processes, from the config. Pure. */
import type { RtmpSettings } from '../../../pipelines/rtmp/messages.ts';
import type { UplinkSettings } from '../../../pipelines/uplink/messages.ts';
import { AUDIO_TRACK } from '../../config/capture.ts';
import type { DestinationConfig } from '../../config/destinations.ts';
import { UPLINK_TRACK, type UplinkConfig } from '../../config/uplink.ts';

type Tracks = UplinkSettings['tracks'];

/** The picture of the uplink, or a rendition of the viewers, and the sound. */
export function tracksOf(
  { rendition }: DestinationConfig,
  uplink: UplinkConfig,
  hasSound: boolean,
): Tracks {
  const named = rendition === '' ? uplink.rendition : rendition;
  const picture = { id: named === '' ? UPLINK_TRACK : named, kind: 'video' } as const;
  return hasSound ? [picture, { id: AUDIO_TRACK, kind: 'audio' }] : [picture];
}

/** SRT by the machine's own route: the links are the uplink's. */
export function srtSettings(
  one: DestinationConfig,
  tracks: Tracks,
  passphrase: string | undefined,
): UplinkSettings {
  return {
    srt: {
      host: one.host ?? '',
      port: one.port ?? 0,
      latencyMs: one.latency_ms,
      overheadPct: one.overhead_pct,
      ...(one.stream_id === '' ? {} : { streamId: one.stream_id }),
      ...(passphrase === undefined ? {} : { passphrase }),
    },
    tracks,
    links: undefined,
    used: { period: '', bytesByLink: {} },
    // The encoder is the uplink's to steer.
    rate: undefined,
  };
}

export function rtmpSettings(
  { url = '' }: DestinationConfig,
  tracks: Tracks,
  key: string | undefined,
): RtmpSettings {
  return { url, key: key ?? '', tracks };
}
