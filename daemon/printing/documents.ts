/** The documents that the box can print, by name. Pure. */
import type { PrintDocument } from '../../hal/printer/port.ts';
import type { Config } from '../config/config.ts';
import type { WifiToJoin } from '../config/network.ts';
import { localTime } from '../model/rounding.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { wifiCode } from './card.ts';
import type { PrintJob } from './job.ts';
import { READINESS_NAMES, type ReadinessName, renderReadiness } from './readiness-slips.ts';

export const DOCUMENT_NAMES = ['address', 'status', ...READINESS_NAMES, 'card', 'sticker'] as const;
export type DocumentName = (typeof DOCUMENT_NAMES)[number];

/** For the list of slips. */
export const TITLES: Readonly<Record<DocumentName | 'ticket', string>> = {
  address: 'The address to watch',
  status: 'The state of the box',
  preflight: 'The checklist',
  rehearsal: 'The rehearsal',
  survey: 'The survey',
  card: 'The field card',
  sticker: 'A sticker',
  ticket: 'An order',
};

/** Why a document of this name is not printed. */
export function unknownDocument(name: string): string {
  if (name === 'sticker') return 'no sticker is chosen: set printer.sticker_file in the settings';
  return `no document ${name.slice(0, 40)}; choose one of: ${DOCUMENT_NAMES.join(', ')}`;
}

export interface DocumentFacts {
  readonly title: string;
  /** That guests join first; undefined where none is known. */
  readonly wifi: WifiToJoin | undefined;
}

export function renderDocument(
  name: 'address' | 'status' | ReadinessName,
  facts: DocumentFacts,
  box: BoxSnapshot,
  wallMs: number,
): PrintDocument {
  if (name === 'address') return renderAddress(facts, box);
  if (name === 'status') return renderStatus(facts, box, wallMs);
  return renderReadiness(name, box.readiness ?? {}, { title: facts.title, time: localTime });
}

/** For the guests' table: QR codes that join the Wi-Fi, and open the player. */
function renderAddress(
  { title, wifi }: DocumentFacts,
  { playerUrl = '' }: Pick<BoxSnapshot, 'playerUrl'>,
): PrintDocument {
  return [
    { kind: 'text', text: title, align: 'center', isBold: true, size: 2 },
    { kind: 'feed', lines: 1 },
    ...(wifi === undefined ? [] : renderWifi(wifi)),
    { kind: 'qr', data: playerUrl },
    { kind: 'text', text: playerUrl, align: 'center' },
    { kind: 'feed', lines: 1 },
  ];
}

/** Undefined where none is known. */
export function wifiSlip(wifi: WifiToJoin | undefined): PrintDocument | undefined {
  return wifi && renderWifi(wifi).slice(0, -2);
}

function renderWifi(wifi: WifiToJoin): PrintDocument {
  const text = (line: string) => ({ kind: 'text', text: line, align: 'center' }) as const;
  const { ssid, password } = wifi;
  return [
    text('1. Scan to join the Wi-Fi'),
    { kind: 'qr', data: wifiCode(wifi) },
    text(ssid),
    ...(password === undefined ? [] : [text(`Password: ${password}`)]),
    { kind: 'feed', lines: 1 },
    text('2. Scan to watch'),
  ];
}

/** For the crew: the state of the box. */
function renderStatus({ title }: DocumentFacts, box: BoxSnapshot, wallMs: number): PrintDocument {
  const lines = [
    `${box.name} ${box.version}`,
    localTime(wallMs),
    `drop      ${box.drop.phase}`,
    `camera    ${box.camera}`,
    `sound     ${box.sound}`,
    `viewers   ${box.media?.viewers.viewers ?? 'unknown'}`,
    `battery   ${batteryLine(box)}`,
    ...(box.uplink === undefined ? [] : [`uplink    ${box.uplink.phase}`]),
    `player    ${box.playerUrl ?? 'unknown'}`,
    `crew      ${box.operatorUrl ?? 'unknown'}`,
  ];
  return [
    { kind: 'text', text: title, isBold: true },
    { kind: 'rule' },
    ...lines.map((text) => ({ kind: 'text', text }) as const),
    { kind: 'rule' },
    ...box.warnings.map(
      ({ text, advice }) => ({ kind: 'text', text: `${text}. ${advice}` }) as const,
    ),
    ...(box.warnings.length === 0
      ? [{ kind: 'text', text: 'everything is working' } as const]
      : []),
    { kind: 'feed', lines: 1 },
  ];
}

function batteryLine({ battery }: BoxSnapshot): string {
  if (battery.phase === 'absent') return 'none';
  if (battery.phase === 'unknown') return 'unknown';
  const { chargePct, mains } = battery;
  return `${chargePct === undefined ? 'unknown' : `${Math.round(chargePct)} %`}, mains ${mains}`;
}

/** A document of the box by its name; undefined for any other name. */
export function contentOf(
  name: string,
  { printer }: Pick<Config, 'printer'>,
): Pick<PrintJob, 'content' | 'copy'> | undefined {
  const known = DOCUMENT_NAMES.find((one) => one === name);
  if (known === undefined || (known === 'sticker' && printer.sticker_file === '')) return undefined;
  return { content: { document: known }, copy: 1 };
}
