import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FLIGHTS_MAX, Flights } from '../../../pipelines/edge/flights.ts';

const test = suite('flights of an edge');

/** Begins fetches for as long as there is room. Returns how many. */
function takeAll(flights: Flights, address: string | undefined): number {
  for (let taken = 0; ; taken += 1) {
    if (!flights.hasRoomFor(address)) return taken;
    flights.add(`${address} ${taken}`, {
      header: () => undefined,
      address,
      why: 'uri-miss',
      landed: undefined,
      isOver: Promise.resolve(),
    });
  }
}

test('one address begins 32 at once, and as many again when they have landed', () => {
  const flights = new Flights();
  for (let round = 0; round < 3; round += 1) {
    assert.is(takeAll(flights, '10.0.0.1'), 32);
    for (let i = 0; i < 32; i += 1) flights.delete(`10.0.0.1 ${i}`);
    flights.delete('10.0.0.1 0');
  }
});

test('eight addresses that take what they can still leave room for another', () => {
  const flights = new Flights();
  const took = Array.from({ length: 8 }, (_, i) => takeAll(flights, `10.0.0.${i}`));
  assert.equal(took, [32, 32, 32, 16, 8, 4, 2, 1]);
  assert.ok(flights.hasRoomFor('10.0.1.1'));
  for (let i = 0; i < 32; i += 1) flights.delete(`10.0.0.0 ${i}`);
  assert.is(takeAll(flights, '10.0.1.1'), 17);
});

test('the box’s own are bounded by the total only', () => {
  assert.is(takeAll(new Flights(), undefined), FLIGHTS_MAX);
});

test.run();
