/** Which SRT encoder the bond's port takes packets of. */
import { createSocket, type Socket } from 'node:dgram';
import { suite } from 'uvu';
import { openEncoderPort } from '../../../../pipelines/bond/net/encoder-port.ts';
import { renderShutdown } from '../../../../pipelines/bond/wire/srt.ts';
import { until } from '../../../support/box.ts';
import { data, handshake } from '../support/simulated-srt.ts';

const test = suite('encoder port');

test('an encoder that the receiver has hung up on may call again at once, from another port', async () => {
  const taken: Buffer[] = [];
  const port = openEncoderPort(
    { host: '127.0.0.1', port: 0 },
    {
      onPacket: (packet) => taken.push(Buffer.from(packet)),
      onError: () => undefined,
      now: () => 0,
    },
  );
  const [first, again] = [createSocket('udp4'), createSocket('udp4')];
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
    port.send(renderShutdown(1));
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
