/** Tests of who holds the connections of a server. */

import { connect } from 'node:net';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ConnectionShares,
  type SharedConnection,
} from '../../../../pipelines/http/clients/shares.ts';
import { startFakeBox } from '../../../daemon/web/support/fake-box.ts';
import { until } from '../../../support/box.ts';

const test = suite('shares of a server’s connections');
const COUNTS = { strangers: 64, known: 48, perAddress: 32 };

class Fake implements SharedConnection {
  isClosed = false;
  readonly address: string;
  readonly isOneOfMany: boolean;

  constructor(address: string) {
    this.address = address;
    this.isOneOfMany = address.startsWith('fe80');
  }

  close(): void {
    this.isClosed = true;
  }
}

function start() {
  let nowMs = 0;
  const held = new ConnectionShares<Fake>(COUNTS, () => nowMs);
  const add = (address: string) => {
    nowMs += 1;
    const connection = new Fake(address);
    held.add(connection);
    return connection;
  };
  return { held, add };
}

test('three addresses that hold all connections lose one to each newcomer', () => {
  const { add } = start();
  const flood = Array.from({ length: 300 }, (_, i) => add(`10.0.0.${i % 3}`));
  assert.is(flood.filter(({ isClosed }) => !isClosed).length, 64);
  const newcomers = Array.from({ length: 40 }, (_, i) => add(`10.0.1.${i}`));
  assert.equal(
    newcomers.filter(({ isClosed }) => isClosed),
    [],
  );
  assert.is(flood.filter(({ isClosed }) => !isClosed).length, 24);
});

test('a host of as many addresses as it likes leaves others a quarter of the places', () => {
  const { add } = start();
  const many = (count: number) => Array.from({ length: count }, (_, i) => add(`fe80::${i}`));
  many(100);
  const guests = Array.from({ length: 16 }, (_, i) => add(`10.0.1.${i}`));
  many(500);
  assert.equal(
    guests.filter(({ isClosed }) => isClosed),
    [],
  );
});

test('the crew’s stay, however many strangers come', () => {
  const { held, add } = start();
  const crew = Array.from({ length: 12 }, () => add('10.0.0.9'));
  for (const one of crew) held.setKnown(one);
  for (let i = 0; i < 5_000; i += 1) add(`10.0.${i % 100}.${i % 7}`);
  assert.ok(crew.every(({ isClosed }) => !isClosed));
});

test('of an address the longest idle one ends, and one with a request last', () => {
  const { held, add } = start();
  const [first, second, ...rest] = Array.from({ length: 32 }, () => add('10.0.0.1'));
  held.count(first as Fake, 1);
  add('10.0.0.1');
  assert.equal([first?.isClosed, second?.isClosed], [false, true]);
  assert.ok(rest.every(({ isClosed }) => !isClosed));
});

test('from any flood: no pool above its limit, no newcomer refused, no crew ended by strangers', () => {
  const step = fc.record({
    address: fc.integer({ min: 0, max: 200 }),
    act: fc.constantFrom('add', 'add', 'add', 'crew', 'busy', 'leave'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const { held, add } = start();
      const open: Fake[] = [];
      const crew = new Set<Fake>();
      for (const { address, act } of steps) {
        const one = open[address % Math.max(1, open.length)];
        if (act === 'add') {
          const added = add(`a${address}`);
          assert.not(added.isClosed);
          open.push(added);
          assert.ok([...crew].every(({ isClosed }) => !isClosed));
        } else if (one !== undefined && !one.isClosed) {
          if (act === 'crew' && (crew.has(one) || crew.size < COUNTS.known)) {
            held.setKnown(one);
            crew.add(one);
          }
          if (act === 'busy') held.count(one, 1);
          if (act === 'leave') {
            one.close();
            crew.delete(one);
            held.remove(one);
          }
        }
        assert.is(held.size, open.filter(({ isClosed }) => !isClosed).length);
        assert.ok(held.size - crew.size <= COUNTS.strangers);
      }
    }),
    { seed: 5, numRuns: 200 },
  );
});

/** A connection on which one request was answered, and whether it is still open. */
async function openAnswered(url: string, path: string) {
  let [text, isOpen] = ['', true];
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket
    .on('error', () => undefined)
    .once('close', () => {
      isOpen = false;
    });
  socket.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  socket.write(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n`);
  await until(() => text.includes('\r\n\r\n'), 60_000);
  return { isOpen: () => isOpen, [Symbol.dispose]: () => void socket.destroy() };
}

test('a proxy that brings signed orders keeps its connection, whatever else comes by its address', async () => {
  for (const isSigned of [true, false]) {
    const webhook = async () => ({ status: 200, body: {}, isSigned });
    await using box = await startFakeBox({ deps: { webhook: () => webhook } });
    using proxy = await openAnswered(box.url, '/orders/webhook');
    const others = [];
    for (let i = 0; i < 32; i += 1) others.push(await openAnswered(box.url, '/session'));
    if (isSigned) assert.is(proxy.isOpen(), true);
    else await until(() => !proxy.isOpen(), 60_000);
    for (const one of others) one[Symbol.dispose]();
  }
});

test.run();
