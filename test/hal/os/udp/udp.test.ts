/** UDP sockets that take many datagrams at once, against Node's own. */
import { createSocket, type Socket } from 'node:dgram';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { onEachTurn } from '../../../../hal/os/udp/loop.ts';
import type { Peer } from '../../../../hal/os/udp/peers.ts';
import { openUdp, type UdpOptions, type UdpSocket } from '../../../../hal/os/udp/socket.ts';
import { until } from '../../../support/box.ts';

const test = suite('UDP in batches');

interface Opened extends Disposable {
  readonly socket: UdpSocket;
  readonly got: { readonly text: string; readonly peer: Peer | undefined }[];
  readonly errors: string[];
}

function open(options: Partial<UdpOptions> & { readonly host?: string } = {}): Opened {
  const { host = '127.0.0.1', ...more } = options;
  const got: { text: string; peer: Peer | undefined }[] = [];
  const errors: string[] = [];
  const socket = openUdp(
    { local: { host, port: 0 }, bufferBytes: 1_000_000, ...more },
    {
      onPacket: (packet, peer) => got.push({ text: packet.toString(), peer }),
      onError: (code) => errors.push(code),
    },
  );
  return { socket, got, errors, [Symbol.dispose]: () => socket.close() };
}

async function openNode(type: 'udp4' | 'udp6', host: string): Promise<Socket> {
  const socket = createSocket(type);
  await new Promise<void>((done) => socket.bind(0, host, done));
  return socket;
}

test('a burst of 500 datagrams arrives complete and in order, both ways', async () => {
  const node = await openNode('udp4', '127.0.0.1');
  using batch = open({ remote: { host: '127.0.0.1', port: node.address().port } });
  const heard: string[] = [];
  node.on('message', (packet) => heard.push(packet.toString()));
  const texts = Array.from({ length: 500 }, (_, i) => `${i} ${'x'.repeat(i)}`);
  for (const [i, text] of texts.entries()) {
    batch.socket.send(Buffer.from(text));
    if (i % 100 === 99) await until(() => heard.length === i + 1, 10_000);
  }
  assert.equal(heard, texts);
  for (const text of texts) node.send(text, batch.socket.local.port, '127.0.0.1');
  await until(() => batch.got.length === 500, 10_000);
  assert.equal(
    batch.got.map(({ text }) => text),
    texts,
  );
  node.close();
});

for (const [bound, type, asked, seen] of [
  ['0.0.0.0', 'udp4', '127.0.0.7', '127.0.0.7'],
  ['::', 'udp4', '127.0.0.7', '127.0.0.7'],
  ['::', 'udp6', '::1', '::1'],
] as const) {
  test(`a reply from ${bound} leaves from the address that was asked, ${asked}`, async () => {
    const node = await openNode(type, type === 'udp4' ? '127.0.0.1' : '::1');
    using batch = open({ host: bound });
    const from: string[] = [];
    node.on('message', (_, { address }) => from.push(address));
    node.send('who?', batch.socket.local.port, asked);
    await until(() => batch.got.length === 1, 10_000);
    const { peer } = batch.got[0] ?? {};
    assert.is(peer?.host, type === 'udp4' ? '127.0.0.1' : '::1');
    assert.is(peer?.port, node.address().port);
    batch.socket.send(Buffer.from('me'), peer);
    await until(() => from.length === 1, 10_000);
    assert.is(from[0], seen);
    node.close();
  });
}

test('what cannot be opened throws the system’s code', () => {
  const codeOf = (options: Parameters<typeof open>[0]) => {
    try {
      open(options).socket.close();
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    }
    return 'opened';
  };
  using taken = open();
  assert.is(codeOf({ local: taken.socket.local }), 'EADDRINUSE');
  assert.is(codeOf({ host: '203.0.113.9' }), 'EADDRNOTAVAIL');
  assert.is(codeOf({ host: 'no address' }), 'EINVAL');
});

test('a connected socket reports that nobody listens, and goes on', async () => {
  const node = await openNode('udp4', '127.0.0.1');
  const remote = { host: '127.0.0.1', port: node.address().port };
  using batch = open({ remote });
  await new Promise<void>((done) => node.close(done));
  batch.socket.send(Buffer.from('a'));
  await until(() => batch.errors.includes('ECONNREFUSED'), 10_000);
  const again = createSocket('udp4');
  await new Promise<void>((done) => again.bind(remote.port, remote.host, done));
  again.send('b', batch.socket.local.port, '127.0.0.1');
  await until(() => batch.got.length === 1, 10_000);
  again.close();
});

test('one that is closed by whoever hears of its failure is closed once', async () => {
  const node = await openNode('udp4', '127.0.0.1');
  const remote = { host: '127.0.0.1', port: node.address().port };
  let failures = 0;
  const socket = openUdp(
    { local: { host: '127.0.0.1', port: 0 }, bufferBytes: 100_000, remote },
    {
      onPacket: () => undefined,
      onError: () => {
        failures += 1;
        socket.close();
      },
    },
  );
  await new Promise<void>((done) => node.close(done));
  await until(() => {
    // Two in one turn: the second fails while the first one's failure closes it.
    for (const text of ['a', 'b', 'c']) socket.send(Buffer.from(text));
    return failures > 0;
  }, 10_000);
  socket.close();
  assert.is(failures > 0, true);
});

test('a datagram that is too long is refused, the others leave', async () => {
  const node = await openNode('udp4', '127.0.0.1');
  using batch = open({ remote: { host: '127.0.0.1', port: node.address().port } });
  const heard: number[] = [];
  node.on('message', (packet) => heard.push(packet.length));
  for (const bytes of [1472, 2000, 10]) batch.socket.send(Buffer.alloc(bytes));
  await until(() => heard.length === 2, 10_000);
  assert.equal([heard, batch.errors], [[1472, 10], ['EMSGSIZE']]);
  node.close();
});

test('work of each turn goes on until it is ended, with and without traffic', async () => {
  const node = await openNode('udp4', '127.0.0.1');
  using batch = open({ remote: { host: '127.0.0.1', port: node.address().port } });
  const heard: string[] = [];
  node.on('message', (packet) => heard.push(packet.toString()));
  let turns = 0;
  const end = onEachTurn(() => {
    turns += 1;
    if (turns % 10 === 0) batch.socket.send(Buffer.from('tick'));
  });
  // Far more than the idle turns, after which pauses are longer.
  await until(() => turns > 100 && heard.length >= 10, 60_000);
  end();
  const before = turns;
  const other = onEachTurn(() => {
    turns += 1_000;
  });
  await until(() => turns >= before + 5_000, 60_000);
  other();
  assert.is(turns % 1_000, before % 1_000, 'the first is not called any more');
  node.close();
});

test.run();
