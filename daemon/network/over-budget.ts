/** The interfaces of links whose data budget is used up. */
import { DEVICE } from '../../hal/network/plan.ts';
import { type Addresses, readAddresses } from '../../hal/os/network.ts';
import type { UplinkConfig } from '../config/uplink.ts';
import { budgetsOf, type MonthUse } from '../media/data-use.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/** @param box Reports what a link's interface is called now, where it got another name. */
export function overBudgetDevices(
  links: UplinkConfig['links'],
  use: MonthUse,
  { uplink }: Pick<BoxSnapshot, 'uplink'>,
  addresses: () => Addresses = readAddresses,
): readonly string[] {
  const budgets = budgetsOf(links, use);
  const spent = links.filter(({ id }) => {
    const { bytes = Number.POSITIVE_INFINITY, usedBytes = 0 } = budgets[id] ?? {};
    return usedBytes >= bytes;
  });
  const devices = spent.flatMap(({ id, device, address = '' }) => {
    const bonded = uplink?.bond?.links.find((link) => link.id === id)?.device;
    const known = bonded ?? device;
    if (known !== undefined) return [known];
    return [...addresses()].filter(([, own]) => own.includes(address)).map(([name]) => name);
  });
  return devices.filter((name) => DEVICE.test(name));
}
