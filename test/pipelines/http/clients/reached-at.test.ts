/** At which address of this machine guests come in. */
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../../hal/os/clock.ts';
import { Connections } from '../../../../pipelines/http/clients/connections.ts';

const test = suite('where guests come in');

function socketAt(localAddress: string, remoteAddress: string): Socket {
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
  return Object.assign(stream, { localAddress, remoteAddress, remotePort: 1 }) as never as Socket;
}

test('it is the address at which most are connected, without the box itself and proxies', async () => {
  const limits = { maxConnections: 100, maxConnectionsPerAddress: 100 };
  const connections = new Connections(limits, systemClock, (address) => address === '10.0.0.9');
  const join = (...at: readonly [string, string]) => {
    const socket = socketAt(...at);
    connections.admit(socket);
    return socket;
  };
  assert.is(connections.reachedAt, undefined);
  join('127.0.0.1', '127.0.0.1');
  join('::1', '::1');
  join('10.0.0.5', '10.0.0.5');
  join('10.0.0.5', '10.0.0.9');
  assert.is(connections.reachedAt, undefined);
  join('::ffff:203.0.113.5', '::ffff:203.0.113.77');
  assert.is(connections.reachedAt, '203.0.113.5');
  const guests = [1, 2].map((n) => join('::ffff:10.42.0.1', `::ffff:10.42.0.${n + 1}`));
  assert.is(connections.reachedAt, '10.42.0.1');
  for (const guest of guests) guest.destroy();
  await systemClock.sleep(20);
  assert.is(connections.reachedAt, '203.0.113.5');
});

test.run();
