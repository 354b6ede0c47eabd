/** Brokers that break the protocol, flood or stop answering. */
import { createServer, type Socket } from 'node:net';
import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { guardPackets, PacketFault } from '../../../daemon/mqtt/client/packet-guard.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { listen } from './support/consumer.ts';
import { startMosquitto } from './support/mosquitto.ts';
import { startMqtt } from './support/mqtt.ts';
import { fullSnapshot } from './support/snapshot.ts';

const test = suite('a hostile broker');
const LONG_MS = 30_000;

/** A broker that accepts every connection and then does what the test says. */
async function startLiar(
  then: (socket: Socket) => void,
  onPacket?: (socket: Socket, packet: mqttPacket.Packet) => void,
) {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let connects = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    const parser = mqttPacket.parser({ protocolVersion: 5 });
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connect') {
        connects += 1;
        socket.write(
          mqttPacket.generate(
            { cmd: 'connack', reasonCode: 0, sessionPresent: false },
            { protocolVersion: 5 },
          ),
        );
        then(socket);
      } else onPacket?.(socket, packet);
    });
    parser.on('error', () => socket.destroy());
    socket.on('data', (chunk) => parser.parse(chunk));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port,
    connects: () => connects,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function memoryMb(): number {
  globalThis.gc?.();
  return process.memoryUsage().rss / 1e6;
}

test('a packet of a quarter of a gigabyte is not collected in memory', async () => {
  await using liar = await startLiar((socket) => {
    // A PUBLISH of 268,435,455 bytes, and a first part of it.
    socket.write(Buffer.from([0x30, 0xff, 0xff, 0xff, 0x7f]));
    socket.write(Buffer.alloc(1_000_000));
  });
  const reasons: string[] = [];
  await using _mqtt = await startMqtt(liar.port, {
    onChange: (state) => reasons.push(state.phase === 'away' ? state.reason : ''),
  });
  await until(
    () => reasons.some((one) => /a packet of/.test(one)),
    LONG_MS,
    () => reasons.join(),
  );
});

test('a broker that stops acknowledging receives a bounded number of messages', async () => {
  let publishes = 0;
  await using liar = await startLiar(
    () => undefined,
    (socket, packet) => {
      if (packet.cmd === 'subscribe')
        socket.write(
          mqttPacket.generate(
            {
              cmd: 'suback',
              messageId: packet.messageId ?? 0,
              granted: packet.subscriptions.map(() => 1),
            },
            { protocolVersion: 5 },
          ),
        );
      if (packet.cmd !== 'publish' || packet.qos !== 1) return;
      publishes += 1;
      // Enough for the birth.
      if (publishes > 10) return;
      const { messageId = 0 } = packet;
      socket.write(mqttPacket.generate({ cmd: 'puback', messageId }, { protocolVersion: 5 }));
    },
  );
  const clock = new VirtualClock();
  await using status = await startMqtt(liar.port, { clock });
  await until(() => publishes >= 10, LONG_MS);
  for (let i = 0; i < 2_000; i += 1) {
    // A change of the mains is published at once, at QoS 1.
    const mains = i % 2 === 0 ? 'on' : 'off';
    status.set(fullSnapshot({ battery: { phase: 'unknown', source: 's', reason: 'r', mains } }));
    await clock.advance(1_000);
    if (i % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.ok(publishes <= 10 + 16, String(publishes));
});

test('unexpected packets end the connection, not the daemon', async () => {
  const qos2 = mqttPacket.generate(
    { cmd: 'publish', topic: 'x', payload: 'y', qos: 2, messageId: 1, retain: false, dup: false },
    { protocolVersion: 5 },
  );
  const garbage = [
    qos2,
    Buffer.from([0xf0, 0x00]),
    Buffer.from([0x00, 0x00]),
    Buffer.alloc(64, 0xff),
  ];
  for (const bytes of garbage) {
    await using liar = await startLiar((socket) => socket.write(bytes));
    const reasons: string[] = [];
    await using _mqtt = await startMqtt(liar.port, {
      onChange: (state) => reasons.push(state.phase),
    });
    await until(() => reasons.filter((one) => one === 'away').length > 0, LONG_MS);
  }
});

test('reconnects to a broker that disconnects at once are further and further apart', async () => {
  await using liar = await startLiar((socket) => socket.end());
  const clock = new VirtualClock();
  await using _mqtt = await startMqtt(liar.port, { clock });
  await until(() => liar.connects() > 0, LONG_MS);
  for (let i = 0; i < 1_200; i += 1) {
    await clock.advance(500);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  // Ten minutes: 1, 2, 4, 8, 16, 32 s and then every minute.
  assert.ok(liar.connects() >= 5 && liar.connects() <= 16, String(liar.connects()));
});

test('a flood of commands does not grow the daemon', async () => {
  await using broker = await startMosquitto();
  await using consumer = await listen(broker.port, ['venuebox/v1/corner/availability']);
  await using _mqtt = await startMqtt(broker.port);
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  const flood = async (count: number) => {
    for (let i = 0; i < count; i += 1) {
      const sent = consumer.client.publishAsync('venuebox/v1/corner/cmd/none', 'x'.repeat(500), {
        qos: 1,
      });
      if (i % 50 === 0) await sent;
    }
  };
  await flood(1_000);
  const before = memoryMb();
  await flood(8_000);
  assert.ok(memoryMb() - before < 60, `${before} to ${memoryMb()} MB`);
});

test('any bytes pass the guard or end it, however they are split', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.integer({ min: 1, max: 50 }),
      (bytes, step) => {
        const verdict = (chunks: readonly Uint8Array[]) => {
          const guard = guardPackets(1_000);
          try {
            for (const chunk of chunks) guard(chunk);
            return 'passed';
          } catch (error) {
            assert.ok(error instanceof PacketFault);
            return 'ended';
          }
        };
        const chunks = [];
        for (let at = 0; at < bytes.length; at += step) chunks.push(bytes.subarray(at, at + step));
        assert.is(verdict(chunks), verdict([bytes]));
      },
    ),
  );
  const packets = [10, 200, 999].map((length) =>
    mqttPacket.generate({
      cmd: 'publish',
      topic: 't',
      payload: Buffer.alloc(length - 3),
      qos: 0,
      retain: false,
      dup: false,
    }),
  );
  guardPackets(1_000)(Buffer.concat(packets));
  const long = mqttPacket.generate({
    cmd: 'publish',
    topic: 't',
    payload: Buffer.alloc(998),
    qos: 0,
    retain: false,
    dup: false,
  });
  assert.throws(
    () => guardPackets(1_000)(long),
    (error: unknown) => error instanceof PacketFault,
  );
});

test.run();
