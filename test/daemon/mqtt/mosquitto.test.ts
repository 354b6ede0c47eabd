/** MQTT with a real mosquitto: topics, retention, the will, Home Assistant. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import type { MqttState } from '../../../daemon/mqtt/broker/state.ts';
import { MerchPayload } from '../../../daemon/mqtt/payloads/merch-payload.ts';
import { type Body, TOPICS, type TopicName } from '../../../daemon/mqtt/payloads/topics.ts';
import { suiteAtOnce } from '../../support/at-once.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { listen } from './support/consumer.ts';
import { startMosquitto } from './support/mosquitto.ts';
import { startMqtt } from './support/mqtt.ts';
import { REPORT } from './support/report.ts';
import { shop } from './support/shop.ts';
import { bareSnapshot, DROPS, fullSnapshot, READINESS } from './support/snapshot.ts';

const test = suiteAtOnce('MQTT with mosquitto');
const ROOT = 'venuebox/v1/corner';
const LONG_MS = 30_000;

const MERCH = new MerchPayload().report(shop(0), 0) as Body<'merch'>;

test('every topic is published, and every payload follows its schema', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/#`]);
  await using status = await startMqtt(broker.port, {
    documents: () => ({ merch: MERCH, reports: [REPORT] }),
    snapshot: fullSnapshot({ plannedDrops: DROPS, update: { version: '0.1.0', latest: '0.2.0' } }),
  });
  await status.events.record({
    type: 'drop.live',
    severity: 'info',
    atMs: Date.now(),
    data: { n: 1 },
  });
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  await consumer.client.publishAsync(`${ROOT}/cmd/mark`, '{"id":"a1"}', { qos: 1 });
  // Those of a fleet: see whole-box.test.ts and ../fleet.
  const elsewhere = [...READINESS, 'fleet', 'poster'];
  const wanted = (Object.keys(TOPICS) as TopicName[]).filter((name) => !elsewhere.includes(name));
  const nameOf = (topic: string) => topic.slice(ROOT.length + 1).split('/')[0] as TopicName;
  await until(
    () => wanted.every((name) => consumer.received.some(({ topic }) => nameOf(topic) === name)),
    LONG_MS,
    () => String([...new Set(consumer.received.map(({ topic }) => topic))]),
  );
  for (const { topic, text } of consumer.received) {
    if (text === '' || topic === `${ROOT}/availability`) continue;
    const result = v.safeParse(TOPICS[nameOf(topic)].schema, JSON.parse(text));
    assert.ok(result.success, `${topic}: ${text} ${JSON.stringify(result.issues?.[0]?.message)}`);
  }
});

test('QoS, retention and expiry are those of the table', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/#`]);
  await using status = await startMqtt(broker.port);
  await status.events.record({ type: 'x', severity: 'info', atMs: Date.now(), data: {} });
  await until(() => consumer.last('/event') !== undefined, LONG_MS);
  await until(() => consumer.last('/storage') !== undefined, LONG_MS);
  const all = (ending: string) =>
    consumer.received.filter(({ topic }) => topic === `${ROOT}/${ending}`);
  // The first one of a connection asks the broker for an answer.
  const telemetry = ['links', 'stream', 'audio'];
  await until(() => telemetry.every((name) => all(name).length > 1), LONG_MS);
  const rules = (ending: string) => {
    const packet = all(ending).at(-1)?.packet;
    return [packet?.qos, packet?.retain, packet?.properties?.messageExpiryInterval];
  };
  assert.equal(rules('availability'), [1, true, undefined]);
  assert.equal(rules('info'), [1, true, undefined]);
  assert.equal(rules('status'), [1, true, 15]);
  assert.equal(rules('links'), [0, true, 6]);
  assert.equal(rules('stream'), [0, true, 6]);
  assert.equal(rules('audio'), [0, true, 6]);
  for (const name of ['battery', 'camera', 'printer', 'storage'])
    assert.equal(rules(name), [1, true, 90]);
  assert.equal(rules('alert/link-down.wwan0'), [1, true, undefined]);
  assert.equal(rules('drop'), [1, true, undefined]);
  const [qos, isRetained, expiryS] = rules('event');
  assert.equal([qos, isRetained], [1, false]);
  assert.ok(Number(expiryS) > 604_000 && Number(expiryS) <= 604_800, String(expiryS));
});

test('topics that the broker refuses are named, and the others are published', async () => {
  const denied = [`${ROOT}/links`, `${ROOT}/stream`];
  await using broker = await startMosquitto((folder) => {
    const rules = ['topic readwrite #', ...denied.map((topic) => `topic deny ${topic}`)];
    writeFileSync(join(folder, 'acl'), `${rules.join('\n')}\n`);
    return ['allow_anonymous true', `acl_file ${join(folder, 'acl')}`];
  });
  await using consumer = await listen(broker.port, [`${ROOT}/#`]);
  const states: MqttState[] = [];
  await using _ = await startMqtt(broker.port, { onChange: (state) => states.push(state) });
  const refused = () => {
    const state = states.at(-1);
    return state?.phase === 'connected' ? (state.refusedTopics ?? []) : [];
  };
  await until(
    () => refused().length === denied.length,
    LONG_MS,
    () => JSON.stringify(states),
  );
  assert.equal(refused(), denied);
  await until(() => consumer.last('/audio') !== undefined, LONG_MS);
});

test('retained state expires when the box stops publishing, idle state after three idle periods', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/#`]);
  await using status = await startMqtt(broker.port);
  await until(() => consumer.last('/links') !== undefined, LONG_MS);
  status.set(bareSnapshot());
  const expiryS = (ending: string) =>
    consumer.last(ending)?.packet.properties?.messageExpiryInterval;
  await until(() => expiryS('/links') === 180 && expiryS('/status') === 90, LONG_MS);
  await until(() => consumer.last('/stream')?.text === '', LONG_MS);
  status.set(fullSnapshot());
  await until(() => consumer.last('/stream')?.text !== '', LONG_MS);
  await status.end();
  // Six seconds after the last one, a new subscriber receives nothing of the stream.
  await until(async () => {
    await using late = await listen(broker.port, [`${ROOT}/stream`, `${ROOT}/availability`]);
    await until(() => late.last('/availability') !== undefined, LONG_MS);
    return late.last('/stream') === undefined;
  }, LONG_MS);
});

test('the will is published ten seconds after the box is gone, not before', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/availability`]);
  const proxy = await startProxy(broker.port);
  await using _mqtt = await startMqtt(proxy.port);
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  const cutMs = performance.now();
  proxy.cut();
  await until(() => consumer.last('/availability')?.text === 'offline', LONG_MS);
  const offline = consumer.last('/availability');
  assert.ok((offline?.atMs ?? 0) - cutMs > 8_000, 'it came before its delay');
  assert.is(offline?.packet.retain, true);
  proxy.close();
});

test('a connection that is back within the delay is never reported offline', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/availability`]);
  const proxy = await startProxy(broker.port);
  await using _mqtt = await startMqtt(proxy.port);
  await until(() => consumer.received.length === 1, LONG_MS);
  proxy.drop();
  await until(() => consumer.received.length === 2, LONG_MS);
  assert.equal(
    consumer.received.map(({ text }) => text),
    ['online', 'online'],
  );
  proxy.close();
});

test('a shutdown publishes offline at once', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/availability`]);
  await using status = await startMqtt(broker.port);
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  await status.end();
  await until(() => consumer.last('/availability')?.text === 'offline', LONG_MS);
});

test('after a broker restart without persistence everything is published again', async () => {
  await using broker = await startMosquitto();
  await using status = await startMqtt(broker.port);
  const all = async () => {
    await using consumer = await listen(broker.port, [`${ROOT}/#`, 'homeassistant/#']);
    await until(() => consumer.last('/storage') !== undefined, LONG_MS);
    return [...new Set(consumer.received.map(({ topic }) => topic))].toSorted();
  };
  const before = await all();
  assert.ok(before.includes('homeassistant/device/corner/config'));
  assert.ok(before.includes(`${ROOT}/alert/link-down.wwan0`));
  await broker.stop();
  await broker.start();
  await until(async () => JSON.stringify(await all()) === JSON.stringify(before), LONG_MS);
  assert.ok(status.stateDir);
});

test('when Home Assistant starts, discovery and state are published again, at a limited rate', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, ['homeassistant/device/#', `${ROOT}/info`]);
  await using _mqtt = await startMqtt(broker.port);
  await until(() => consumer.received.length >= 2, LONG_MS);
  const hello = () => consumer.client.publishAsync('homeassistant/status', 'online', { qos: 1 });
  await until(async () => {
    await hello();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return consumer.json('/config').length === 2 && consumer.json('/info').length === 2;
  }, LONG_MS);
  for (let i = 0; i < 20; i += 1) await hello();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  assert.is(consumer.json('/config').length, 2);
});

test('an alert is retained while it lasts, and one of a run before is cleared', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/alert/+`]);
  await consumer.client.publishAsync(`${ROOT}/alert/old`, '{"key":"old"}', {
    qos: 1,
    retain: true,
  });
  await using status = await startMqtt(broker.port);
  await until(() => consumer.last('/alert/link-down.wwan0') !== undefined, LONG_MS);
  await until(() => consumer.last('/alert/old')?.text === '', LONG_MS);
  status.set(fullSnapshot({ warnings: [] }));
  await until(() => consumer.last('/alert/link-down.wwan0')?.text === '', LONG_MS);
  await using late = await listen(broker.port, [`${ROOT}/#`]);
  await until(() => late.last('/availability') !== undefined, LONG_MS);
  assert.not(late.received.some(({ topic }) => topic.includes('/alert/')));
});

test('a change of the printer is published at once, a figure that drifts is not', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/printer`, `${ROOT}/battery`]);
  await using status = await startMqtt(broker.port);
  await until(() => consumer.received.length === 2, LONG_MS);
  const printer = { phase: 'known', isOnline: true, paper: 'out', isCoverOpen: true } as const;
  const full = fullSnapshot();
  assert.is(full.battery.phase, 'known');
  status.set({ ...full, printer, battery: { ...full.battery, voltageMv: 8_000 } as never });
  await until(() => consumer.json('/printer').length === 2, LONG_MS);
  assert.is(consumer.json('/printer')[1]?.['paper'], 'out');
  assert.is(consumer.json('/printer')[1]?.['cover'], 'open');
  assert.is(consumer.json('/battery').length, 1);
});

test('an unknown value is null', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, [`${ROOT}/#`]);
  await using _mqtt = await startMqtt(broker.port, { snapshot: bareSnapshot() });
  await until(() => consumer.last('/battery') !== undefined, LONG_MS);
  const { soc_ratio, voltage_v, mains } = consumer.json('/battery')[0] ?? {};
  assert.equal([soc_ratio, voltage_v, mains], [null, null, null]);
  assert.is(consumer.json('/status')[0]?.['cpu_temp_c'], null);
});

test('without a broker the box waits, and ends on its signal', async () => {
  const states: string[] = [];
  await using status = await startMqtt(await freePort(), {
    onChange: ({ phase }) => states.push(phase),
  });
  await until(() => states.length > 0, LONG_MS);
  await status.end();
  assert.is(states[0], 'away');
});

/** A TCP relay to the broker that can be cut as radio is: neither side is notified. */
async function startProxy(target: number) {
  const { createServer, connect } = await import('node:net');
  const port = await freePort();
  const pairs = new Set<{ destroy(): void }>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(target, '127.0.0.1');
    const pair = { destroy: () => [near, far].map((socket) => socket.destroy()) };
    pairs.add(pair);
    for (const socket of [near, far]) socket.on('error', () => undefined);
    near.pipe(far);
    far.pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const drop = () => {
    for (const pair of pairs) pair.destroy();
    pairs.clear();
  };
  return {
    port,
    drop,
    cut: () => {
      isCut = true;
      drop();
    },
    close: () => {
      drop();
      server.close();
    },
  };
}

test.run();
