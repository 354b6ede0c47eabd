/** MQTT over TLS with client certificates. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../support/box.ts';
import { type Certificates, clientOf, makeCertificates } from './support/certificates.ts';
import { listen } from './support/consumer.ts';
import { scratch, startMosquitto } from './support/mosquitto.ts';
import { startMqtt } from './support/mqtt.ts';
import { bareSnapshot } from './support/snapshot.ts';

const test = suite('MQTT over TLS with client certificates');
const LONG_MS = 30_000;
const ROOT = 'venuebox/v1/corner';

async function startFleetBroker(folder: string) {
  const certificates = makeCertificates(folder, ['corner', 'market', 'crew']);
  const server = certificates.of('server');
  const broker = await startMosquitto(() => [
    `cafile ${certificates.ca}`,
    `certfile ${server.cert}`,
    `keyfile ${server.key}`,
    'require_certificate true',
    'use_identity_as_username true',
    // The example that venues start from.
    `acl_file ${resolve('systemd/mosquitto.example.acl')}`,
  ]);
  return { broker, certificates };
}

function boxConfig(port: number, certificates: Certificates, name: string) {
  const { cert, key } = certificates.of(name);
  return {
    url: `mqtts://127.0.0.1:${port}`,
    tls: { ca_file: certificates.ca, cert_file: cert, key_file: key },
  };
}

test('a box with its own certificate publishes below its name and receives commands there', async () => {
  using folder = scratch();
  const { broker, certificates } = await startFleetBroker(folder.path);
  await using consumer = await listen(
    broker.port,
    [`${ROOT}/#`, 'homeassistant/#'],
    clientOf(certificates, 'crew'),
  );
  await using status = await startMqtt(broker.port, {
    config: boxConfig(broker.port, certificates, 'corner'),
  });
  await status.events.record({ type: 'x', severity: 'info', atMs: Date.now(), data: {} });
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  await until(() => consumer.last('/event') !== undefined, LONG_MS);
  await until(() => consumer.last('corner/config') !== undefined, LONG_MS);
  await consumer.client.publishAsync(`${ROOT}/cmd/mark`, '{"id":"a"}', { qos: 1 });
  await until(() => consumer.json('/reply').some((one) => one['status'] === 'done'), LONG_MS);
  await status.end();
  await broker[Symbol.asyncDispose]();
});

test('a box with the certificate of another cannot publish under its own name', async () => {
  using folder = scratch();
  const { broker, certificates } = await startFleetBroker(folder.path);
  const crew = clientOf(certificates, 'crew');
  await using consumer = await listen(broker.port, ['venuebox/#', 'homeassistant/#'], crew);
  const states: string[] = [];
  const refusals: unknown[] = [];
  const note = (message: string, fields: object = {}) => refusals.push({ message, ...fields });
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: note,
    error: note,
    with: () => log,
  };
  // It says that it is `corner`; its certificate says `market`.
  await using status = await startMqtt(broker.port, {
    config: boxConfig(broker.port, certificates, 'market'),
    onChange: ({ phase }) => states.push(phase),
    log,
  });
  await status.events.record({ type: 'x', severity: 'info', atMs: Date.now(), data: {} });
  await until(() => states.includes('connected'), LONG_MS);
  // Each refusal is logged, by topic; the event is saved.
  const logged = () => JSON.stringify(refusals);
  await until(() => logged().includes(`${ROOT}/availability`), LONG_MS, logged);
  await until(() => logged().includes('events refused by the broker'), LONG_MS, logged);
  assert.is(status.events.state()?.waiting, 1);
  await consumer.client.publishAsync(`${ROOT}/cmd/mark`, '{"id":"a"}', { qos: 1 });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const received = consumer.received.map(({ topic }) => topic);
  assert.equal(received, [`${ROOT}/cmd/mark`]);
  await status.end();
  await broker[Symbol.asyncDispose]();
});

test('a broker with a certificate of another CA receives nothing', async () => {
  using folder = scratch();
  using other = scratch();
  const { broker, certificates } = await startFleetBroker(folder.path);
  const foreign = makeCertificates(other.path, []);
  const reasons: string[] = [];
  await using status = await startMqtt(broker.port, {
    config: {
      ...boxConfig(broker.port, certificates, 'corner'),
      tls: {
        ca_file: foreign.ca,
        cert_file: certificates.of('corner').cert,
        key_file: certificates.of('corner').key,
      },
    },
    snapshot: bareSnapshot(),
    onChange: (state) => reasons.push(state.phase === 'away' ? state.reason : 'connected'),
  });
  await until(() => reasons.length > 0, LONG_MS);
  assert.match(reasons[0] ?? '', /unable to verify|self.signed certificate/);
  await status.end();
  await broker[Symbol.asyncDispose]();
});

test('a missing or invalid certificate file is reported, and tried again', async () => {
  using folder = scratch();
  const bad = join(folder.path, 'bad.pem');
  for (const [cert, wanted] of [
    [join(folder.path, 'nowhere.pem'), /nowhere\.pem/],
    [bad, /PEM|no start line|pem/i],
  ] as const) {
    writeFileSync(bad, 'this is no certificate');
    const reasons: string[] = [];
    await using _mqtt = await startMqtt(1, {
      config: { url: 'mqtts://127.0.0.1:1', tls: { cert_file: cert, key_file: cert } },
      snapshot: bareSnapshot(),
      onChange: (state) => reasons.push(state.phase === 'away' ? state.reason : ''),
    });
    await until(() => reasons.length > 1, LONG_MS);
    assert.match(reasons[0] ?? '', wanted);
  }
});

test('boxes of a fleet read of each other how ready they are, and nothing more', async () => {
  using folder = scratch();
  const { broker, certificates } = await startFleetBroker(folder.path);
  {
    const filters = ['venuebox/v1/+/fleet', 'venuebox/v1/+/availability', 'venuebox/v1/#'];
    const market = clientOf(certificates, 'market');
    const own = ['venuebox/v1/corner/cmd/+'];
    await using corner = await listen(broker.port, own, clientOf(certificates, 'corner'));
    await using consumer = await listen(broker.port, filters, market);
    const say = (topic: string) => corner.client.publishAsync(topic, 'x', { qos: 1 });
    for (const name of ['status', 'cmd/mark', 'event', 'fleet', 'availability', 'poster']) {
      await say(`venuebox/v1/corner/${name}`);
    }
    // The name of another box.
    await say('venuebox/v1/market/fleet').catch(() => undefined);
    const seen = () => new Set(consumer.received.map(({ topic }) => topic.slice(12)));
    await until(() => seen().has('corner/poster'), LONG_MS);
    assert.equal([...seen()], ['corner/fleet', 'corner/availability', 'corner/poster']);
  }
  await broker[Symbol.asyncDispose]();
});

test.run();
