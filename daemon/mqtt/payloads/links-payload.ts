/** The payload of the topic `links`. */
import type { ModemState } from '../../../hal/modem/port.ts';
import type { LinkSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import { BACKFILL, DESTINATION } from '../../figures/destinations.ts';
import { readAll } from '../../figures/figure.ts';
import { LINK, RADIO } from '../../figures/uplink.ts';
import type { Destination } from '../../model/destinations.ts';
import { joinLinks } from '../../model/linked-modems.ts';
import { clipText, orNull, rounded } from '../../model/rounding.ts';
import type { BoxSnapshot, ModemMaintenance } from '../../model/snapshot.ts';
import { networkBody } from './networks-payload.ts';
import type { Body } from './topics.ts';

type LinkBody = Body<'links'>['links'][number];

const LINKS_MAX = 16;
const DESTINATIONS_MAX = 8;

export function linksBody(box: BoxSnapshot): Body<'links'> {
  const { uplink, modemMaintenance = [] } = box;
  const bonded = uplink?.bond?.links ?? [];
  // SRT without bonding uses the kernel's route.
  const isDirect = uplink?.phase === 'connected' && uplink.bond === undefined;
  const links = joinLinks(box).map(({ id, link, modem }) =>
    linkBody(id, link, modem, modemMaintenance.find((one) => one.id === modem?.id) ?? {}),
  );
  return {
    policy: policyOf(uplink),
    active: isDirect
      ? ['direct']
      : bonded
          .filter(({ state }) => state === 'active')
          .slice(0, LINKS_MAX)
          .map(({ id }) => clipText(id, 64)),
    links: links.slice(0, LINKS_MAX),
    destinations: (box.destinations ?? []).slice(0, DESTINATIONS_MAX).map(destinationBody),
    backfill: box.backfill === undefined ? null : backfillBody(box.backfill),
    networks: (box.networks ?? []).map(networkBody),
  };
}

function backfillBody(backfill: NonNullable<BoxSnapshot['backfill']>) {
  const reason = orNull(backfill.reason, (text) => clipText(text, 256));
  return { reason, ...readAll(BACKFILL, backfill) };
}

function destinationBody(destination: Destination): Body<'links'>['destinations'][number] {
  return {
    id: clipText(destination.id, 64),
    kind: destination.kind,
    reason: orNull(destination.reason, (reason) => clipText(reason, 256)),
    ...readAll(DESTINATION, destination),
  };
}

function policyOf(uplink: BoxSnapshot['uplink']): Body<'links'>['policy'] {
  if (uplink === undefined || uplink.phase === 'off') return 'off';
  return uplink.bond === undefined ? 'direct' : 'bond';
}

function linkBody(
  id: string,
  link: LinkSnapshot | undefined,
  modem: ModemState | undefined,
  { usedBytes, budgetBytes }: Partial<ModemMaintenance>,
): LinkBody {
  return {
    id: clipText(id, 64),
    kind: modem === undefined ? kindOf(id) : 'cellular',
    ...readAll(LINK, link),
    ...readAll(RADIO, modem),
    ...simOf(modem),
    // The SIM's count includes other programs.
    data_used_b: rounded(maxOf(link?.usedBytes, usedBytes), 0),
    data_cap_b: budgetBytes ?? null,
  };
}

function maxOf(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.flatMap((count) => count ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

function simOf(modem: ModemState | undefined) {
  const known = <T extends string>(value: T | undefined) =>
    value === undefined || value === 'unknown' ? null : value;
  return {
    tech: known(modem?.technology),
    operator: orNull(modem?.operator, (name) => clipText(name, 64)),
    sim: known(modem?.sim),
  };
}

/** By the names that systemd and the kernel give interfaces. */
function kindOf(id: string): LinkBody['kind'] {
  if (/^(ww|ppp|usb)/.test(id)) return 'cellular';
  if (/^wl/.test(id)) return 'wifi';
  return /^e(n|th)/.test(id) ? 'ethernet' : 'other';
}
