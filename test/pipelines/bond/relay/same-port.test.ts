/** A bond that was restarted comes from the address and port of the one before. */
import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import type { Endpoint } from '../../../../pipelines/bond/core/config.ts';
import { runRelay } from '../../../../pipelines/bond/relay/relay.ts';
import {
  parseSrtla,
  renderSrtla,
  type SrtlaPacket,
} from '../../../../pipelines/bond/wire/packet.ts';

const test = suite('relay: another sender at the address of a link');

test('it is let in once the link before has been silent for 10 s, whatever it sends meanwhile', async () => {
  const stop = new AbortController();
  let nowMs = 0;
  const clock = { ...systemClock, monotonicMs: () => nowMs };
  const running: Promise<void>[] = [];
  const relay = await new Promise<Endpoint>((onStart) => {
    const options = { listen: { host: '127.0.0.1', port: 0 }, srt: { host: '127.0.0.1', port: 9 } };
    running.push(runRelay(options, { clock, log: silentLog, onStart }, stop.signal));
  });
  const socket = createSocket('udp4');
  const ask = (packet: SrtlaPacket) =>
    new Promise<SrtlaPacket | undefined>((resolve) => {
      socket.once('message', (answer) => resolve(parseSrtla(answer)));
      socket.send(renderSrtla(packet), relay.port, relay.host);
    });
  try {
    const before = await ask({ kind: 'reg1', id: randomBytes(256) });
    if (before?.kind !== 'reg2') throw new Error(`no group: ${before?.kind}`);
    assert.is((await ask({ kind: 'reg2', id: Buffer.from(before.id) }))?.kind, 'reg3');
    const id = randomBytes(256);
    for (nowMs = 1_000; nowMs < 10_000; nowMs += 1_000) {
      assert.is((await ask({ kind: 'reg1', id }))?.kind, 'reg-err');
    }
    nowMs = 10_500;
    let answer: SrtlaPacket | undefined;
    // The relay looks for silent links once a second.
    for (let tries = 0; tries < 100 && answer?.kind !== 'reg2'; tries += 1) {
      answer = await ask({ kind: 'reg1', id });
      await systemClock.sleep(100);
    }
    assert.is(answer?.kind, 'reg2');
  } finally {
    stop.abort();
    await Promise.all(running);
    socket.close();
  }
});

test.run();
