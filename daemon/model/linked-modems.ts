/** Which modem carries which link. Pure. */
import type { ModemState } from '../../hal/modem/port.ts';
import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { BoxSnapshot } from './snapshot.ts';

/** A link with its modem, or one of them alone. */
export interface JoinedLink {
  readonly id: string;
  /** Undefined until the first drop, and for a modem that carries no link. */
  readonly link: LinkSnapshot | undefined;
  readonly modem: ModemState | undefined;
  readonly isConfigured: boolean;
}

type Links = Pick<BoxSnapshot, 'modems' | 'modemMaintenance' | 'plannedLinks'>;

/** The modem that the config gives the link, or that has its name. */
export function modemOf(
  { modems, modemMaintenance = [], plannedLinks = [] }: Links,
  id: string,
): ModemState | undefined {
  const known = modems.phase === 'known' ? modems.modems : [];
  const carrier = modemMaintenance.find(({ link }) => link === id);
  const device = plannedLinks.find((one) => one.id === id)?.device ?? id;
  return (
    known.find((modem) => modem.id === carrier?.id) ??
    known.find((modem) => modem.id === id || modem.interfaceName === device)
  );
}

/** The links in use, then those of the config that wait for a drop, then modems that no link uses. */
export function joinLinks(box: Links & Pick<BoxSnapshot, 'uplink'>): readonly JoinedLink[] {
  const { modems, plannedLinks = [] } = box;
  const links = box.uplink?.bond?.links ?? [];
  const waiting = plannedLinks.filter(({ id }) => !links.some((link) => link.id === id));
  const joined = [
    ...links.map((link) => ({ id: link.id, link, modem: modemOf(box, link.id) })),
    ...waiting.map(({ id }) => ({ id, link: undefined, modem: modemOf(box, id) })),
  ].map((row) => ({ ...row, isConfigured: true }));
  const used = new Set(joined.map(({ modem }) => modem?.id));
  const known = modems.phase === 'known' ? modems.modems : [];
  const unused = known
    .filter(({ id }) => !used.has(id))
    .map((modem) => ({ id: modem.interfaceName ?? modem.id, link: undefined, modem }));
  return [...joined, ...unused.map((row) => ({ ...row, isConfigured: false }))];
}
