import type { ModemState, ModemsState } from '../../../hal/modem/port.ts';
import type { BondSnapshot, LinkSnapshot } from '../../../pipelines/bond/snapshot.ts';
import type { ModemCare } from '../../snapshot.ts';

/** A way upstream: what bonding says of it, what its modem says, or both. */
export interface LinkRow {
  readonly id: string;
  readonly link: LinkSnapshot | undefined;
  readonly modem: ModemState | undefined;
}

/**
 * Joins links with their modems as the config does, or by the names of both; a modem
 * without a link is a row of its own. Pure.
 */
export function linkRows(
  bond: BondSnapshot | undefined,
  modems: ModemsState,
  care: readonly ModemCare[] = [],
): readonly LinkRow[] {
  const known = modems.phase === 'known' ? modems.modems : [];
  const links = bond?.links ?? [];
  const modemOf = ({ id }: LinkSnapshot) => {
    const carrier = care.find(({ link }) => link === id);
    const byName = ({ id: its, interfaceName }: ModemState) => its === id || interfaceName === id;
    return known.find((modem) => modem.id === carrier?.id) ?? known.find(byName);
  };
  const joined = links.map((link) => ({ id: link.id, link, modem: modemOf(link) }));
  const used = new Set(joined.map(({ modem }) => modem?.id));
  const rest = known.filter(({ id }) => !used.has(id));
  return [
    ...joined,
    ...rest.map((modem) => ({ id: modem.interfaceName ?? modem.id, link: undefined, modem })),
  ];
}

/** Bars as phones draw them, 0 to 4; undefined where the radio tells nothing. */
export function signalBars({ rsrpDbm, registration }: ModemState): number | undefined {
  if (registration !== 'registered' && registration !== 'connected') return 0;
  if (rsrpDbm === undefined) return undefined;
  return [-118, -110, -100, -85].filter((floorDbm) => rsrpDbm >= floorDbm).length;
}
