/** What the demo prints: the addresses to open, and the PIN of the operator’s page. */
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import encodeQR from 'qr';
import type { BoxSnapshot } from '../model/snapshot.ts';

export interface Addresses {
  /** What a phone on this network opens. */
  readonly player: string;
  readonly operator: string;
}

interface NetworkAddress {
  readonly address: string;
  readonly family: string;
  readonly internal: boolean;
}

/**
 * Addresses to open, from what the machine's interfaces are called on the
 * network. A server on one address only is at that address.
 *
 * @param machine Its host name.
 */
export function findAddresses(
  interfaces: Readonly<Record<string, readonly NetworkAddress[] | undefined>>,
  viewers: { readonly host: string; readonly port: number },
  operator: { readonly host: string; readonly port: number },
  machine = hostname(),
): Addresses {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  const outer = all.filter(({ internal }) => !internal);
  const url = ({ host, port }: { host: string; port: number }) => {
    const isAny = host === '0.0.0.0' || host === '::';
    const named = isAny ? hostOnNetwork(outer, host === '::', machine) : host;
    return `http://${isIP(named) === 6 ? `[${named}]` : named}:${port}/`;
  };
  return { player: url(viewers), operator: url(operator) };
}

/**
 * What a phone of this network opens: an IPv4 address, which is the shortest, or a global or
 * unique local one of IPv6. Link-local addresses of IPv6 need the name of the phone's own
 * interface, which no link can carry: there it is the name that the machine has by mDNS.
 */
function hostOnNetwork(
  outer: readonly NetworkAddress[],
  hasIpv6: boolean,
  machine: string,
): string {
  const of = (wanted: string) => outer.filter(({ family }) => family === wanted);
  const isGiven = ({ address }: NetworkAddress) => !/^(?:169\.254\.|fe[89ab])/i.test(address);
  const [v4, v6] = [of('IPv4'), hasIpv6 ? of('IPv6') : []];
  const found = v4.find(isGiven) ?? v6.find(isGiven) ?? v4[0];
  if (found !== undefined) return found.address;
  const [name = ''] = machine.split('.');
  return v6.length > 0 && name !== '' && name !== 'localhost' ? `${name}.local` : 'localhost';
}

interface RenditionSize {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly bitrate_bps: number;
}

/** What `venuebox demo` prints once frames flow. */
export function renderWelcome(
  box: Pick<BoxSnapshot, 'camera' | 'sound' | 'encoder' | 'drop'>,
  /** None of its own: it shows another one's stream. */
  renditions: readonly RenditionSize[],
  { player, operator }: Addresses,
): string {
  const isEdge = renditions.length === 0;
  return `
${isEdge ? `Shows ${box.camera}` : readinessOf(box.drop)}. Point a phone on this network at the code, or open

  player    ${player}
  operator  ${operator}

${encodeQR(player, 'ascii')}
${isEdge ? '' : renderSources(box, renditions)}Ctrl-C ends it.
`;
}

function readinessOf({ phase }: BoxSnapshot['drop']): string {
  if (phase === 'live') return 'On air';
  return 'Ready; hold the button, or press Go live on the operator’s page';
}

function renderSources(
  { camera, sound, encoder }: Pick<BoxSnapshot, 'camera' | 'sound' | 'encoder'>,
  renditions: readonly RenditionSize[],
): string {
  const sizes = renditions.map(
    ({ name, width, height, bitrate_bps }) =>
      `${name} ${width}x${height} ${(bitrate_bps / 1e6).toFixed(1)} Mb/s`,
  );
  return `  camera    ${camera}
  sound     ${sound}
  encoder   ${encoder}
  video     ${sizes.join(', ')}

`;
}

/**
 * What the daemon prints once, when it has made a PIN.
 *
 * @param pin Undefined where more people read along than may know it, as in the journal.
 */
export function renderNewPin(file: string, pin: string | undefined): string {
  const made = pin === undefined ? 'made one.' : `made one:\n\n  ${pin}`;
  return `
The operator's page asks for a PIN. This box has ${made}

It is kept in ${file}, where only the box's user can read it, and root: sudo cat ${file}
`;
}
