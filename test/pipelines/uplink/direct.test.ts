/** SRT without bonding, over real sockets. */
import { createSocket } from 'node:dgram';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Endpoint } from '../../../pipelines/bond/core/config.ts';
import type { Lookup } from '../../../pipelines/bond/net/link-lookup.ts';
import { readControlType, SRT_SHUTDOWN } from '../../../pipelines/bond/wire/srt.ts';
import {
  lookupEither,
  openPathCheck,
  pathTo,
  runDirect,
} from '../../../pipelines/uplink/direct.ts';
import { until } from '../../support/box.ts';
import { handshake } from '../bond/support/simulated-srt.ts';

const test = suite('SRT without links');

/** Runs it towards a port, with an encoder that calls; `nowMs` is its clock. */
function openCalling(port: number) {
  const encoder = createSocket('udp4');
  const stop = new AbortController();
  const reported: (string | undefined)[] = [];
  const time = { nowMs: 0 };
  const way: { path: string | undefined } = { path: 'eth0' };
  const told: Buffer[] = [];
  encoder.on('message', (packet) => told.push(packet));
  let listening: Endpoint | undefined;
  const running = runDirect(
    { listen: { host: '127.0.0.1', port: 0 }, receiver: { host: '127.0.0.1', port } },
    {
      clock: { ...systemClock, monotonicMs: () => time.nowMs },
      log: silentLog,
      tap: { fromEncoder: () => true, toEncoder: () => undefined },
      onStart: (at) => {
        listening = at;
      },
      onFailure: (reason) => reported.push(reason),
      path: () => way.path,
    },
    stop.signal,
  );
  const calling = setInterval(() => {
    if (listening !== undefined) encoder.send(handshake(500), listening.port, listening.host);
  }, 20);
  const close = async () => {
    clearInterval(calling);
    stop.abort();
    await running;
    encoder.close();
  };
  return { time, way, told, reported, [Symbol.asyncDispose]: close };
}

async function bound() {
  const socket = createSocket('udp4');
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  const port = socket.address().port;
  return { socket, port, close: () => new Promise<void>((done) => socket.close(done)) };
}

test('a machine without a route of IPv4 looks its receiver up by IPv6, through a translation where need be', async () => {
  const answers: Readonly<Record<string, readonly string[]>> = {
    '0.0.0.0 both.test': ['192.0.2.9'],
    ':: both.test': ['2001:db8::9'],
    '0.0.0.0 plain.test': ['192.0.2.33'],
    ':: plain.test': ['192.0.2.33'],
    ':: 192.0.2.33': ['64:ff9b::c000:221'],
    '0.0.0.0 four.test': ['192.0.2.4'],
    ':: six.test': ['2001:db8::6'],
    '0.0.0.0 127.0.0.1': ['127.0.0.1'],
  };
  const lookup: Lookup = async (name, { sourceAddress }) => {
    const found = answers[`${sourceAddress} ${name}`];
    if (found === undefined) throw new Error(`${name} by ${sourceAddress}`);
    return found;
  };
  const found = (isReached: (address: string) => boolean) => {
    const names = ['both.test', 'plain.test', 'six.test', '127.0.0.1'];
    return Promise.all(names.map((name) => lookupEither(name, lookup, isReached)));
  };
  const v6Only = await found((address) => address.startsWith('127.'));
  assert.equal(v6Only, ['2001:db8::9', '64:ff9b::c000:221', '2001:db8::6', '127.0.0.1']);
  const both = await found(() => true);
  assert.equal(both, ['192.0.2.9', '192.0.2.33', '2001:db8::6', '127.0.0.1']);
  // Neither: what cannot be sent to is said of the address that there is.
  assert.is(await lookupEither('four.test', lookup, () => false), '192.0.2.4');
  const failed = await lookupEither('none.test', lookup).catch(({ message }) => message);
  assert.is(failed, 'none.test by 0.0.0.0');
});

test('whether IPv4 leads to the receiver is said by the kernel, not by an address', async () => {
  // No datagram socket may be connected to the first one, whatever addresses a machine has.
  for (const [v4, expected] of [
    ['255.255.255.255', '2001:db8::9'],
    ['127.0.0.1', '127.0.0.1'],
  ] as const) {
    const lookup: Lookup = async (_name, { sourceAddress }) => [
      sourceAddress === '::' ? '2001:db8::9' : v4,
    ];
    assert.is(await lookupEither('both.test', lookup), expected);
  }
});

