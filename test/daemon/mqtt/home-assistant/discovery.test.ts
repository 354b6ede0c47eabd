/** Home Assistant's device discovery: its keys, templates and commands. */
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { EVENT_TYPES, VERBS } from '../../../../daemon/model/commands.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import type { UpdateState } from '../../../../daemon/model/update.ts';
import { packetBytes } from '../../../../daemon/mqtt/client/limits.ts';
import {
  clearedParts,
  discoveryTopic,
  renderDiscovery,
} from '../../../../daemon/mqtt/home-assistant/discovery.ts';
import { cmd } from '../../../../daemon/mqtt/payloads/payloads.ts';
import { telemetryBody } from '../../../../daemon/mqtt/payloads/snapshot-payloads.ts';
import { Stamper } from '../../../../daemon/mqtt/payloads/stamp.ts';
import { TELEMETRY } from '../../../../daemon/mqtt/payloads/topics.ts';
import { updateBody } from '../../../../daemon/mqtt/payloads/update-payload.ts';
import { parseRequest } from '../../../../daemon/mqtt/request.ts';
import { MQTT_README } from '../../../../scripts/schemas/render.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';
import { bareSnapshot, FACTS, fullSnapshot } from '../support/snapshot.ts';
import { HOME_SCOPE, renderTemplate } from '../support/template.ts';

const test = suite("Home Assistant's discovery");
const ROOT = 'venuebox/v1/corner';

interface Component {
  readonly [key: string]: unknown;
  readonly platform: string;
  readonly unique_id: string;
  readonly name: string;
  readonly state_topic?: string;
  readonly value_template?: string;
  readonly command_topic?: string;
  readonly command_template?: string;
}

interface Discovery {
  readonly device: Readonly<Record<string, unknown>>;
  readonly origin: Readonly<Record<string, unknown>>;
  readonly availability: readonly { readonly topic: string }[];
  readonly qos: number;
  readonly components: Readonly<Record<string, Component>>;
}

const DEVICE = {
  name: 'corner',
  version: '0.1.0',
  model: 'Pi',
  operatorUrl: 'http://10.0.0.5:8081/',
};
const [outgoing = never(), ...more] = renderDiscovery('homeassistant', DEVICE);
const message = JSON.parse(String(outgoing.payload)) as Discovery;
const components = Object.entries(message.components);

function never(): never {
  throw new Error('there is no message');
}

/** Payloads as they are published, by topic. */
function published(snapshot: BoxSnapshot): ReadonlyMap<string, unknown> {
  const clock = new VirtualClock();
  const stamper = new Stamper(ROOT, 'test', clock);
  const pages = {
    viewers: 'http://10.0.0.5:8080/',
    picture: 'http://10.0.0.5:8080/posters/live-640',
  };
  const moment = { wallMs: clock.wallMs(), silence: { seconds: 0 }, pages };
  const bodies = telemetryBody(snapshot, FACTS, moment);
  return new Map(
    TELEMETRY.map((name) => {
      const { topic, payload } = stamper.message(name, bodies[name], true);
      return [topic, JSON.parse(String(payload))];
    }),
  );
}

function stateOf({ state_topic, value_template }: Component, snapshot: BoxSnapshot): string {
  const payload = published(snapshot).get(state_topic ?? '');
  assert.ok(payload, `nothing is published on ${state_topic}`);
  return renderTemplate(value_template ?? '', { ...HOME_SCOPE, value_json: payload });
}

test('the message is retained, on a topic that Home Assistant listens to', () => {
  assert.is(outgoing.topic, discoveryTopic('homeassistant', 'corner'));
  // homeassistant/components/mqtt/discovery.py, TOPIC_MATCHER.
  assert.match(outgoing.topic, /^homeassistant\/device\/[a-zA-Z0-9_-]+\/config$/);
  assert.ok(outgoing.isRetained);
  assert.equal(more, []);
});

test('it has the keys that a device message must have', () => {
  // homeassistant/components/mqtt/schemas.py, DEVICE_DISCOVERY_SCHEMA.
  assert.ok(Array.isArray(message.device['identifiers']));
  assert.is(typeof message.origin['name'], 'string');
  assert.equal(message.availability, [{ topic: `${ROOT}/availability` }]);
  const shared = ['device', 'origin', 'availability', 'qos', 'components'];
  assert.equal(Object.keys(message).toSorted(), shared.toSorted());
  assert.equal(Object.keys(message.device).toSorted(), [
    ...['configuration_url', 'identifiers', 'manufacturer', 'model', 'name', 'sw_version'],
  ]);
});

