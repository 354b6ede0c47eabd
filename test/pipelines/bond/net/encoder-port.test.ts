/** Which SRT encoder the bond's port takes packets of. */
import { createSocket, type Socket } from 'node:dgram';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openEncoderPort } from '../../../../pipelines/bond/net/encoder-port.ts';
import {
  readControlType,
  readSocketId,
  SRT_SHUTDOWN,
} from '../../../../pipelines/bond/wire/srt.ts';
import { until } from '../../../support/box.ts';
import { data, handshake } from '../support/simulated-srt.ts';

const test = suite('encoder port');

test('an encoder that is hung up on is told, and may call again at once from another port', async () => {
  const taken: Buffer[] = [];
  const told: Buffer[] = [];
  const port = openEncoderPort(
    { host: '127.0.0.1', port: 0 },
    {
      onPacket: (packet) => taken.push(Buffer.from(packet)),
      onError: () => undefined,
      now: () => 0,
    },
  );
  const [first, again] = [createSocket('udp4'), createSocket('udp4')];
  first.on('message', (packet) => told.push(packet));
  const send = (from: Socket, packet: Buffer) =>
    from.send(packet, port.listening.port, port.listening.host);
  const has = (packet: Buffer) => taken.some((other) => other.equals(packet));
  try {
    for (const packet of [handshake(500), data(1)]) send(first, packet);
    await until(
      () => has(data(1)),
      60_000,
      () => 'the encoder',
    );
    const hello = handshake(500);
    hello.writeUInt32BE(0x1234_5678, 12);
    port.send(hello);
    port.hangUp();
    port.hangUp();
    await until(
      () => told.length > 1,
      60_000,
      () => 'the end',
    );
    assert.equal(told.slice(1).map(readControlType), [SRT_SHUTDOWN], 'once');
    assert.equal(told.map(readSocketId), [0x1234_5678, 0x1234_5678]);
    // It is still on its way.
    send(first, data(2));
    await until(
      () => has(data(2)),
      60_000,
      () => 'the rest',
    );
    for (const packet of [handshake(700), data(3)]) send(again, packet);
    await until(
      () => has(data(3)),
      60_000,
      () => 'the encoder that calls again',
    );
  } finally {
    first.close();
    again.close();
    port.close();
  }
});

test.run();
