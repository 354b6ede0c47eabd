/** The entities of a box in Home Assistant: home-assistant.io, integrations/mqtt. */
import { STATUS } from '../../figures/box.ts';
import { BATTERY, PRINTER, STORAGE } from '../../figures/devices.ts';
import type { Figure, Table, Unit } from '../../figures/figure.ts';
import { HLS, LATENCY } from '../../figures/media.ts';
import { SRT } from '../../figures/uplink.ts';
import { EVENT_TYPES } from '../../model/commands.ts';
import { HEALTH } from '../../model/phase.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';
import { expiresS, INSTALL, type TelemetryName } from '../payloads/topics.ts';

/** One entity; all get a `unique_id`. */
type Component = Readonly<Record<string, unknown>> & {
  readonly platform:
    | 'sensor'
    | 'binary_sensor'
    | 'button'
    | 'switch'
    | 'image'
    | 'event'
    | 'update';
};

export type Components = Readonly<Record<string, Component>>;

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

/** All of them, by a key that is part of their `unique_id`. */
export function components(root: string, box: string): Components {
  const all = {
    ...figures(root),
    ...conditions(root),
    ...controls(root),
    ...views(root),
    ...updates(root),
  };
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
  const [unit, unitClass] = (isAmount && figure.unit && UNITS[figure.unit]) || [];
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

/** An event's own fields beside the type: `trigger.to_state.attributes` of an automation. */
const EVENT =
  '{"event_type": "{{ value_json.type }}", "severity": "{{ value_json.severity }}", ' +
  '"ts": "{{ value_json.ts }}", "data": {{ value_json.data | tojson }}}';

function views(root: string): Components {
  return {
    picture: {
      platform: 'image',
      name: 'Picture',
      url_topic: `${root}/viewers`,
      url_template: '{{ value_json.picture_url }}',
    },
    event: {
      platform: 'event',
      name: 'Event',
      icon: 'mdi:bell',
      state_topic: `${root}/event`,
      event_types: EVENT_TYPES,
      value_template: EVENT,
    },
  };
}

/**
 * All keys of the rendered payload are in MQTT_JSON_UPDATE_SCHEMA (homeassistant/components/mqtt/
 * update.py): with another key, or null for a version, the whole message is dropped.
 */
const UPDATE =
  '{"installed_version": {{ value_json.installed | tojson }}, "latest_version": ' +
  '{{ value_json.installed | tojson if value_json.latest is none else value_json.latest | tojson }}, ' +
  `"in_progress": {{ 'false' if value_json.step == 'none' else 'true' }}, "update_percentage": ` +
  `{{ 'null' if value_json.progress_ratio is none else (value_json.progress_ratio * 100) | round(0) }}}`;

function updates(root: string): Components {
  return {
    update: {
      platform: 'update',
      name: 'Update',
      title: 'venuebox',
      device_class: 'firmware',
      entity_category: 'config',
      state_topic: `${root}/update`,
      value_template: UPDATE,
      command_topic: `${root}/cmd/update`,
      payload_install: INSTALL,
    },
  };
}
