/** How the bond uses the link over a modem. */
import type { ModemState } from '../../hal/modem/port.ts';
import type { WantedLink } from '../../pipelines/uplink/links.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/**
 * How the bond uses the link over a modem.
 *
 * - `out`: it carries nothing while another link does: its modem is the cause.
 * - `all-out`: all links are down; the receiver may be the cause.
 * - `unknown`: no link of the config, or none that is in use.
 */
export type LinkUse = 'carries' | 'out' | 'all-out' | 'unknown';

/**
 * The link of the config that goes over a modem: by its interface, address or name.
 *
 * @param uplink Reports what a link's interface is called now, where it got another name.
 */
export function plannedLinkOf(
  { id, interfaceName, addresses }: ModemState,
  planned: readonly WantedLink[],
  uplink?: BoxSnapshot['uplink'],
): WantedLink | undefined {
  const bonded = uplink?.bond?.links ?? [];
  const deviceOf = ({ id: link, device }: WantedLink) =>
    bonded.find((one) => one.id === link)?.device ?? device;
  const isAt = (wanted: WantedLink) =>
    wanted.device !== undefined && deviceOf(wanted) === interfaceName;
  // One that is in use before one that is missing and has the name in the config.
  const inUse = planned.find(
    (wanted) => bonded.some((one) => one.id === wanted.id) && isAt(wanted),
  );
  if (inUse !== undefined) return inUse;
  return planned.find((wanted) => {
    if (wanted.device !== undefined) return isAt(wanted);
    if (wanted.address !== undefined && addresses.includes(wanted.address)) return true;
    return wanted.id === id || wanted.id === interfaceName;
  });
}

export function linkUseOf(
  wanted: WantedLink | undefined,
  { uplink, children }: Pick<BoxSnapshot, 'uplink' | 'children'>,
): LinkUse {
  // What a dead process reported is old.
  const isFresh = uplink !== undefined && children['uplink']?.phase === 'running';
  if (wanted === undefined || !isFresh || uplink.phase === 'off' || uplink.bond === undefined) {
    return 'unknown';
  }
  const { links } = uplink.bond;
  const link = links.find(({ id }) => id === wanted.id);
  if (link === undefined && !uplink.missingLinks.includes(wanted.id)) return 'unknown';
  if (link !== undefined && (!link.isEnabled || link.isSpent)) return 'unknown';
  const isActive = (one: (typeof links)[number]) =>
    one.state === 'active' || one.state === 'suspect';
  if (link !== undefined && isActive(link)) return 'carries';
  return links.some(isActive) ? 'out' : 'all-out';
}
