/** A complete box and a real mosquitto: every payload follows its schema. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { TOPICS, type TopicName } from '../../../daemon/mqtt/payloads/topics.ts';
import { type Box, startBox, until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { type Consumer, listen } from './support/consumer.ts';
import { scratch, startMosquitto } from './support/mosquitto.ts';
import { READINESS } from './support/snapshot.ts';

const test = suite('a complete box over MQTT');

const ROOT = 'venuebox/v1/venuebox';
const PATIENCE_MS = 60_000;
/** Published by the client, or by a box that has a catalogue, a list of drops, or posters. */
const NOT_OURS: readonly string[] = ['cmd', 'merch', 'drops', 'poster', ...READINESS];

const nameOf = (topic: string) => topic.slice(ROOT.length + 1).split('/')[0] as TopicName;
const keysOf = async (box: Box) => (await box.state<BoxSnapshot>()).warnings.map(({ key }) => key);

/** The box's own messages that are not empty. */
function saidBy(consumer: Consumer) {
  const own = consumer.received.filter(({ topic, text }) => {
    const isOwn = topic.startsWith(`${ROOT}/`) && !topic.startsWith(`${ROOT}/cmd/`);
    return isOwn && text !== '' && !topic.endsWith('/availability');
  });
  return own.map(({ topic, text }) => ({ topic, name: nameOf(topic), body: JSON.parse(text) }));
}

async function command(consumer: Consumer, verb: string, args: object = {}): Promise<void> {
  const id = `${verb}-${consumer.received.length}`;
  await consumer.client.publishAsync(`${ROOT}/cmd/${verb}`, JSON.stringify({ id, args }), {
    qos: 1,
  });
  await until(
    () => consumer.json('/reply').some((reply) => reply['id'] === id && reply['status'] === 'done'),
    PATIENCE_MS,
    () => JSON.stringify(consumer.json('/reply')),
  );
}

test('a drop fills every topic, and each payload follows its schema', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/#`, 'homeassistant/#']);
  using disk = scratch();
  mkdirSync(disk.path, { recursive: true });
  await using box = await startBox([
    `mqtt.url=mqtt://127.0.0.1:${broker.port}`,
    'fleet.name=tour',
    `recording.targets=[{id: card, folder: ${disk.path}}]`,
    `uplink={host: 127.0.0.1, port: ${await freePort()}, rendition: low}`,
  ]);
  await box.ready();
  await command(consumer, 'mark');
  await command(consumer, 'print', { document: 'address' });
  process.kill(box.childPid('capture') ?? 0, 'SIGKILL');
  await until(() => saidBy(consumer).some(({ name }) => name === 'alert'), PATIENCE_MS, box.output);
  await command(consumer, 'end');
  const wanted = (Object.keys(TOPICS) as TopicName[]).filter((name) => !NOT_OURS.includes(name));
  const missing = () => wanted.filter((name) => !saidBy(consumer).some((one) => one.name === name));
  await until(
    () => missing().length === 0,
    PATIENCE_MS,
    () => `missing: ${missing()}`,
  );
  for (const { topic, name, body } of saidBy(consumer)) {
    const { issues } = v.safeParse(TOPICS[name].schema, body);
    assert.is(issues?.[0]?.message, undefined, `${topic}: ${JSON.stringify(body)}`);
  }
  const discovery = consumer.received.find(({ topic }) =>
    topic.startsWith('homeassistant/device/'),
  );
  const { components } = JSON.parse(discovery?.text ?? '{}');
  const topics = new Set(consumer.received.map(({ topic }) => topic));
  for (const { state_topic: topic } of Object.values<{ state_topic?: string }>(components)) {
    if (topic !== undefined) assert.ok(topics.has(topic), `${topic} has an entity and is empty`);
  }
});

test('a box that cannot save its events goes live, warns, and sends them later', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/event`]);
  using folder = scratch();
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(join(folder.path, 'events'), 'not a folder');
  const config = [`mqtt.url=mqtt://127.0.0.1:${broker.port}`];
  await using box = await startBox(config, ['demo'], [], undefined, folder.path);
  await box.ready();
  assert.ok((await keysOf(box)).includes('events-not-kept'), box.output());
  assert.is(consumer.received.length, 0);
  rmSync(join(folder.path, 'events'));
  await until(() => consumer.received.length > 0, PATIENCE_MS, box.output);
  assert.is(consumer.json('/event')[0]?.['seq'], 1);
  await until(async () => !(await keysOf(box)).includes('events-not-kept'), PATIENCE_MS);
});

test.run();
