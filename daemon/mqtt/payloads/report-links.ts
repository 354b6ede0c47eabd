import type { ModemState } from '../../../hal/modem/port.ts';
import type { LinkSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import { clipText, orNull, rounded } from '../../model/rounding.ts';
import type { BoxSnapshot, ModemMaintenance } from '../../model/snapshot.ts';
import type { Body } from './topics.ts';

type LinkBody = Body<'links'>['links'][number];

const LINKS_MAX = 16;
/** What a full SRT packet measures on a link, for windows that are told in packets. */
const PACKET_BYTES = 1_344;

/**
 * Links of the bonding with the modem behind each, then those of the config that wait for a
 * drop, then the modems that carry nothing.
 */
export function reportLinks(box: BoxSnapshot): Body<'links'> {
  const { uplink, modems, modemMaintenance = [], plannedLinks = [] } = box;
  const bonded = uplink?.bond?.links ?? [];
  const known = modems.phase === 'known' ? modems.modems : [];
  const careOf = (modem: ModemState | undefined): Partial<ModemMaintenance> =>
    modemMaintenance.find(({ id }) => id === modem?.id) ?? {};
  const modemOf = (id: string) => {
    const device = plannedLinks.find((one) => one.id === id)?.device ?? id;
    return known.find(
      (modem) => careOf(modem).link === id || modem.interfaceName === device || modem.id === id,
    );
  };
  const waiting = plannedLinks.filter(({ id }) => !bonded.some((link) => link.id === id));
  const taken = new Set([...bonded, ...waiting].map(({ id }) => modemOf(id)));
  const report = (id: string, link: LinkSnapshot | undefined, modem: ModemState | undefined) =>
    reportLink(id, link, modem, careOf(modem));
  // SRT by itself goes by the one way that the kernel has.
  const isDirect = uplink?.phase === 'connected' && uplink.bond === undefined;
  const links = [
    ...bonded.map((link) => report(link.id, link, modemOf(link.id))),
    ...waiting.map(({ id }) => report(id, undefined, modemOf(id))),
    ...known
      .filter((modem) => !taken.has(modem))
      .map((modem) => report(modem.interfaceName ?? modem.id, undefined, modem)),
  ];
  return {
    policy: policyOf(uplink),
    active: isDirect
      ? ['direct']
      : bonded
          .filter(({ state }) => state === 'active')
          .slice(0, LINKS_MAX)
          .map(({ id }) => clipText(id, 64)),
    links: links.slice(0, LINKS_MAX),
  };
}

function policyOf(uplink: BoxSnapshot['uplink']): Body<'links'>['policy'] {
  if (uplink === undefined || uplink.phase === 'off') return 'off';
  return uplink.bond === undefined ? 'direct' : 'bond';
}

function reportLink(
  id: string,
  link: LinkSnapshot | undefined,
  modem: ModemState | undefined,
  { usedBytes, budgetBytes }: Partial<ModemMaintenance>,
): LinkBody {
  return {
    id: clipText(id, 64),
    kind: modem === undefined ? kindOf(id) : 'cellular',
    state: link?.state ?? null,
    ...radioOf(modem),
    rtt_s: rounded(orNull(link?.rttMs, (ms) => ms / 1000) ?? undefined, 3),
    loss_ratio: orNull(link, ({ lossPct }) => ratioOf(lossPct)),
    tx_bps: rounded(link?.bitrateBps, 0),
    share_ratio: orNull(link, ({ sharePct }) => ratioOf(sharePct)),
    window: orNull(link, ({ windowBytes }) => Math.round(windowBytes / PACKET_BYTES)),
    in_flight: link?.inFlightPackets ?? null,
    weight: null,
    // The SIM's own count has what other programs used as well.
    data_used_b: rounded(mostOf(link?.usedBytes, usedBytes), 0),
    data_cap_b: budgetBytes ?? null,
  };
}

function mostOf(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.flatMap((count) => count ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

function radioOf(modem: ModemState | undefined) {
  const known = <T extends string>(value: T | undefined) =>
    value === undefined || value === 'unknown' ? null : value;
  return {
    tech: known(modem?.technology),
    operator: orNull(modem?.operator, (name) => clipText(name, 64)),
    rsrp_dbm: rounded(modem?.rsrpDbm, 1),
    rsrq_db: rounded(modem?.rsrqDb, 1),
    sinr_db: rounded(modem?.sinrDb, 1),
    sim: known(modem?.sim),
  };
}

/** By the names that systemd and the kernel give interfaces. */
function kindOf(id: string): LinkBody['kind'] {
  if (/^(ww|ppp|usb)/.test(id)) return 'cellular';
  if (/^wl/.test(id)) return 'wifi';
  return /^e(n|th)/.test(id) ? 'ethernet' : 'other';
}

function ratioOf(pct: number): number | null {
  return rounded(Math.min(1, Math.max(0, pct / 100)), 3);
}
