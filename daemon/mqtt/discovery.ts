import type { Outgoing } from './client/connection.ts';
import { rootOf } from './payloads/topics.ts';

/**
 * Home Assistant's device discovery: one retained message, and the box is there.
 * Keys and rules: home-assistant.io, integrations/mqtt, "Device discovery payload".
 */
export interface Device {
  readonly name: string;
  readonly version: string;
  readonly model?: string;
}

/** One entity; `unique_id` is added to all alike. */
type Named = Readonly<Record<string, unknown>> & {
  readonly platform: 'sensor' | 'binary_sensor' | 'button' | 'switch';
};

const KEEP_S = { stream: 3 * 2, links: 3 * 60 } as const;

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

function components(root: string, box: string): Readonly<Record<string, Named>> {
  const all = { ...sensors(root), ...binarySensors(root), ...controls(root) };
  return Object.fromEntries(
    Object.entries(all).map(([key, component]) => [
      key,
      { ...component, unique_id: `venuebox_${box}_${key}` },
    ]),
  );
}

function sensors(root: string): Readonly<Record<string, Named>> {
  const sensor = (topic: string, name: string, template: string, rest: object): Named => ({
    platform: 'sensor',
    name,
    state_topic: `${root}/${topic}`,
    value_template: `{{ ${template} }}`,
    ...rest,
  });
  const figure = (unit: string, deviceClass?: string) => ({
    unit_of_measurement: unit,
    state_class: 'measurement',
    ...(deviceClass === undefined ? {} : { device_class: deviceClass }),
  });
  const choice = (...options: readonly string[]) => ({ device_class: 'enum', options });
  const live = { expire_after: KEEP_S.stream };
  const inside = { entity_category: 'diagnostic' };
  return {
    state: sensor('status', 'State', 'value_json.state', {
      ...choice('idle', 'preflight', 'armed', 'live', 'ending', 'fault'),
      icon: 'mdi:broadcast',
    }),
    health: sensor('status', 'Health', 'value_json.health', choice('ok', 'degraded', 'failed')),
    power: sensor('status', 'Power', 'value_json.power', {
      ...choice('normal', 'saving', 'last-minutes', 'shut-down'),
      ...inside,
    }),
    cpu_temperature: sensor('status', 'CPU temperature', 'value_json.cpu_temp_c', {
      ...figure('°C', 'temperature'),
      ...inside,
    }),
    battery: sensor(
      'battery',
      'Battery',
      '(value_json.soc_ratio * 100) | round(0) if value_json.soc_ratio is not none else none',
      figure('%', 'battery'),
    ),
    battery_runtime: sensor('battery', 'Battery time left', 'value_json.runtime_s', {
      ...figure('s', 'duration'),
    }),
    battery_power: sensor('battery', 'Battery power', 'value_json.power_w', figure('W', 'power')),
    viewers: sensor('stream', 'Viewers', 'value_json.hls.viewers', {
      state_class: 'measurement',
      icon: 'mdi:account-group',
      ...live,
    }),
    latency: sensor('stream', 'Viewers behind', 'value_json.hls.latency_s.p50', {
      ...figure('s', 'duration'),
      ...live,
    }),
    uplink_bitrate: sensor('stream', 'Uplink', 'value_json.srt.bitrate_bps', {
      ...figure('bit/s', 'data_rate'),
      ...live,
    }),
    uplink_rtt: sensor('stream', 'Uplink round trip', 'value_json.srt.rtt_s', {
      ...figure('s', 'duration'),
      ...live,
      ...inside,
    }),
    recording_time: sensor('storage', 'Recording time left', 'value_json.remain_s', {
      ...figure('s', 'duration'),
    }),
    paper: sensor('printer', 'Paper', 'value_json.paper', {
      ...choice('ok', 'near-end', 'out', 'unknown'),
      icon: 'mdi:receipt-text',
    }),
  };
}

function binarySensors(root: string): Readonly<Record<string, Named>> {
  const sensor = (topic: string, name: string, condition: string, rest: object): Named => ({
    platform: 'binary_sensor',
    name,
    state_topic: `${root}/${topic}`,
    value_template: `{{ 'ON' if ${condition} else 'OFF' }}`,
    ...rest,
  });
  return {
    problem: sensor('status', 'Problem', "value_json.health != 'ok'", { device_class: 'problem' }),
    recording: sensor('storage', 'Recording', 'value_json.recordings > 0', {
      device_class: 'running',
    }),
    uplink: sensor('links', 'Links', '(value_json.active | length) > 0', {
      device_class: 'connectivity',
      expire_after: KEEP_S.links,
    }),
    mains: {
      ...sensor('battery', 'Mains', '', { device_class: 'plug' }),
      // What is not known is neither on nor off.
      value_template:
        "{{ none if value_json.mains is none else 'ON' if value_json.mains else 'OFF' }}",
    },
  };
}

/** A press has an id of its own, and the time by which an old one is known. */
const COMMAND = '{"id": "ha-{{ now().timestamp() }}", "ts": "{{ utcnow().isoformat() }}", "args": ';

function controls(root: string): Readonly<Record<string, Named>> {
  const button = (verb: string, name: string, icon: string, rest: object = {}): Named => ({
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
