/** What the demo prints: the addresses to open, and the PIN of the operator’s page. */
import encodeQR from 'qr';
import type { Addresses } from '../model/addresses.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

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

/** The network has changed since. */
export function renderNewAddress(player: string): string {
  return `
Guests now open

  player    ${player}

${encodeQR(player, 'ascii')}
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
