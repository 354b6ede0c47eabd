/** The documents that the box can print, by name. Pure. */
import type { PrintDocument } from '../../hal/printer/port.ts';
import { fill } from '../../pipelines/player/text/fill.ts';
import type { Config } from '../config/config.ts';
import type { WifiToJoin } from '../config/network.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import { wifiCode } from './card.ts';
import type { PrintJob } from './job.ts';
import { READINESS_NAMES, type ReadinessName, renderReadiness } from './readiness-slips.ts';
import type { SlipTexts } from './text/en.ts';
import type { SlipWords, Translator } from './text/words.ts';

export const DOCUMENT_NAMES = ['address', 'status', ...READINESS_NAMES, 'card', 'sticker'] as const;
export type DocumentName = (typeof DOCUMENT_NAMES)[number];

/** For the list of slips. */
export const TITLES: Readonly<Record<DocumentName | 'ticket', string>> = {
  address: 'The address to watch',
  status: 'The state of the box',
  preflight: 'The checklist',
  rehearsal: 'The rehearsal',
  survey: 'The survey',
  card: 'The crew sheet',
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
  readonly words: SlipWords;
  readonly translator: Translator;
}

export function renderDocument(
  name: 'address' | 'status' | ReadinessName,
  facts: DocumentFacts,
  box: BoxSnapshot,
  wallMs: number,
): PrintDocument {
  if (name === 'address') return renderAddress(facts, box);
  if (name === 'status') return renderStatus(facts, box, wallMs);
  return renderReadiness(name, box.readiness ?? {}, facts);
}

/** For the guests' table: QR codes that join the Wi-Fi, and open the player. */
function renderAddress(
  { title, wifi, words }: DocumentFacts,
  { playerUrl = '' }: Pick<BoxSnapshot, 'playerUrl'>,
): PrintDocument {
  return [
    { kind: 'text', text: title, align: 'center', isBold: true, size: 2 },
    { kind: 'feed', lines: 1 },
    ...(wifi === undefined ? [] : renderWifi(wifi, words.text)),
    { kind: 'qr', data: playerUrl },
    { kind: 'text', text: playerUrl, align: 'center' },
    { kind: 'feed', lines: 1 },
  ];
}

/** Undefined where none is known. */
export function wifiSlip(wifi: WifiToJoin | undefined, text: SlipTexts): PrintDocument | undefined {
  return wifi && renderWifi(wifi, text).slice(0, -2);
}

function renderWifi(wifi: WifiToJoin, { address: says }: SlipTexts): PrintDocument {
  const text = (line: string) => ({ kind: 'text', text: line, align: 'center' }) as const;
  const { ssid, password } = wifi;
  return [
    text(says.wifi),
    { kind: 'qr', data: wifiCode(wifi) },
    text(ssid),
    ...(password === undefined ? [] : [text(fill(says.password, { password }))]),
    { kind: 'feed', lines: 1 },
    text(says.watch),
  ];
}

/** For the crew: the state of the box. */
function renderStatus(
  { title, words: { text, time }, translator }: DocumentFacts,
  box: BoxSnapshot,
  wallMs: number,
): PrintDocument {
  const says = text.status;
  const orNone = (device: string) => (device === 'none' ? says.none : translator.sentence(device));
  const lines = [
    [says.drop, says[box.drop.phase]],
    [says.camera, orNone(box.camera)],
    [says.sound, orNone(box.sound)],
    [says.viewers, String(box.media?.viewers.viewers ?? says.unknown)],
    [says.battery, batteryLine(box, says)],
    ...(box.uplink === undefined ? [] : [[says.uplink, says[box.uplink.phase]] as const]),
    [says.player, box.playerUrl ?? says.unknown],
    [says.crew, box.operatorUrl ?? says.unknown],
  ] as const;
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  const alerts = box.warnings.map(
    (alert) => `${translator.sentence(alert.text)}. ${translator.sentence(alert.advice)}`,
  );
  const line = (said: string) => ({ kind: 'text', text: said }) as const;
  return [
    { kind: 'text', text: title, isBold: true },
    { kind: 'rule' },
    ...[`${box.name} ${box.version}`, time(wallMs)].map(line),
    ...lines.map(([name, value]) => line(name.padEnd(width) + value)),
    { kind: 'rule' },
    ...(alerts.length === 0 ? [says.allWell] : alerts).map(line),
    { kind: 'feed', lines: 1 },
  ];
}

const MAINS = { on: 'mainsOn', off: 'mainsOff', unknown: 'mainsUnknown' } as const;

function batteryLine({ battery }: BoxSnapshot, says: SlipTexts['status']): string {
  if (battery.phase === 'absent') return says.none;
  if (battery.phase === 'unknown') return says.unknown;
  const { chargePct, mains } = battery;
  const charge = chargePct === undefined ? says.unknown : `${Math.round(chargePct)} %`;
  return `${charge}, ${says[MAINS[mains]]}`;
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
