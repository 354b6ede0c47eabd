/** The crew sheet: what each of the crew does and where things are, on one page. Pure. */
import type { Block, PrintDocument } from '../../hal/printer/port.ts';
import { fill } from '../../pipelines/player/text/fill.ts';
import type { Config } from '../config/config.ts';
import type { WifiToJoin } from '../config/network.ts';
import { renderDuration } from '../model/rounding.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { SlipWords } from './text/words.ts';

export interface Role {
  readonly name: string;
  /** Who does it; empty where the config does not say. */
  readonly who: string;
  readonly lines: readonly string[];
}

export interface CardCode {
  readonly label: string;
  /** What the QR code says. */
  readonly data: string;
  /** What a person reads below it. */
  readonly text: string;
}

export interface CrewSheet {
  readonly title: string;
  readonly subtitle: string;
  readonly roles: readonly Role[];
  readonly codes: readonly CardCode[];
  readonly notes: readonly string[];
}

export type CardConfig = Pick<
  Config,
  | 'box'
  | 'camera'
  | 'camera2'
  | 'card'
  | 'clips'
  | 'drop'
  | 'orders'
  | 'power'
  | 'printer'
  | 'recording'
  | 'sound'
  | 'uplink'
>;

type CardTexts = SlipWords['text']['card'];

export interface CardFacts {
  readonly box: Pick<BoxSnapshot, 'camera' | 'sound' | 'playerUrl' | 'operatorUrl'>;
  /** Undefined where none is known. */
  readonly wifi: WifiToJoin | undefined;
  /** The name of one whose password cannot be read. */
  readonly lockedWifi?: string | undefined;
  readonly words: SlipWords;
}

export function crewSheet(config: CardConfig, facts: CardFacts): CrewSheet {
  const { drop, card, power } = config;
  const { words } = facts;
  const says = words.text.card;
  const plannedMs = Date.parse(drop.ends_at) - Date.parse(drop.starts_at);
  const plannedS = Number.isNaN(plannedMs) ? power.planned_minutes * 60 : plannedMs / 1000;
  return {
    title: drop.title,
    subtitle: fill(plannedS === 0 ? says.start : says.startAndLength, {
      box: config.box.name,
      start: drop.starts_at === '' ? says.byHost : words.time(Date.parse(drop.starts_at)),
      length: renderDuration(plannedS),
    }),
    roles: [
      { name: says.host, who: card.host, lines: hostLines(config, says) },
      { name: says.camera, who: card.camera, lines: cameraLines(config, facts) },
      { name: says.audio, who: card.audio, lines: audioLines(config, facts) },
    ],
    codes: codesOf(facts),
    notes: [...lockedLine(facts), ...card.notes],
  };
}

function hostLines(
  { drop, orders, clips, printer }: CardConfig,
  says: CardTexts,
): readonly string[] {
  const has = (key: 'collector' | 'flash_price') => drop.catalogue.some((item) => item[key]);
  const sale = has('collector') || has('flash_price') ? says.timedSale : says.sale;
  const [count, minutes] = [String(drop.catalogue.length), String(orders.window_minutes)];
  return [
    says.dropButton,
    ...(clips.folder === '' ? [] : [fill(says.markButton, { seconds: String(clips.length_s) })]),
    says.before,
    ...(drop.catalogue.length === 0 ? [] : [fill(sale, { count, minutes })]),
    ...(printer.driver === 'none' ? [] : [says.printer]),
  ];
}

function cameraLines(
  { camera, camera2 }: CardConfig,
  { box, words }: CardFacts,
): readonly string[] {
  const says = words.text.card;
  return [
    `${box.camera}, ${camera.width} × ${camera.height}, ${camera.fps} fps`,
    says.lens,
    camera.lock_exposure ? says.locked : says.notLocked,
    ...(camera2 === undefined ? [] : [says.secondCamera]),
    says.onAirLamp,
  ];
}

function audioLines(config: CardConfig, { box, words }: CardFacts): readonly string[] {
  const says = words.text.card;
  const { sound, recording, power, uplink } = config;
  const channels = sound.channels === 2 ? says.bothChannels : says.oneChannel;
  const links = (uplink?.links ?? [])
    .filter(({ enabled }) => enabled)
    .map(({ id, backup }) => (backup ? fill(says.backup, { link: id }) : id));
  const folders = words.list(recording.targets.map(({ id }) => id));
  return [
    box.sound === 'none' ? says.noSound : fill(channels, { sound: box.sound }),
    folders === '' ? says.notRecorded : fill(says.recorded, { folders }),
    ...(links.length === 0 ? [] : [fill(says.links, { links: links.join(', ') })]),
    power.board === 'none' ? says.noBattery : says.powerLamp,
  ];
}

function lockedLine({ lockedWifi: name, words }: CardFacts): readonly string[] {
  return name === undefined ? [] : [fill(words.text.card.lockedWifi, { name })];
}

function codesOf({ wifi, box, words }: CardFacts): readonly CardCode[] {
  const says = words.text.card;
  const page = (label: string, url: string | undefined) =>
    url === undefined ? [] : [{ label, data: url, text: url }];
  return [
    ...page(says.guests, box.playerUrl),
    ...page(says.crew, box.operatorUrl),
    ...(wifi === undefined ? [] : [{ label: says.wifi, data: wifiCode(wifi), text: wifi.ssid }]),
  ];
}

/** As phones read it (ZXing wiki, "Barcode Contents", Wi-Fi network config). */
export function wifiCode({ ssid, password }: WifiToJoin): string {
  const escaped = (text: string) => text.replace(/[\\;,:"]/g, '\\$&');
  const secret = password === undefined ? 'T:nopass;' : `T:WPA;P:${escaped(password)};`;
  return `WIFI:S:${escaped(ssid)};${secret};`;
}

/** For paper 58 or 80 mm wide. */
export function cardSlip({ title, subtitle, roles, codes, notes }: CrewSheet): PrintDocument {
  const text = (line: string): Block => ({ kind: 'text', text: line });
  const bold = (line: string): Block => ({ kind: 'text', text: line, isBold: true });
  return [
    { kind: 'text', text: title, align: 'center', isBold: true, size: 2 },
    { kind: 'text', text: subtitle, align: 'center' },
    ...roles.flatMap(({ name, who, lines }): readonly Block[] => [
      { kind: 'rule' },
      bold(who === '' ? name : `${name}: ${who}`),
      ...lines.map((line) => text(`- ${line}`)),
    ]),
    ...(notes.length === 0 ? [] : [{ kind: 'rule' } as const, ...notes.map(text)]),
    ...codes.flatMap(({ label, data, text: below }): readonly Block[] => [
      { kind: 'rule' },
      { kind: 'text', text: label, align: 'center', isBold: true },
      { kind: 'qr', data },
      { kind: 'text', text: below, align: 'center' },
    ]),
    { kind: 'feed', lines: 1 },
  ];
}
