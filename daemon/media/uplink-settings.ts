/** Settings of the uplink process, from the config. Pure. */
import type { SrtSettings, UplinkTrack } from '../../pipelines/uplink/graph.ts';
import type { UsedData, WantedLink } from '../../pipelines/uplink/links.ts';
import type { UplinkSettings } from '../../pipelines/uplink/messages.ts';
import { AUDIO_TRACK } from '../config/capture.ts';
import type { Config } from '../config/config.ts';
import { receiverOf, UPLINK_TRACK, type UplinkConfig } from '../config/uplink.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { type BesideUse, besideOf, type MonthUse } from './data-use.ts';
import type { UplinkSecrets } from './secret-file.ts';

/**
 * @param receiver Of `receiverOf`.
 * @param use What each link has carried this month.
 */
export function uplinkSettings(
  uplink: UplinkConfig,
  receiver: NonNullable<ReturnType<typeof receiverOf>>,
  hasSound: boolean,
  { passphrase, relaySecret }: Pick<UplinkSecrets, 'passphrase' | 'relaySecret'>,
  use: MonthUse,
): UplinkSettings {
  const isOwn = uplink.rendition === '';
  const picture: UplinkTrack = { id: isOwn ? UPLINK_TRACK : uplink.rendition, kind: 'video' };
  const srt: SrtSettings = {
    ...receiver,
    latencyMs: uplink.latency_ms,
    overheadPct: uplink.overhead_pct,
    ...(uplink.stream_id === '' ? {} : { streamId: uplink.stream_id }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  // A picture that viewers share keeps its bitrate: they notice nothing of the uplink.
  const isFixed = uplink.rate === 'fixed' || !isOwn;
  return {
    srt,
    tracks: hasSound ? [picture, { id: AUDIO_TRACK, kind: 'audio' }] : [picture],
    links: uplink.links.length === 0 ? undefined : wantedLinks(uplink, use),
    used: usedData(use),
    relaySecret,
    rate: isFixed
      ? undefined
      : {
          algorithm: uplink.rate === 'classic' ? 'classic' : 'link-aware',
          bounds: { minBps: uplink.min_bitrate_bps, maxBps: uplink.bitrate_bps },
        },
  };
}

export function usedData({ month, bytesByLink }: MonthUse): UsedData {
  return { period: month, bytesByLink };
}

/** A budget is smaller by what was carried over that link beside the bond. */
export function wantedLinks(
  { links }: Pick<UplinkConfig, 'links'>,
  use: BesideUse,
): readonly WantedLink[] {
  const beside = besideOf(use);
  return links.map((link) => ({
    id: link.id,
    ...(link.device === undefined ? {} : { device: link.device }),
    ...(link.address === undefined ? {} : { address: link.address }),
    weight: link.weight,
    isBackup: link.backup,
    isEnabled: link.enabled,
    ...(link.budget_mb_per_month === undefined
      ? {}
      : {
          budgetBytes: Math.max(0, link.budget_mb_per_month * 1e6 - (beside[link.id] ?? 0)),
        }),
  }));
}

/** What the uplink will try; those that are switched off carry nothing. */
export function plannedLinks(
  { uplink }: Config,
  nameOf?: NameOf,
): Pick<BoxSnapshot, 'plannedLinks'> {
  if (uplink === undefined || receiverOf(uplink) === undefined) return {};
  return { plannedLinks: namedLinks(uplink, nameOf).filter(({ isEnabled }) => isEnabled) };
}

/** What an interface of the config is called now. */
type NameOf = (device: string) => string;

/** All of the config. */
export function namedLinks(
  uplink: Pick<UplinkConfig, 'links'>,
  nameOf: NameOf = (device) => device,
): readonly WantedLink[] {
  return wantedLinks(uplink, {}).map((link) =>
    link.device === undefined ? link : { ...link, device: nameOf(link.device) },
  );
}
