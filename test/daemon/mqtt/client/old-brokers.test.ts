/** Brokers that know MQTT 3.1.1 only, and how they answer MQTT 5. */
import type { Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connectMqtt } from '../../../../daemon/mqtt/client/connect.ts';
import { type ConnectOptions, MqttError } from '../../../../daemon/mqtt/client/connection.ts';
import { type Clock, systemClock } from '../../../../hal/os/clock.ts';
import { until } from '../../../support/box.ts';
import { scratch } from '../support/mosquitto.ts';
import { startMqtt } from '../support/mqtt.ts';
import { startOldBroker } from '../support/old-broker.ts';

const test = suite('a broker of MQTT 3.1.1 alone');
const LONG_MS = 60_000;

const options = (port: number, more: Partial<ConnectOptions> = {}): ConnectOptions => ({
  ...{ host: '127.0.0.1', port, clientId: 'box' },
  will: { topic: 'a', payload: 'offline', delayS: 10, qos: 1, isRetained: true },
  onMessage: () => undefined,
  ...more,
});
const never = new AbortController().signal;

const ANSWERS: Readonly<Record<string, (socket: Socket) => void>> = {
  'refuses the version': (socket) => socket.end(Buffer.from([0x20, 2, 0, 1])),
  'closes at once': (socket) => socket.end(),
  'resets the connection': (socket) => socket.resetAndDestroy(),
  'answers what is no MQTT': (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'accepts it as if it were 3.1.1, and closes': (socket) => socket.end(Buffer.from([0x20, 2])),
};

for (const [what, onFive] of Object.entries(ANSWERS)) {
  test(`one that ${what} is connected to with 3.1.1`, async () => {
    await using broker = await startOldBroker(onFive);
    const connection = await connectMqtt(options(broker.port), [5, 4], Date.now, never);
    assert.equal([connection.protocol, broker.versions], [4, [5, 4]]);
    await connection.end();
  });
}

test('one that is silent is connected to with 3.1.1 when its time is over', async () => {
  await using broker = await startOldBroker(() => undefined);
  const patient = options(broker.port, { answerWithinMs: 4_000 });
  const connection = await connectMqtt(patient, [5, 4], Date.now, never);
  assert.is(connection.protocol, 4);
  await connection.end();
});

test('a server that answers neither is reported as it answered first', async () => {
  const close = (socket: Socket) => socket.end();
  const { createServer } = await import('node:net');
  let asked = 0;
  const server = createServer((socket) => {
    asked += 1;
    socket.on('error', () => undefined);
    close(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  try {
    await connectMqtt(options(port), [5, 4], Date.now, never);
    assert.unreachable();
  } catch (error) {
    assert.ok(error instanceof MqttError, String(error));
    assert.is(error.code, 'UNANSWERED');
    assert.match(error.message, `127.0.0.1:${port}: `);
  } finally {
    server.close();
  }
  assert.is(asked, 2);
});

test('what worked is tried first by the box that is started next', async () => {
  using folder = scratch();
  await using broker = await startOldBroker((socket) => socket.end());
  const run = async () => {
    const phases: string[] = [];
    await using _ = await startMqtt(broker.port, {
      stateDir: folder.path,
      onChange: ({ phase }) => phases.push(phase),
    });
    await until(() => phases.includes('connected'), LONG_MS);
  };
  await run();
  assert.equal(broker.versions, [5, 4]);
  await run();
  assert.equal(broker.versions, [5, 4, 4]);
});

test('a subscription that the broker refuses is named until it takes it', async () => {
  const commands = 'venuebox/v1/corner/cmd/+';
  let isRefused = true;
  await using broker = await startOldBroker(
    (socket) => socket.end(),
    (filter) => (filter === commands && isRefused ? 128 : 1),
  );
  const named: string[] = [];
  const clock: Clock = {
    ...systemClock,
    sleep: (ms, signal) => systemClock.sleep(ms === 60_000 ? 50 : ms, signal),
  };
  await using _ = await startMqtt(broker.port, {
    clock,
    onChange: (state) => {
      if (state.phase === 'connected') named.push((state.refusedTopics ?? []).join());
    },
  });
  await until(() => named.at(-1) === commands, LONG_MS);
  isRefused = false;
  await until(() => named.at(-1) === '', LONG_MS);
});

test.run();
