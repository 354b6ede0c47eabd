/** Tests of who holds the connections of the operator's page. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type PageConnection, PageConnections } from '../../../../daemon/web/door/connections.ts';

const test = suite('connections of the operator’s page');
const COUNTS = { strangers: 64, crew: 48, perAddress: 32 };

class Fake implements PageConnection {
  isClosed = false;
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }

  close(): void {
    this.isClosed = true;
  }
}

function start() {
  let nowMs = 0;
  const held = new PageConnections<Fake>(COUNTS, () => nowMs);
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

test('the crew’s stay, however many strangers come', () => {
  const { held, add } = start();
  const crew = Array.from({ length: 12 }, () => add('10.0.0.9'));
  for (const one of crew) held.setCrew(one);
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
          if (act === 'crew' && (crew.has(one) || crew.size < COUNTS.crew)) {
            held.setCrew(one);
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

test.run();
