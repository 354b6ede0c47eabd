/** The table of topics: how often, with which QoS and expiry each is published. */
import type * as v from 'valibot';
import * as payloads from './payloads.ts';

/** How a topic is published: one row of the table. */
interface Rules {
  /** One sentence: what it carries. */
  readonly help: string;
  readonly schema: v.GenericSchema;
  readonly qos: 0 | 1;
  readonly isRetained: boolean;
  /** Seconds from one message to the next; absent where it is published on change. */
  readonly period?: { readonly idleS?: number; readonly liveS: number };
  /** `periods`: three periods. MQTT 5 only. */
  readonly expiry?: 'periods' | { readonly s: number };
}

const DAY_S = 86_400;

/**
 * All topics below `venuebox/v1/<box>/`. `alert` and `report` end in `/<key>`, and `cmd` in
 * `/<verb>`. `availability` is not among them: plain text, `online`, or `offline` by will.
 */
export const TOPICS = {
  info: {
    help: 'Model, versions, addresses and capabilities of the box.',
    ...document(payloads.info),
  },
  status: {
    help: 'Phase of the drop, health, power, computer and clock.',
    ...state(payloads.status, 1, 30, 5),
  },
  links: {
    help: 'Each link of the uplink: state, round trip, loss, share, and its modem; each further destination; the box’s own networks.',
    ...state(payloads.links, 0, 60, 2),
  },
  stream: {
    help: 'Encoder, SRT, viewers and their latency; of an edge its upstream.',
    schema: payloads.stream,
    qos: 0,
    isRetained: true,
    period: { liveS: 2 },
    expiry: 'periods',
  },
  audio: {
    help: 'Level of each sound channel, and since when there is silence.',
    ...state(payloads.audio, 0, 60, 2),
  },
  viewers: {
    help: 'Address that guests open, and of a picture of what they see.',
    ...state(payloads.viewers, 1, 300, 30),
  },
  battery: {
    help: 'Charge, voltage, current, time left, mains.',
    ...state(payloads.battery, 1, 120, 30),
  },
  camera: { help: 'Camera and its frame rate.', ...state(payloads.camera, 1, 300, 30) },
  printer: {
    help: 'Printer, its paper, its cover, and slips.',
    ...state(payloads.printer, 1, 300, 30),
  },
  storage: {
    help: 'Each folder that is recorded to, and its space.',
    ...state(payloads.storage, 1, 300, 30),
  },
  alert: {
    help: 'What is wrong and what to do; empty once it is over.',
    ...document(payloads.alert),
  },
  event: {
    help: 'Something happened; waits on the disk until the broker acknowledges it.',
    ...message(payloads.event, 7 * DAY_S),
  },
  drop: { help: 'The present or the next drop.', ...document(payloads.drop) },
  drops: { help: 'The list of coming drops, where there is one.', ...document(payloads.drops) },
  merch: { help: 'What is sold, what is left of it, and orders.', ...document(payloads.merch) },
  report: {
    help: 'One of the last eight drops: viewers, latency, stalls, links, failovers, battery, sound, orders, slips, clips, hearts.',
    ...document(payloads.report),
  },
  checklist: {
    help: 'Each line of the last checklist, with evidence and advice.',
    ...document(payloads.checklist),
  },
  rehearsal: {
    help: 'The last rehearsal: what its viewer and the far end saw.',
    ...document(payloads.rehearsal),
  },
  survey: {
    help: 'The last survey of the place: radio, links, light and sound.',
    ...document(payloads.survey),
  },
  fleet: {
    help: 'Where `fleet.name` is set, for the other boxes of the fleet: the drop, and how ready the box is for it.',
    ...state(payloads.fleet, 1, 60, 10),
  },
  poster: {
    help: 'Of a box of a fleet: a small picture of what its guests see.',
    schema: payloads.poster,
    qos: 1,
    isRetained: true,
    period: { liveS: 30 },
    expiry: 'periods',
  },
  update: {
    help: 'Version that runs and version that is offered; how an update goes.',
    ...document(payloads.update),
  },
  cmd: { help: 'A command to the box.', ...message(payloads.cmd, 30) },
  reply: {
    help: 'Progress and result of a command without a response topic.',
    ...message(payloads.reply, 60),
  },
} as const satisfies Record<string, Rules>;

function state<S extends v.GenericSchema, Q extends 0 | 1>(
  schema: S,
  qos: Q,
  idleS: number,
  liveS: number,
) {
  return { schema, qos, isRetained: true, period: { idleS, liveS }, expiry: 'periods' } as const;
}

function document<S extends v.GenericSchema>(schema: S) {
  return { schema, qos: 1, isRetained: true } as const;
}

function message<S extends v.GenericSchema>(schema: S, expiryInS: number) {
  return { schema, qos: 1, isRetained: false, expiry: { s: expiryInS } } as const;
}

/** To `cmd/update`, in place of a command. */
export const INSTALL = 'install';

export type TopicName = keyof typeof TOPICS;

/** Published periodically by every box. */
export type TelemetryName =
  | 'status'
  | 'links'
  | 'stream'
  | 'audio'
  | 'viewers'
  | 'battery'
  | 'camera'
  | 'printer'
  | 'storage';

export const TELEMETRY: readonly TelemetryName[] = [
  'status',
  'links',
  'stream',
  'audio',
  'viewers',
  'battery',
  'camera',
  'printer',
  'storage',
];

/** Published periodically; the others on change. */
export type PeriodicName = TelemetryName | 'fleet' | 'poster';

export const PERIODIC: readonly PeriodicName[] = [...TELEMETRY, 'fleet', 'poster'];

export type Payload<T extends TopicName> = v.InferOutput<(typeof TOPICS)[T]['schema']>;

/** A payload without its envelope. */
export type Body<T extends TopicName> = Omit<Payload<T>, 'v' | 'ts' | 'seq' | 'session'>;

/** Seconds between two messages of a topic; undefined where it is not published. */
export function periodS(name: PeriodicName, isLive: boolean): number | undefined {
  const { period }: Rules = TOPICS[name];
  return isLive ? period?.liveS : period?.idleS;
}

/** Seconds after which a broker drops a message; undefined for never. */
export function expiryS(name: TopicName, isLive: boolean): number | undefined {
  const { expiry, period }: Rules = TOPICS[name];
  if (expiry !== 'periods') return expiry?.s;
  const every = isLive ? period?.liveS : period?.idleS;
  return every === undefined ? undefined : 3 * every;
}

/** Seconds after which a subscriber should drop what it has; undefined where no message is lost. */
export function expiresS(name: TelemetryName): number | undefined {
  const { qos, period }: Rules = TOPICS[name];
  const every = period?.idleS ?? period?.liveS;
  return qos === 1 || every === undefined ? undefined : 3 * every;
}

export function rootOf(box: string): string {
  return `venuebox/v1/${box}`;
}
