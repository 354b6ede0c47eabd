/** Sender and relay over real sockets on loopback. */
import { createSocket, type Socket } from 'node:dgram';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { systemClock } from '../../../../hal/os/clock.ts';
import { openLog, silentLog } from '../../../../hal/os/log.ts';
import type { Endpoint, LinkConfig } from '../../../../pipelines/bond/core/config.ts';
import { type BondControl, runBond } from '../../../../pipelines/bond/net/sender.ts';
import { runRelay } from '../../../../pipelines/bond/relay/relay.ts';
import { until as eventually } from '../../../support/box.ts';
import { control, data, handshake } from '../support/simulated-srt.ts';

const test = suite('bond and relay over real sockets on loopback');

const deps = { clock: systemClock, log: silentLog };
const anyPort = { host: '127.0.0.1', port: 0 };

function link(index: number, more: Partial<LinkConfig> = {}): LinkConfig {
  const id = `link${index}`;
  const sourceAddress = `127.0.0.${index + 2}`;
  return { id, sourceAddress, weight: 1, isBackup: false, isEnabled: true, ...more };
}

interface Chain {
  readonly control: BondControl;
  readonly bond: Endpoint;
  readonly relay: Endpoint;
  /** The SRT listener's stand-in and what it got, with the peer it came from. */
  readonly listener: Socket;
  readonly got: Buffer[];
  readonly peers: Set<number>;
  readonly encoder: Socket;
  readonly received: Buffer[];
}

/** Runs `use` between a relay, a bond and sockets in the places of both SRT ends. */
async function withChain(
  links: readonly LinkConfig[],
  use: (chain: Chain) => Promise<void>,
  secrets: { readonly relay?: string; readonly bond?: string } = {},
) {
  const stop = new AbortController();
  const listener = createSocket('udp4');
  const encoder = createSocket('udp4');
  const got: Buffer[] = [];
  const received: Buffer[] = [];
  const peers = new Set<number>();
  listener.on('message', (packet, { port }) => {
    got.push(packet);
    peers.add(port);
  });
  encoder.on('message', (packet) => received.push(packet));
  await new Promise<void>((done) => listener.bind(0, '127.0.0.1', done));
  const srt = { host: '127.0.0.1', port: listener.address().port };
  const running: Promise<void>[] = [];
  const relay = await new Promise<Endpoint>((onStart) => {
    running.push(
      runRelay(
        { listen: anyPort, srt, ...(secrets.relay === undefined ? {} : { secret: secrets.relay }) },
        { ...deps, onStart },
        stop.signal,
      ),
    );
  });
  let control: BondControl | undefined;
  const bond = await new Promise<Endpoint>((done) => {
    const onStart = (started: BondControl, listening: Endpoint) => {
      control = started;
      done(listening);
    };
    const options = { listen: anyPort, receiver: relay, links, secret: secrets.bond };
    running.push(runBond(options, { ...deps, onStart }, stop.signal));
  });
  try {
    if (control === undefined) throw new Error('not started');
    await use({ control, bond, relay, listener, got, peers, encoder, received });
  } finally {
    stop.abort();
    await Promise.all(running);
    listener.close();
    encoder.close();
  }
}

const until = (what: string, isTrue: () => boolean) => eventually(isTrue, 60_000, () => what);

const states = ({ control }: Chain) => control.snapshot().links.map(({ state }) => state);

test('packets of two links leave the relay by one port, and replies come back', async () => {
  await withChain([link(0), link(1)], async (chain) => {
    const { bond, got, peers, encoder, received, listener } = chain;
    await until('both registered', () => states(chain).every((state) => state === 'active'));
    encoder.send(handshake(500), bond.port, bond.host);
    await until('the handshake', () => got.length > 0);
    for (let sequence = 0; sequence < 100; sequence += 1) {
      encoder.send(data(sequence), bond.port, bond.host);
    }
    await until('all data', () => got.filter((packet) => packet.length === 1332).length >= 100);
    assert.is(peers.size, 1);
    const ack = Buffer.concat([control(0x8002, 1), Buffer.alloc(28)]);
    ack.writeUInt32BE(100, 16);
    listener.send(ack, [...peers][0] ?? 0, '127.0.0.1');
    await until('the ACK', () => received.length > 0);
    await systemClock.sleep(50);
    assert.is(received.length, 1, 'an ACK that came by both links is passed on once');
    await until('an empty flight', () =>
      chain.control.snapshot().links.every(({ inFlightPackets }) => inFlightPackets === 0),
    );
    assert.ok(
      chain.control.snapshot().links.every(({ sentPacketsTotal }) => sentPacketsTotal > 30),
    );
  });
});

test('a link without its address is down and the other one carries the packets', async () => {
  await withChain([link(0, { sourceAddress: '203.0.113.9' }), link(1)], async (chain) => {
    await until('one registered', () => states(chain)[1] === 'active');
    assert.is(states(chain)[0], 'out');
    chain.encoder.send(handshake(500), chain.bond.port, chain.bond.host);
    await until('the handshake', () => chain.got.length > 0);
  });
});

