/** SRT without bonding, over real sockets. */
import { createSocket } from 'node:dgram';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Endpoint } from '../../../pipelines/bond/core/config.ts';
import { runDirect } from '../../../pipelines/uplink/direct.ts';
import { until } from '../../support/box.ts';
import { handshake } from '../bond/support/simulated-srt.ts';

const test = suite('SRT without links');

test('a receiver without a listener is reported once', async () => {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const closed = createSocket('udp4');
  await new Promise<void>((done) => closed.bind(0, '127.0.0.1', done));
  const receiver = { host: '127.0.0.1', port: closed.address().port };
  await new Promise<void>((done) => closed.close(done));
  const stop = new AbortController();
  const reported: (string | undefined)[] = [];
  let listening: Endpoint | undefined;
  const running = runDirect(
    { listen: { host: '127.0.0.1', port: 0 }, receiver },
    {
      clock: systemClock,
      log: silentLog,
      tap: { fromEncoder: () => true, toEncoder: () => undefined },
      onStart: (at) => {
        listening = at;
      },
      onFailure: (reason) => reported.push(reason),
    },
    stop.signal,
  );
  const calling = setInterval(() => {
    if (listening !== undefined) socket.send(handshake(500), listening.port, listening.host);
  }, 20);
  try {
    await until(() => reported.includes('nothing listens at the receiver (ECONNREFUSED)'), 15_000);
    await systemClock.sleep(200);
    assert.equal(
      reported.filter((reason) => reason !== undefined),
      ['nothing listens at the receiver (ECONNREFUSED)'],
    );
    assert.is(
      reported.at(-1),
      reported.find((reason) => reason !== undefined),
      'it stands',
    );
  } finally {
    clearInterval(calling);
    stop.abort();
    await running;
    socket.close();
  }
});

test.run();