test('every entity has its platform, a unique id, and the keys that its platform needs', () => {
  const ids = components.map(([, { unique_id }]) => unique_id);
  assert.is(new Set(ids).size, components.length);
  const names = components.map(([, { name }]) => name);
  assert.is(new Set(names).size, components.length);
  for (const [key, component] of components) {
    const needs = {
      sensor: ['state_topic'],
      binary_sensor: ['state_topic'],
      button: ['command_topic'],
      switch: ['command_topic', 'state_topic'],
      image: ['url_topic', 'url_template'],
      event: ['state_topic'],
      update: ['state_topic', 'command_topic', 'payload_install'],
    }[component.platform];
    assert.ok(needs, `${key}: ${component.platform}`);
    for (const need of needs) assert.is(typeof component[need], 'string', `${key}: ${need}`);
  }
});

test('each key is one that its platform knows', () => {
  const common = ['platform', 'unique_id', 'name', 'icon', 'entity_category', 'enabled_by_default'];
  const state = ['state_topic', 'value_template', 'expire_after', 'device_class'];
  const command = ['command_topic', 'command_template'];
  const known: Readonly<Record<string, readonly string[]>> = {
    sensor: [...common, ...state, 'unit_of_measurement', 'state_class', 'options'],
    binary_sensor: [...common, ...state],
    button: [...common, ...command],
    switch: [...common, ...command, 'state_topic', 'value_template'],
    image: [...common, 'url_topic', 'url_template'],
    event: [...common, 'state_topic', 'value_template', 'event_types'],
    update: [...common, ...state, 'command_topic', 'payload_install', 'title'],
  };
  for (const [key, component] of components) {
    for (const one of Object.keys(component))
      assert.ok(known[component.platform]?.includes(one), `${key}: ${one}`);
  }
});

test('device classes have the units of Home Assistant', () => {
  // homeassistant/components/sensor/const.py, DEVICE_CLASS_UNITS.
  const units: Readonly<Record<string, string>> = {
    temperature: '°C',
    battery: '%',
    duration: 's',
    power: 'W',
    data_rate: 'bit/s',
  };
  for (const [key, component] of components) {
    const { platform, device_class, unit_of_measurement, options, state_class } = component;
    if (platform !== 'sensor' || device_class === undefined) continue;
    if (device_class === 'enum') {
      assert.ok(Array.isArray(options), key);
      assert.equal([unit_of_measurement, state_class], [undefined, undefined], key);
    } else assert.is(unit_of_measurement, units[String(device_class)], key);
  }
});

test("every entity's topic and template give a value from a real payload", () => {
  for (const [key, component] of components) {
    if (component.state_topic === undefined) continue;
    // Each has a test of its own.
    if (component.platform === 'event' || component.platform === 'update') continue;
    const value = stateOf(component, fullSnapshot());
    assert.is.not(value, 'None', key);
    if (component['options'] !== undefined)
      assert.ok((component['options'] as string[]).includes(value), `${key}: ${value}`);
    else if (component.platform === 'sensor')
      assert.ok(Number.isFinite(Number(value)), `${key}: ${value}`);
    else assert.ok(['ON', 'OFF'].includes(value), `${key}: ${value}`);
  }
});

test('entities have the values of the box', () => {
  const of = (key: string, snapshot = fullSnapshot()) => {
    const component = message.components[key];
    assert.ok(component);
    return stateOf(component, snapshot);
  };
  const keys = 'state battery viewers paper on_air problem mains recording uplink'.split(' ');
  assert.equal(
    keys.map((key) => of(key)),
    ['live', '87', '42', 'near-end', 'ON', 'ON', 'OFF', 'ON', 'ON'],
  );
  const bare = bareSnapshot();
  // A template renders an unknown value as `None`.
  assert.equal(
    keys.map((key) => of(key, bare)),
    ['idle', 'None', 'None', 'unknown', 'OFF', 'OFF', 'None', 'OFF', 'OFF'],
  );
});

test('the picture has the address of a picture', () => {
  const { picture } = message.components;
  const body = published(fullSnapshot()).get(String(picture?.['url_topic']));
  const scope = { ...HOME_SCOPE, value_json: body };
  const url = renderTemplate(String(picture?.['url_template']), scope);
  assert.is(url, 'http://10.0.0.5:8080/posters/live-640');
});

