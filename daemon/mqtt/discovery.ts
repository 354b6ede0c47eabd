/**
 * Home Assistant's device discovery: one retained message, and the box appears there.
 * Keys and rules: home-assistant.io, integrations/mqtt, "Device discovery payload".
 */
import { STATUS } from '../figures/box.ts';
import { BATTERY, PRINTER, STORAGE } from '../figures/devices.ts';
import type { Figure, Table, Unit } from '../figures/figure.ts';
import { HLS, LATENCY } from '../figures/media.ts';
import { SRT } from '../figures/uplink.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { Outgoing } from './client/connection.ts';
import { HEALTH } from './payloads/payloads.ts';
import { expiresS, rootOf, type TelemetryName } from './payloads/topics.ts';

export interface Device {
  readonly name: string;
  readonly version: string;
  readonly model?: string;
}

/** One entity; all get a `unique_id`. */
type Component = Readonly<Record<string, unknown>> & {
  readonly platform: 'sensor' | 'binary_sensor' | 'button' | 'switch';
};

type Components = Readonly<Record<string, Component>>;

/** Where the figures with an entity stand in the payloads. */
const TABLES: readonly (readonly [TelemetryName, path: string, Table<BoxSnapshot>])[] = [
  ['status', '', STATUS],
  ['battery', '', BATTERY],
  ['printer', '', PRINTER],
  ['storage', '', STORAGE],
  ['stream', 'srt.', SRT],
  ['stream', 'hls.', HLS],
  ['stream', 'hls.latency_s.', LATENCY],
];

/** Units of Home Assistant, and their device classes; others have none. */
const UNITS: Partial<Record<Unit, readonly [unit: string, deviceClass?: string]>> = {
  s: ['s', 'duration'],
  w: ['W', 'power'],
  c: ['°C', 'temperature'],
  bps: ['bit/s', 'data_rate'],
  ratio: ['%'],
};

export function discoveryTopic(prefix: string, box: string): string {
  return `${prefix}/device/${box}/config`;
}

export function renderDiscovery(prefix: string, device: Device): Outgoing {
  const root = rootOf(device.name);
  const message = {
    device: {
      identifiers: [`venuebox-${device.name}`],
      name: device.name,
      manufacturer: 'venuebox',
      ...(device.model === undefined ? {} : { model: device.model }),
      sw_version: device.version,
    },
    origin: { name: 'venuebox', sw_version: device.version },
    availability: [{ topic: `${root}/availability` }],
    qos: 1,
    components: components(root, device.name),
  };
  return {
    topic: discoveryTopic(prefix, device.name),
    payload: JSON.stringify(message),
    qos: 1,
    isRetained: true,
  };
}

function components(root: string, box: string): Components {
  const all = { ...figures(root), ...conditions(root), ...controls(root) };
  return Object.fromEntries(
    Object.entries(all).map(([key, component]) => [
      key,
      { ...component, unique_id: `venuebox_${box}_${key}` },
    ]),
  );
}

function figures(root: string): Components {
  return Object.fromEntries(
    TABLES.flatMap(([topic, path, table]) =>
      Object.entries(table).flatMap(([field, figure]) => {
        if (figure.entity === undefined) return [];
        const value = `value_json.${path}${field}`;
        return [[figure.entity.id, component(root, topic, value, figure)]];
      }),
    ),
  );
}

function component(
  root: string,
  topic: TelemetryName,
  value: string,
  { entity, ...figure }: Figure<BoxSnapshot>,
): Component {
  const isAmount = figure.unit !== 'boolean' && figure.unit !== 'state';
  const [unit, unitClass] = (isAmount && UNITS[figure.unit]) || [];
  const deviceClass = figure.unit === 'state' ? 'enum' : (entity?.deviceClass ?? unitClass);
  return {
    platform: figure.unit === 'boolean' ? 'binary_sensor' : 'sensor',
    name: entity?.name,
    state_topic: `${root}/${topic}`,
    value_template: `{{ ${templateOf(figure.unit, value)} }}`,
    ...(figure.unit === 'state' ? { options: figure.options } : {}),
    ...(isAmount ? { state_class: 'measurement' } : {}),
    ...(unit === undefined ? {} : { unit_of_measurement: unit }),
    ...(deviceClass === undefined ? {} : { device_class: deviceClass }),
    ...(entity?.icon === undefined ? {} : { icon: entity.icon }),
    ...(entity?.isDiagnostic ? { entity_category: 'diagnostic' } : {}),
    ...expiry(topic),
  };
}

function templateOf(unit: Figure<BoxSnapshot>['unit'], value: string): string {
  // An unknown value is neither on nor off.
  if (unit === 'boolean') return `none if ${value} is none else 'ON' if ${value} else 'OFF'`;
  if (unit === 'ratio') return `(${value} * 100) | round(0) if ${value} is not none else none`;
  return value;
}

/** Figures that are lost unnoticed, at QoS 0, become unavailable. */
function expiry(topic: TelemetryName): { readonly expire_after?: number } {
  const seconds = expiresS(topic);
  return seconds === undefined ? {} : { expire_after: seconds };
}

/** What follows from more than one field, or is no figure. */
function conditions(root: string): Components {
  const sensor = (topic: TelemetryName, name: string, condition: string, device_class: string) =>
    ({
      platform: 'binary_sensor',
      name,
      state_topic: `${root}/${topic}`,
      value_template: `{{ 'ON' if ${condition} else 'OFF' }}`,
      device_class,
      ...expiry(topic),
    }) as const;
  return {
    health: {
      platform: 'sensor',
      name: 'Health',
      state_topic: `${root}/status`,
      value_template: '{{ value_json.health }}',
      device_class: 'enum',
      options: HEALTH,
    },
    problem: sensor('status', 'Problem', "value_json.health != 'ok'", 'problem'),
    recording: sensor('storage', 'Recording', 'value_json.recordings > 0', 'running'),
    uplink: sensor('links', 'Links', '(value_json.active | length) > 0', 'connectivity'),
  };
}

/** Each press has its own id, and a time so that an old one is refused. */
const COMMAND = '{"id": "ha-{{ now().timestamp() }}", "ts": "{{ utcnow().isoformat() }}", "args": ';

function controls(root: string): Components {
  const button = (verb: string, name: string, icon: string, rest: object = {}): Component => ({
    platform: 'button',
    name,
    command_topic: `${root}/cmd/${verb}`,
    command_template: `${COMMAND}{}}`,
    icon,
    ...rest,
  });
  return {
    on_air: {
      platform: 'switch',
      name: 'On air',
      icon: 'mdi:broadcast',
      state_topic: `${root}/status`,
      value_template: "{{ 'ON' if value_json.state == 'live' else 'OFF' }}",
      command_topic: `${root}/cmd/on-air`,
      command_template: `${COMMAND}{"on": {{ 'true' if value == 'ON' else 'false' }}}}`,
    },
    arm: button('arm', 'Arm', 'mdi:shield-check'),
    disarm: button('disarm', 'Disarm', 'mdi:shield-off'),
    mark: button('mark', 'Mark a clip', 'mdi:content-cut'),
    preflight: button('preflight', 'Preflight', 'mdi:clipboard-check', {
      entity_category: 'diagnostic',
    }),
    shut_down: button('shut-down', 'Shut down', 'mdi:power', {
      entity_category: 'config',
      enabled_by_default: false,
    }),
  };
}
