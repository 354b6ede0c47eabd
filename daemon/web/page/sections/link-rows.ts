import type { ModemState, ModemsState } from '../../../../hal/modem/port.ts';
import type { BondSnapshot, LinkSnapshot } from '../../../../pipelines/bond/core/snapshot.ts';
import { signalBars } from '../../../health/thresholds.ts';
import type { ModemMaintenance, PlannedLink } from '../../../model/snapshot.ts';

/** A way upstream: what bonding says of it, what its modem says, or both. */
export interface LinkRow {
  readonly id: string;
  readonly link: LinkSnapshot | undefined;
  readonly modem: ModemState | undefined;
  /** The config has it: it waits for the drop, where there is no `link` yet. */
  readonly isPlanned: boolean;
}

/**
 * Joins links with their modems as the config does, or by the names of both; a modem
 * without a link is a row of its own, and so is a link of the config that no drop has
 * used yet. Pure.
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
    const byName = ({ id: its, interfaceName }: ModemState) =>
      its === id || interfaceName === device;
    return known.find((modem) => modem.id === carrier?.id) ?? known.find(byName);
  };
  const waiting = planned.filter(({ id }) => !links.some((link) => link.id === id));
  const joined: readonly LinkRow[] = [
    ...links.map((link) => ({ id: link.id, link, modem: modemOf(link.id), isPlanned: true })),
    ...waiting.map(({ id }) => ({ id, link: undefined, modem: modemOf(id), isPlanned: true })),
  ];
  const used = new Set(joined.map(({ modem }) => modem?.id));
  const rest = known.filter(({ id }) => !used.has(id));
  return [
    ...joined,
    ...rest.map((modem) => {
      const id = modem.interfaceName ?? modem.id;
      return { id, link: undefined, modem, isPlanned: false };
    }),
  ];
}

/** Bars as phones draw them, 0 to 4; undefined where the radio tells nothing. */
export function barsOf(modem: ModemState): number | undefined {
  const { registration } = modem;
  return registration === 'registered' || registration === 'connected' ? signalBars(modem) : 0;
}
