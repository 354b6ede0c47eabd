/** The table of topics: how often, with which QoS and expiry each is published. */
import type * as v from 'valibot';
import * as payloads from './payloads.ts';

/** How a topic is published: one row of the table. */
interface Rules {
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
  info: { schema: payloads.info, qos: 1, isRetained: true },
  status: state(payloads.status, 1, 30, 5),
  links: state(payloads.links, 0, 60, 2),
  stream: {
    schema: payloads.stream,
    qos: 0,
    isRetained: true,
    period: { liveS: 2 },
    expiry: 'periods',
  },
  audio: state(payloads.audio, 0, 60, 2),
  battery: state(payloads.battery, 1, 120, 30),
  camera: state(payloads.camera, 1, 300, 30),
  printer: state(payloads.printer, 1, 300, 30),
  storage: state(payloads.storage, 1, 300, 30),
  alert: { schema: payloads.alert, qos: 1, isRetained: true },
  event: { schema: payloads.event, qos: 1, isRetained: false, expiry: { s: 7 * DAY_S } },
  drop: { schema: payloads.drop, qos: 1, isRetained: true },
  merch: { schema: payloads.merch, qos: 1, isRetained: true },
  report: { schema: payloads.report, qos: 1, isRetained: true },
  cmd: { schema: payloads.cmd, qos: 1, isRetained: false, expiry: { s: 30 } },
  reply: { schema: payloads.reply, qos: 1, isRetained: false, expiry: { s: 60 } },
} as const satisfies Record<string, Rules>;

function state<S extends v.GenericSchema, Q extends 0 | 1>(
  schema: S,
  qos: Q,
  idleS: number,
  liveS: number,
) {
  return { schema, qos, isRetained: true, period: { idleS, liveS }, expiry: 'periods' } as const;
}

export type TopicName = keyof typeof TOPICS;

/** Published periodically; the others on change. */
export type TelemetryName =
  | 'status'
  | 'links'
  | 'stream'
  | 'audio'
  | 'battery'
  | 'camera'
  | 'printer'
  | 'storage';

export const TELEMETRY: readonly TelemetryName[] = [
  'status',
  'links',
  'stream',
  'audio',
  'battery',
  'camera',
  'printer',
  'storage',
];

export type Payload<T extends TopicName> = v.InferOutput<(typeof TOPICS)[T]['schema']>;

/** A payload without its envelope. */
export type Body<T extends TopicName> = Omit<Payload<T>, 'v' | 'ts' | 'seq' | 'session'>;

/** Seconds between two messages of a topic; undefined where it is not published. */
export function periodS(name: TelemetryName, isLive: boolean): number | undefined {
  const { period }: Rules = TOPICS[name];
  return isLive ? period?.liveS : period?.idleS;
}

/** Seconds after which a broker drops a message; undefined for never. */
export function expiryS(name: TopicName, isLive: boolean): number | undefined {
  const { expiry, period }: Rules = TOPICS[name];
  if (expiry === undefined || expiry === 'periods') {
    const every = isLive ? period?.liveS : period?.idleS;
    return expiry === undefined || every === undefined ? undefined : 3 * every;
  }
  return expiry.s;
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
