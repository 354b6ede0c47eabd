/** Packets of a publisher in order, whatever the network does to them. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Ordered, Reordering, WAIT_MS } from '../../../pipelines/whip/reordering.ts';

const test = suite('reordering of a publisher’s packets');

interface Packet {
  readonly sequence: number;
}

const numbersOf = (ordered: readonly Ordered<Packet>[]) =>
  ordered.map((one) => ('packet' in one ? one.packet.sequence : `lost ${one.lost}`));

test('packets come out in order, also over the end of the count, and each once', () => {
  const order = new Reordering<Packet>();
  const came = [65_533, 65_535, 65_534, 65_534, 1, 0, 65_533, 2];
  const out = came.flatMap((sequence) => order.add({ sequence }, 0));
  assert.equal(numbersOf(out), [65_533, 65_534, 65_535, 0, 1, 2]);
  assert.is(order.highest, 0x1_0000 + 65_536 + 2);
});

test('a missing packet is asked for at once and again, and given up in the end', () => {
  const order = new Reordering<Packet>();
  order.add({ sequence: 10 }, 0);
  assert.equal(order.add({ sequence: 13 }, 0), []);
  assert.equal(order.takeAsked(0), [11, 12]);
  assert.equal(order.takeAsked(10), []);
  assert.equal(order.takeAsked(50), [11, 12]);
  assert.equal(numbersOf(order.add({ sequence: 11 }, 60)), [11]);
  assert.equal(order.takeAsked(100), [12]);
  assert.equal(order.tick(WAIT_MS - 1), []);
  assert.equal(numbersOf(order.tick(WAIT_MS)), ['lost 1', 13]);
  assert.equal(order.takeAsked(WAIT_MS + 100), []);
  assert.equal(order.add({ sequence: 12 }, WAIT_MS + 1), []);
});

test('a publisher that counts from elsewhere is followed at once', () => {
  const order = new Reordering<Packet>();
  order.add({ sequence: 1 }, 0);
  assert.equal(numbersOf(order.add({ sequence: 30_000 }, 0)), ['lost 1', 30_000]);
  assert.equal(numbersOf(order.add({ sequence: 30_001 }, 0)), [30_001]);
});

test('whatever is lost, doubled or late: order holds, all that is lost is told, memory is bounded', () => {
  const step = fc.record({
    loss: fc.integer({ min: 0, max: 40 }),
    late: fc.integer({ min: 0, max: 30 }),
    isTwice: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), fc.nat(65_535), (steps, first) => {
      const order = new Reordering<Packet & { readonly at: number }>();
      let number = first;
      const sent = steps.flatMap(({ loss, late, isTwice }, i) => {
        number += loss > 35 ? loss - 34 : 1;
        const packet = { sequence: number & 0xffff, at: number, due: i + late };
        return isTwice ? [packet, { ...packet, due: packet.due + 3 }] : [packet];
      });
      const out: Ordered<Packet & { readonly at: number }>[] = [];
      for (const [i, packet] of sent.toSorted((a, b) => a.due - b.due).entries()) {
        out.push(...order.add(packet, i * 5), ...order.tick(i * 5));
        order.takeAsked(i * 5);
      }
      out.push(...order.tick(sent.length * 5 + WAIT_MS));
      let expected: number | undefined;
      for (const one of out) {
        if ('lost' in one) {
          assert.ok(one.lost > 0);
          if (expected !== undefined) expected += one.lost;
        } else {
          if (expected !== undefined) assert.is(one.packet.at, expected);
          expected = one.packet.at + 1;
        }
      }
      // All that came is out, or was given up: nothing is held after the wait.
      if (expected !== undefined) {
        assert.is((expected - 1) & 0xffff, (order.highest ?? 0) & 0xffff);
      }
    }),
    { seed: 17, numRuns: 300 },
  );
});

test.run();