test('the update has the keys that Home Assistant takes, and what it sends installs one', () => {
  const { update } = message.components;
  const of = (state: UpdateState) => {
    const scope = { ...HOME_SCOPE, value_json: updateBody(state) };
    return JSON.parse(renderTemplate(update?.value_template ?? '', scope)) as unknown;
  };
  // homeassistant/components/mqtt/update.py, MQTT_JSON_UPDATE_SCHEMA.
  const idle = { in_progress: false, update_percentage: null };
  assert.equal(of({ version: '1.0' }), {
    ...{ installed_version: '1.0', latest_version: '1.0', ...idle },
  });
  const step = { what: 'installing', ratio: 0.254 } as const;
  assert.equal(of({ version: '1.0', latest: '1.1', isNewer: true, step }), {
    ...{ installed_version: '1.0', latest_version: '1.1' },
    ...{ in_progress: true, update_percentage: 25 },
  });
  const topic = String(update?.command_topic);
  const payload = Buffer.from(String(update?.['payload_install']));
  const request = parseRequest({ topic, payload, isRetained: false }, ROOT, 1_777_000_000_000);
  assert.is(request.kind === 'run' && request.command.verb, 'update');
});

test('each event that the box publishes is one of the event entity, with its data', () => {
  const { event } = message.components;
  assert.equal(event?.['event_types'], EVENT_TYPES);
  assert.is(event?.state_topic, `${ROOT}/event`);
  const value_json = {
    ...{ type: 'clip.made', severity: 'info', ts: '2026-05-01T20:00:05.000Z' },
    data: { url: 'http://10.0.0.5:8080/clips/a', label: 'it said "go"' },
  };
  const text = renderTemplate(event?.value_template ?? '', { ...HOME_SCOPE, value_json });
  const { event_type, ...attributes } = JSON.parse(text);
  assert.equal({ type: event_type, ...attributes }, value_json);
  // The README lists them all.
  const readme = readFileSync(MQTT_README, 'utf8');
  for (const type of EVENT_TYPES) assert.match(readme, `\`${type}\``, type);
});

test('where the broker takes small packets only, it is cut into messages that fit, with every entity once', () => {
  for (const maxBytes of [700, 1_000, 2_000, 4_096, 9_999, 65_535]) {
    const parts = renderDiscovery('homeassistant', DEVICE, maxBytes);
    assert.is(parts[0]?.topic, outgoing.topic);
    assert.is(new Set(parts.map(({ topic }) => topic)).size, parts.length);
    // homeassistant/components/mqtt/discovery.py, TOPIC_MATCHER: a node id may stand before.
    for (const { topic } of parts.slice(1))
      assert.match(topic, /^homeassistant\/device\/corner\/\d+\/config$/);
    const read = parts.map(({ payload }) => JSON.parse(String(payload)) as Discovery);
    const keys = read.flatMap((one) => Object.keys(one.components));
    assert.equal(keys, Object.keys(message.components));
    for (const [i, one] of read.entries()) {
      assert.equal(one.device, message.device);
      // One alone may be larger: the broker's alert says so.
      const isOne = Object.keys(one.components).length === 1;
      assert.ok(isOne || packetBytes(parts[i] ?? outgoing) <= maxBytes, `${maxBytes}`);
    }
  }
  assert.is(renderDiscovery('homeassistant', DEVICE, 65_535).length, 1);
});

test('messages of before that are not needed any more are cleared', () => {
  const cleared = clearedParts('homeassistant', 'corner', 1, 3);
  assert.equal(
    cleared.map(({ topic, payload, isRetained }) => [topic, payload, isRetained]),
    [2, 3].map((part) => [`homeassistant/device/corner/${part}/config`, '', true]),
  );
  assert.equal(clearedParts('homeassistant', 'corner', 3, 3), []);
});

test("every button and the switch's two sides are commands that the box accepts", () => {
  const wallMs = Date.parse('2026-05-01T12:00:06Z');
  const verbs = components.flatMap(([key, component]) => {
    const { command_topic: topic, command_template: template } = component;
    if (topic === undefined || component.platform === 'update') return [];
    const values = component.platform === 'switch' ? ['ON', 'OFF'] : ['PRESS'];
    return values.map((value) => {
      const payload = renderTemplate(template ?? '', { ...HOME_SCOPE, value });
      assert.ok(v.is(cmd, JSON.parse(payload)), `${key}: ${payload}`);
      const incoming = { topic, payload: Buffer.from(payload), isRetained: false };
      const request = parseRequest(incoming, ROOT, wallMs);
      assert.is(request.kind, 'run', `${key}: ${payload}`);
      return request.kind === 'run' ? request.command.verb : '';
    });
  });
  assert.equal(verbs, ['go-live', 'end', 'arm', 'disarm', 'mark', 'preflight', 'shut-down']);
  assert.ok(verbs.every((verb) => VERBS.includes(verb as (typeof VERBS)[number])));
});

test.run();