test('a receiver without a listener is reported once, until it answers', async () => {
  const closed = await bound();
  await closed.close();
  await using direct = openCalling(closed.port);
  const reason = 'nothing listens at the receiver (ECONNREFUSED)';
  await until(() => direct.reported.includes(reason), 15_000);
  // The look-up and the socket are new ones.
  direct.time.nowMs += 11_000;
  await systemClock.sleep(300);
  assert.equal(direct.reported, [reason]);
  const receiver = createSocket('udp4', (packet, { port, address }) =>
    receiver.send(packet, port, address),
  );
  await new Promise<void>((done) => receiver.bind(closed.port, '127.0.0.1', done));
  try {
    await until(() => direct.reported.at(-1) === undefined, 15_000);
  } finally {
    receiver.close();
  }
});

test('a receiver that is silent gets packets from a new port after 10 s, then 20 s', async () => {
  const { socket, port, close } = await bound();
  const ports: number[] = [];
  socket.on('message', (_, from) => {
    if (ports.at(-1) !== from.port) ports.push(from.port);
  });
  try {
    await using direct = openCalling(port);
    const after = async (ms: number) => {
      const before = ports.length;
      direct.time.nowMs += ms;
      await systemClock.sleep(400);
      return ports.length - before;
    };
    await until(() => ports.length === 1, 15_000);
    assert.is(await after(9_000), 0);
    direct.time.nowMs += 1_000;
    await until(() => ports.length === 2, 15_000);
    assert.is(await after(19_000), 0);
    direct.time.nowMs += 1_000;
    await until(() => ports.length === 3, 15_000);
  } finally {
    await close();
  }
});

test('one that answers keeps its port', async () => {
  const { socket, port, close } = await bound();
  const ports = new Set<number>();
  let answered = 0;
  socket.on('message', (packet, from) => {
    ports.add(from.port);
    answered += 1;
    socket.send(packet, from.port, from.address);
  });
  try {
    await using direct = openCalling(port);
    for (let turn = 0; turn < 5; turn += 1) {
      const before = answered;
      await until(() => answered > before + 5, 15_000);
      direct.time.nowMs += 9_000;
    }
    assert.is(ports.size, 1);
  } finally {
    await close();
  }
});

test('with a new port the encoder calls again: the receiver takes a new connection alone', async () => {
  const { socket, port, close } = await bound();
  let isAnswering = true;
  socket.on('message', (packet, from) => {
    if (isAnswering) socket.send(packet, from.port, from.address);
  });
  try {
    await using direct = openCalling(port);
    const isHungUp = () => direct.told.some((packet) => readControlType(packet) === SRT_SHUTDOWN);
    await until(() => direct.told.length > 0, 15_000);
    isAnswering = false;
    await systemClock.sleep(300);
    assert.not.ok(isHungUp());
    direct.time.nowMs += 11_000;
    await until(isHungUp, 15_000);
  } finally {
    await close();
  }
});

test('another address of the name, by another way, is no move of the way to it', () => {
  const at = { address: '192.0.2.1', nowMs: 0 };
  const ways: Record<string, string> = { '192.0.2.1': 'eth0 10.0.0.2', '2001:db8::1': 'wlan0' };
  const path = (address: string) => ways[address];
  const hasMoved = openPathCheck(() => at.address, path, { now: () => at.nowMs, log: silentLog });
  const isMoved = (address: string) => {
    at.address = address;
    at.nowMs += 1_100;
    return hasMoved();
  };
  const seen = ['192.0.2.1', '2001:db8::1', '192.0.2.1', '192.0.2.1'].map(isMoved);
  assert.equal(seen, [false, false, false, false]);
  ways['192.0.2.1'] = 'eth1 10.1.0.2';
  assert.equal(['192.0.2.1', '192.0.2.1'].map(isMoved), [true, false]);
});

test('when the default route moves it calls again at once, by the new one', async () => {
  const { socket, port, close } = await bound();
  const ports: number[] = [];
  socket.on('message', (packet, from) => {
    if (ports.at(-1) !== from.port) ports.push(from.port);
    socket.send(packet, from.port, from.address);
  });
  try {
    await using direct = openCalling(port);
    const isHungUp = () => direct.told.some((packet) => readControlType(packet) === SRT_SHUTDOWN);
    await until(() => direct.told.length > 0, 15_000);
    // No route for a moment, and then the same.
    for (const path of ['eth0', undefined, 'eth0']) {
      direct.way.path = path;
      direct.time.nowMs += 1_100;
      await systemClock.sleep(300);
    }
    assert.equal([ports.length, isHungUp()], [1, false]);
    direct.way.path = 'wlan0';
    direct.time.nowMs += 1_100;
    await until(() => ports.length > 1 && isHungUp(), 15_000);
  } finally {
    await close();
  }
});

test('the way to an address is the interface and own address that the kernel would take', () => {
  assert.is(pathTo('127.0.0.1'), 'lo 127.0.0.1');
  assert.is(pathTo('255.255.255.255'), undefined);
});

test.run();
