/** The packets that a sender stores, and those in flight. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  ARRIVED,
  IN_FLIGHT,
  InFlight,
  LOST,
} from '../../../../pipelines/bond/core/path/in-flight.ts';
import { ResendBuffer } from '../../../../pipelines/bond/core/resend-buffer.ts';
import { sequenceAfter } from '../../../../pipelines/bond/wire/sequence.ts';
import { data } from '../support/simulated-srt.ts';

const test = suite('stored packets and packets in flight');

test('the store gives back the bytes of the last 8192 numbers, across the wrap', () => {
  const store = new ResendBuffer();
  const first = 0x7fff_ff00;
  for (let step = 0; step < 9000; step += 1) {
    const sequence = sequenceAfter(first, step);
    store.put(sequence, data(sequence, 100 + (step % 1000)), step);
  }
  const kept = sequenceAfter(first, 1000);
  assert.ok(store.has(kept));
  assert.ok(store.bytesOf(kept).equals(data(kept, 100)));
  assert.not.ok(store.has(sequenceAfter(first, 807)));
  assert.is(store.newest, sequenceAfter(first, 8999));
});

test('a packet too long for a slot is not stored, and its slot has no other', () => {
  const store = new ResendBuffer();
  store.put(5, data(5, 1400), 0);
  store.put(5, data(5, 3000), 1);
  assert.not.ok(store.has(5));
});

test('bytes in flight follow what is sent, arrives, is settled and lost', () => {
  const flight = new InFlight();
  for (const sequence of [1, 2, 3, 4]) flight.add(sequence, 100, sequence);
  assert.is(flight.bytes, 400);
  assert.is(flight.arrive(1), 100);
  assert.is(flight.settle(2), 100);
  assert.ok(flight.lose(3));
  assert.equal([flight.bytes, flight.packets], [100, 1]);
  assert.equal(
    [1, 2, 3, 4].map((sequence) => flight.stateOf(sequence)),
    [ARRIVED, ARRIVED, LOST, IN_FLIGHT],
  );
  assert.is(flight.arrive(1), 0, 'counted once');
});

test('a packet sent again on the same link counts once in flight', () => {
  const flight = new InFlight();
  flight.add(1, 100, 0);
  flight.add(1, 100, 50);
  assert.equal([flight.bytes, flight.packets], [100, 1]);
});

test('an ACK of a packet sent twice on a link says nothing of what was sent between', () => {
  const flight = new InFlight();
  for (const sequence of [1, 2, 3, 4, 5, 1]) flight.add(sequence, 100, 10 * sequence);
  assert.equal([flight.sentOnceMs(1), flight.sentOnceMs(2), flight.sentOnceMs(6)], [-1, 20, -1]);
  flight.arrive(1);
  assert.not.ok(flight.isPassedBy(2, 3), 'the first copy may be the one that arrived');
  flight.arrive(5);
  assert.ok(flight.isPassedBy(2, 3));
  // The number comes round again.
  flight.add(1 + 8192, 100, 70);
  assert.is(flight.sentOnceMs(1 + 8192), 70);
});

test('a packet is overtaken when later ones of its link arrived', () => {
  const flight = new InFlight();
  for (const sequence of [1, 2, 3, 4, 5]) flight.add(sequence, 100, 0);
  flight.arrive(3);
  assert.not.ok(flight.isPassedBy(1, 3));
  flight.arrive(4);
  assert.ok(flight.isPassedBy(1, 3));
});

test.run();
