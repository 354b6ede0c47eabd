/** The field card: what each of the crew does and where things are, on one page. Pure. */
import type { Block, PrintDocument } from '../../hal/printer/port.ts';
import type { Config } from '../config/config.ts';
import type { WifiToJoin } from '../config/network.ts';
import { renderDuration } from '../model/rounding.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

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

export interface FieldCard {
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

export interface CardFacts {
  readonly box: Pick<BoxSnapshot, 'camera' | 'sound' | 'playerUrl' | 'operatorUrl'>;
  /** Undefined where none is known. */
  readonly wifi: WifiToJoin | undefined;
  /** Unix time as the crew writes it. */
  readonly time: (unixMs: number) => string;
}

export function fieldCard(config: CardConfig, facts: CardFacts): FieldCard {
  const { drop, card, power } = config;
  const start =
    drop.starts_at === '' ? 'when the host says' : facts.time(Date.parse(drop.starts_at));
  const plannedMs = Date.parse(drop.ends_at) - Date.parse(drop.starts_at);
  const plannedS = Number.isNaN(plannedMs) ? power.planned_minutes * 60 : plannedMs / 1000;
  const length = plannedS === 0 ? '' : `, for ${renderDuration(plannedS)}`;
  return {
    title: drop.title,
    subtitle: `${config.box.name}. Start: ${start}${length}`,
    roles: [
      { name: 'Host', who: card.host, lines: hostLines(config) },
      { name: 'Camera', who: card.camera, lines: cameraLines(config, facts) },
      { name: 'Audio and power', who: card.audio, lines: audioLines(config, facts) },
    ],
    codes: codesOf(facts),
    notes: card.notes,
  };
}

function hostLines({ drop, orders, clips, printer }: CardConfig): readonly string[] {
  const has = (key: 'collector' | 'flash_price') => drop.catalogue.some((item) => item[key]);
  const isTimed = has('collector') || has('flash_price');
  return [
    'DROP, short press: checks, then armed. Hold 3 s: live. Hold 3 s again: the end.',
    ...(clips.folder === '' ? [] : [`MARK: the last ${clips.length_s} s become a clip.`]),
    'Before: run the checklist, and rehearse ten minutes ahead.',
    ...(drop.catalogue.length === 0
      ? []
      : [
          `For sale: ${drop.catalogue.length}${isTimed ? `; in the first ${orders.window_minutes} minutes other prices or items` : ''}. Cash: on the crew’s page.`,
        ]),
    ...(printer.driver === 'none' ? [] : ['Printer: have a second roll at hand.']),
  ];
}

function cameraLines({ camera, camera2 }: CardConfig, { box }: CardFacts): readonly string[] {
  return [
    `${box.camera}, ${camera.width} × ${camera.height}, ${camera.fps} fps`,
    'Lens clean, focus set, battery and card of the camera full.',
    camera.lock_exposure
      ? 'Light the stage before arming: exposure and white balance are locked then.'
      : 'Set exposure and white balance by hand.',
    ...(camera2 === undefined ? [] : ['Second camera: press MARK twice to switch.']),
    'On-air lamp: steady is live; a flicker means no picture.',
  ];
}

function audioLines(config: CardConfig, { box }: CardFacts): readonly string[] {
  const { sound, recording, power, uplink } = config;
  const channels = sound.channels === 2 ? 'both channels' : 'one channel';
  const links = (uplink?.links ?? [])
    .filter(({ enabled }) => enabled)
    .map(({ id, backup }) => `${id}${backup ? ' (backup)' : ''}`);
  return [
    ...(box.sound === 'none'
      ? ['No sound is configured.']
      : [`${box.sound}: ${channels}, peaks between -18 and -6 dBFS, phantom power on.`]),
    recording.targets.length === 0
      ? 'Nothing is recorded.'
      : `Records to ${recording.targets.map(({ id }) => id).join(' and ')}: pull no disk before the lamp winks.`,
    ...(links.length === 0 ? [] : [`Links: ${links.join(', ')}. Antennas at a window.`]),
    power.board === 'none'
      ? 'No battery: guard the plug.'
      : 'Power lamp: steady is mains; double flash saves power; triple: plug in now.',
  ];
}

function codesOf(facts: CardFacts): readonly CardCode[] {
  const { wifi, box } = facts;
  const page = (label: string, url: string | undefined) =>
    url === undefined ? [] : [{ label, data: url, text: url }];
  return [
    ...page('Guests', box.playerUrl),
    ...page('Crew', box.operatorUrl),
    ...(wifi === undefined ? [] : [{ label: 'Wi-Fi', data: wifiCode(wifi), text: wifi.ssid }]),
  ];
}

/** As phones read it (ZXing wiki, "Barcode Contents", Wi-Fi network config). */
export function wifiCode({ ssid, password }: WifiToJoin): string {
  const escaped = (text: string) => text.replace(/[\\;,:"]/g, '\\$&');
  const secret = password === undefined ? 'T:nopass;' : `T:WPA;P:${escaped(password)};`;
  return `WIFI:S:${escaped(ssid)};${secret};`;
}

/** For paper 58 or 80 mm wide. */
export function cardSlip({ title, subtitle, roles, codes, notes }: FieldCard): PrintDocument {
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
