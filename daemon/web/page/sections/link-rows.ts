/** Joins the uplink's links with their modems, as rows for the page. Pure. */
import type { ModemState, ModemsState } from '../../../../hal/modem/port.ts';
import type { BondSnapshot, LinkSnapshot } from '../../../../pipelines/bond/core/snapshot.ts';
import { signalBars } from '../../../health/thresholds.ts';
import type { ModemMaintenance, PlannedLink } from '../../../model/snapshot.ts';

export interface LinkRow {
  readonly id: string;
  /** Undefined until the first drop, and for a modem that carries no link. */
  readonly link: LinkSnapshot | undefined;
  readonly modem: ModemState | undefined;
  readonly isConfigured: boolean;
}

/**
 * The links in use, then those of the config that are not used yet, then modems
 * without a link. A modem belongs to the link that the config gives it, or that has
 * its name.
 */
export function linkRows(
  bond: BondSnapshot | undefined,
  modems: ModemsState,
  care: readonly ModemMaintenance[] = [],
  planned: readonly PlannedLink[] = [],
): readonly LinkRow[] {
  const known = modems.phase === 'known' ? modems.modems : [];
  const links = bond?.links ?? [];
  const modemOf = (id: string) => {
    const carrier = care.find(({ link }) => link === id);
    const device = planned.find((one) => one.id === id)?.device ?? id;
    const byName = ({ id: modemId, interfaceName }: ModemState) =>
      modemId === id || interfaceName === device;
    return known.find((modem) => modem.id === carrier?.id) ?? known.find(byName);
  };
  const unused = planned.filter(({ id }) => !links.some((link) => link.id === id));
  const joined: readonly LinkRow[] = [
    ...links.map((link) => ({ id: link.id, link, modem: modemOf(link.id), isConfigured: true })),
    ...unused.map(({ id }) => ({ id, link: undefined, modem: modemOf(id), isConfigured: true })),
  ];
  const used = new Set(joined.map(({ modem }) => modem?.id));
  const rest = known.filter(({ id }) => !used.has(id));
  return [
    ...joined,
    ...rest.map((modem) => {
      const id = modem.interfaceName ?? modem.id;
      return { id, link: undefined, modem, isConfigured: false };
    }),
  ];
}

/** Bars as phones draw them, 0 to 4; undefined where the modem reports no signal. */
export function barsOf(modem: ModemState): number | undefined {
  const { registration } = modem;
  return registration === 'registered' || registration === 'connected' ? signalBars(modem) : 0;
}