test('a link that cannot be opened reports why, and logs it once', async () => {
  const lines: string[] = [];
  const log = openLog('info', 'journal', (line) => lines.push(line));
  const stop = new AbortController();
  const links = [link(0, { sourceAddress: '203.0.113.9' })];
  let control: BondControl | undefined;
  const onStart = (started: BondControl) => {
    control = started;
  };
  const receiver = { host: '127.0.0.1', port: 9 };
  let clockMs = 0;
  // The socket is opened once a second: here that is once in twenty milliseconds.
  const clock = { ...systemClock, monotonicMs: () => clockMs++ * 1_000 };
  const running = runBond(
    { listen: anyPort, receiver, links },
    { clock, log, onStart },
    stop.signal,
  );
  const reason = 'its address does not belong to this machine (EADDRNOTAVAIL)';
  try {
    await until('the reason', () => control?.snapshot().links[0]?.reason === reason);
    await systemClock.sleep(200);
  } finally {
    stop.abort();
    await running;
  }
  const logged = lines.filter((line) => line.includes('link unusable'));
  assert.is(logged.length, 1, lines.join(''));
  assert.match(logged[0] ?? '', 'EADDRNOTAVAIL');
  assert.match(logged[0] ?? '', '"link":"link0"');
});

test('a link without a listener reports the reason', async () => {
  const closed = createSocket('udp4');
  await new Promise<void>((done) => closed.bind(0, '127.0.0.1', done));
  const receiver = { host: '127.0.0.1', port: closed.address().port };
  await new Promise<void>((done) => closed.close(done));
  const stop = new AbortController();
  let control: BondControl | undefined;
  const onStart = (started: BondControl) => {
    control = started;
  };
  const options = { listen: anyPort, receiver, links: [link(0)] };
  const running = runBond(options, { ...deps, onStart }, stop.signal);
  try {
    await until('the reason', () =>
      /nothing listens/.test(control?.snapshot().links[0]?.reason ?? ''),
    );
  } finally {
    stop.abort();
    await running;
  }
});

test('a relay with a secret takes only senders that know it; others are told, and go on trying', async () => {
  const secret = 'correct horse battery';
  const isActive = (chain: Chain) => until('active', () => states(chain)[0] === 'active');
  await withChain([link(0)], isActive, { relay: secret, bond: secret });
  await withChain([link(0)], isActive, { bond: secret });
  for (const bond of [{}, { bond: 'wrong horse battery' }]) {
    const isTold = ({ control: { snapshot } }: Chain) =>
      until('the reason', () => /the same secret/.test(snapshot().links[0]?.reason ?? ''));
    await withChain([link(0)], isTold, { relay: secret, ...bond });
  }
});

test('links can be added and removed while it runs', async () => {
  await withChain([link(0)], async (chain) => {
    await until('registered', () => states(chain)[0] === 'active');
    chain.control.setLinks([link(0), link(1)]);
    await until('two', () => states(chain).length === 2 && states(chain)[1] === 'active');
    chain.control.setLinks([link(1)]);
    assert.equal(states(chain), ['active']);
  });
});

test('a link that was blocked before it was there carries nothing until it is unblocked', async () => {
  await withChain([], async (chain) => {
    const { control: bond } = chain;
    bond.block(['link0']);
    bond.setLinks([link(0), link(1)]);
    await until('the other one', () => states(chain)[1] === 'active');
    bond.setLinks([link(0), link(1), link(2)]);
    await until('a later one', () => states(chain)[2] === 'active');
    assert.is(states(chain)[0], 'out');
    bond.block([]);
    await until('unblocked', () => states(chain)[0] === 'active');
  });
});

test('packets of a peer without a handshake are dropped', async () => {
  await withChain([link(0)], async (chain) => {
    await until('registered', () => states(chain)[0] === 'active');
    chain.encoder.send(data(1), chain.bond.port, chain.bond.host);
    await systemClock.sleep(100);
    assert.is(chain.got.length, 0);
  });
});

test('another encoder does not take over while the first one sends', async () => {
  await withChain([link(0)], async ({ control: running, bond, encoder, got }) => {
    await until('registered', () => running.snapshot().links[0]?.state === 'active');
    encoder.send(handshake(500), bond.port, bond.host);
    encoder.send(data(1), bond.port, bond.host);
    await until('the first encoder', () => got.some((packet) => packet.length === 1332));
    const other = createSocket('udp4');
    other.send(handshake(700), bond.port, bond.host);
    other.send(data(2, 1000), bond.port, bond.host);
    await systemClock.sleep(100);
    assert.not.ok(got.some((packet) => packet.length === 1000));
    encoder.send(control(0x8005, 0), bond.port, bond.host);
    await until('the second encoder', () => {
      other.send(handshake(700), bond.port, bond.host);
      other.send(data(2, 1000), bond.port, bond.host);
      return got.some((packet) => packet.length === 1000);
    });
    other.close();
  });
});

test('the relay forwards no packets from addresses outside its groups', async () => {
  await withChain([], async ({ relay, encoder, got }) => {
    for (let sequence = 0; sequence < 50; sequence += 1) {
      encoder.send(data(sequence), relay.port, relay.host);
      encoder.send(Buffer.alloc(sequence, 0x92), relay.port, relay.host);
    }
    await systemClock.sleep(100);
    assert.is(got.length, 0);
  });
});

test.run();
