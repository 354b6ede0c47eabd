/** The embedded broker of the demo. */
import { connect } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runBroker } from '../../../daemon/mqtt/client/own-broker.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { listen } from './support/consumer.ts';
import { startMqtt } from './support/mqtt.ts';

const test = suite("the demo's broker");
const ROOT = 'venuebox/v1/corner';
const LONG_MS = 30_000;

async function startBroker() {
  const port = await freePort();
  const ending = new AbortController();
  const done = runBroker('127.0.0.1', port, silentLog, ending.signal);
  await until(
    () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1', () => resolve(socket.end() !== undefined));
        socket.once('error', () => resolve(false));
      }),
    LONG_MS,
  );
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await done;
    },
  };
}

const OLD = { protocolVersion: 4 } as const;

test('the box falls back to MQTT 3.1.1, and publishes all there is, without expiry', async () => {
  await using broker = await startBroker();
  await using consumer = await listen(broker.port, [`${ROOT}/#`, 'homeassistant/#'], OLD);
  const states: unknown[] = [];
  await using status = await startMqtt(broker.port, { onChange: (state) => states.push(state) });
  await status.events.record({ type: 'x', severity: 'info', atMs: Date.now(), data: {} });
  await until(() => consumer.last('/event') !== undefined, LONG_MS);
  await until(() => consumer.last('/storage') !== undefined, LONG_MS);
  assert.equal(states, [{ phase: 'connected', protocol: 4 }]);
  assert.is(consumer.last('/availability')?.text, 'online');
  assert.ok(consumer.last('corner/config'));
  assert.ok(consumer.received.every(({ packet }) => packet.properties === undefined));
});

test('replies are published on reply', async () => {
  await using broker = await startBroker();
  await using consumer = await listen(broker.port, [`${ROOT}/reply`, `${ROOT}/availability`], OLD);
  await using _mqtt = await startMqtt(broker.port);
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  await consumer.client.publishAsync(`${ROOT}/cmd/mark`, '{"id":"a"}', { qos: 1 });
  await until(() => consumer.json('/reply').some((one) => one['status'] === 'done'), LONG_MS);
});

test('a new subscriber receives retained messages, and offline when the box ends', async () => {
  await using broker = await startBroker();
  const status = await startMqtt(broker.port);
  await using first = await listen(broker.port, [`${ROOT}/availability`], OLD);
  await until(() => first.last('/availability')?.text === 'online', LONG_MS);
  await using consumer = await listen(broker.port, [`${ROOT}/#`], OLD);
  await until(() => consumer.last('/info') !== undefined, LONG_MS);
  assert.is(consumer.last('/info')?.packet.retain, true);
  await status[Symbol.asyncDispose]();
  await until(() => consumer.last('/availability')?.text === 'offline', LONG_MS);
});

test('an occupied port is named in the error', async () => {
  await using broker = await startBroker();
  const error = await runBroker(
    '127.0.0.1',
    broker.port,
    silentLog,
    new AbortController().signal,
  ).catch((thrown: unknown) => thrown);
  assert.ok(error instanceof PipelineError);
  assert.is(error.code, 'PORT_TAKEN');
});

test('invalid and long packets end their own connection only', async () => {
  await using broker = await startBroker();
  for (const bytes of [Buffer.alloc(100, 0xff), Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f])]) {
    await new Promise<void>((resolve) => {
      const socket = connect(broker.port, '127.0.0.1', () => socket.write(bytes));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve());
      socket.resume();
    });
  }
  await using consumer = await listen(broker.port, ['x'], OLD);
  await consumer.client.publishAsync('x', 'still here', { qos: 1 });
  await until(() => consumer.last('x') !== undefined, LONG_MS);
});

test('the number of retained topics is bounded', async () => {
  await using broker = await startBroker();
  await using writer = await listen(broker.port, ['none'], { ...OLD, reconnectPeriod: 0 });
  for (let i = 0; i < 1_024; i += 1) writer.client.publish(`t/${i}`, 'x', { qos: 1, retain: true });
  await writer.client.publishAsync('t/1', 'again', { qos: 1, retain: true });
  const closed = new Promise<void>((resolve) => writer.client.once('close', () => resolve()));
  writer.client.publish('t/too-many', 'x', { qos: 1, retain: true });
  await closed;
  await using reader = await listen(broker.port, ['t/#'], OLD);
  await until(() => reader.received.length === 1_024, LONG_MS);
});

test.run();
