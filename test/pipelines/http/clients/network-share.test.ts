/** One host may have as many addresses of IPv6 as it likes: they share what connections there are. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Connections } from '../../../../pipelines/http/clients/connections.ts';

const test = suite('connections of one network');

function start(maxConnections: number) {
  let nowMs = 0;
  const limits = { maxConnections, maxConnectionsPerAddress: 4 };
  const connections = new Connections(limits, { monotonicMs: () => nowMs });
  let port = 0;
  const join = (remoteAddress: string) => {
    port += 1;
    const stream = new Duplex({ read: () => undefined, write: (_chunk, _enc, done) => done() });
    const ends = { localAddress: '10.0.0.5', remoteAddress, remotePort: port };
    return connections.admit(Object.assign(stream, ends) as never as Socket);
  };
  const pass = (ms: number) => {
    nowMs += ms;
  };
  return { connections, join, pass };
}

test('guests of another one still get in, and its own take the place of its idle ones', () => {
  const { connections, join, pass } = start(8);
  for (let host = 1; host <= 20; host += 1) join(`fe80::${host.toString(16)}%wlan0`);
  assert.is(connections.count, 6);
  assert.is(join('10.0.0.77'), 0);
  assert.is(connections.count, 7);
  pass(5_000);
  assert.is(join('fe80::ffff%wlan0'), 1, 'one of its own was closed for it');
  assert.is(connections.count, 7);
});

test('of many connections some are closed at once: a flood is not sorted for each of its own', () => {
  const { connections, join, pass } = start(400);
  for (let host = 1; host <= 300; host += 1) join(`fe80::${host.toString(16)}%wlan0`);
  pass(5_000);
  assert.is(join('fe80::ffff%wlan0'), 4);
  assert.is(connections.count, 297);
});

test.run();
