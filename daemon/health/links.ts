/** What the uplink's figures say of its links, for the alerts. */
import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/** The links that are switched on; none where the uplink process is down or off. */
export function linksOf({ uplink, children }: BoxSnapshot): readonly LinkSnapshot[] {
  if (uplink === undefined || uplink.phase === 'off') return [];
  if (children['uplink']?.phase !== 'running') return [];
  return uplink.bond?.links.filter(({ isEnabled }) => isEnabled) ?? [];
}

export function isUsable({ state, isSpent }: LinkSnapshot): boolean {
  return (state === 'active' || state === 'suspect') && !isSpent;
}

/** Nothing goes upstream: what takes one link down is then critical. */
export function areAllDown(box: BoxSnapshot): boolean {
  const links = linksOf(box);
  return links.length > 0 && !links.some(isUsable);
}

/** A link out of use since large packets vanish on it. */
export function losesLargePackets({ state, isSpent, largePackets }: LinkSnapshot): boolean {
  return state === 'stalled' && !isSpent && largePackets !== undefined;
}

/** The links that are down without an alert that says why: no data left, MTU, or their modem's. */
export function unexplainedLinks(box: BoxSnapshot): readonly LinkSnapshot[] {
  const { modems, modemMaintenance = [] } = box;
  const isLocked = (id: string) =>
    modems.phase === 'known' &&
    modems.modems.some((modem) => modem.id === id && (modem.sim === 'pin' || modem.sim === 'puk'));
  const faulty = modemMaintenance.filter(({ id, pin, reset }) => pin || reset || isLocked(id));
  return linksOf(box).filter(
    (one) =>
      !isUsable(one) &&
      !one.isSpent &&
      !losesLargePackets(one) &&
      !faulty.some(({ link }) => link === one.id),
  );
}
