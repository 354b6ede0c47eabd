import type { PrintDocument } from '../../hal/printer/port.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

/** What the box can print by itself, by name: pure. */
export const DOCUMENT_NAMES = ['address', 'status'] as const;
export type DocumentName = (typeof DOCUMENT_NAMES)[number];

export interface DocumentFacts {
  readonly title: string;
  /** What phones of this network open. */
  readonly playerUrl: string;
}

export function renderDocument(
  name: DocumentName,
  facts: DocumentFacts,
  box: BoxSnapshot,
  wallMs: number,
): PrintDocument {
  return name === 'address' ? renderAddress(facts) : renderStatus(facts, box, wallMs);
}

/** For the guests' table: a code that opens the player. */
function renderAddress({ title, playerUrl }: DocumentFacts): PrintDocument {
  return [
    { kind: 'text', text: title, align: 'center', isBold: true, size: 2 },
    { kind: 'feed', lines: 1 },
    { kind: 'qr', data: playerUrl },
    { kind: 'text', text: playerUrl, align: 'center' },
    { kind: 'feed', lines: 1 },
  ];
}

/** For the crew: how the box is, on paper. */
function renderStatus(
  { title, playerUrl }: DocumentFacts,
  box: BoxSnapshot,
  wallMs: number,
): PrintDocument {
  const lines = [
    `${box.name} ${box.version}`,
    new Date(wallMs).toISOString().slice(0, 16).replace('T', ' '),
    `drop      ${box.drop.phase}`,
    `camera    ${box.camera}`,
    `sound     ${box.sound}`,
    `viewers   ${box.media?.viewers.viewers ?? 'unknown'}`,
    `battery   ${batteryLine(box)}`,
    ...(box.uplink === undefined ? [] : [`uplink    ${box.uplink.phase}`]),
    `player    ${playerUrl}`,
  ];
  return [
    { kind: 'text', text: title, isBold: true },
    { kind: 'rule' },
    ...lines.map((text) => ({ kind: 'text', text }) as const),
    { kind: 'rule' },
    ...box.warnings.map(
      ({ text, advice }) => ({ kind: 'text', text: `${text}. ${advice}` }) as const,
    ),
    ...(box.warnings.length === 0 ? [{ kind: 'text', text: 'nothing is wrong' } as const] : []),
    { kind: 'feed', lines: 1 },
  ];
}

function batteryLine({ battery }: BoxSnapshot): string {
  if (battery.phase === 'absent') return 'none';
  if (battery.phase === 'unknown') return 'unknown';
  const { chargePct, mains } = battery;
  return `${chargePct === undefined ? 'unknown' : `${Math.round(chargePct)} %`}, mains ${mains}`;
}
