/** What is read of the messages of other boxes, at whatever rate they come. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Allowance } from '../../../daemon/fleet/allowance.ts';

const test = suite('allowance for messages of the fleet');

test('a box that floods is heard twice a second, and takes nothing from the others', () => {
  const allowance = new Allowance();
  let flood = 0;
  for (let ms = 0; ms < 60_000; ms += 1) {
    if (allowance.take('loud', ms)) flood += 1;
    if (ms % 1_000 === 500) assert.ok(allowance.take(`quiet-${((ms / 1_000) % 40) | 0}`, ms));
  }
  assert.ok(flood >= 120 && flood <= 140, String(flood));
});

test('a thousand made-up names keep no box of the fleet from being heard', () => {
  const allowance = new Allowance();
  for (let ms = 0; ms < 30_000; ms += 1) {
    for (const n of [0, 1]) allowance.take(`made-up-${(2 * ms + n) % 1_000}`, ms);
    if (ms % 1_000 === 500) assert.ok(allowance.take('own', ms, true), `${ms}`);
  }
});

test('all that a broker has retained of a hundred boxes is read at once', () => {
  const allowance = new Allowance();
  for (let i = 0; i < 300; i += 1) assert.ok(allowance.take(`box-${i % 100}`, 5));
});

test('whatever names come, no more is read than a hundred a second', () => {
  const message = fc.record({ box: fc.integer({ min: 0, max: 2_000 }), afterMs: fc.nat(3) });
  const property = fc.property(fc.array(message, { maxLength: 4_000 }), (messages) => {
    const allowance = new Allowance();
    let nowMs = 0;
    let taken = 0;
    for (const { box, afterMs } of messages) {
      nowMs += afterMs;
      if (allowance.take(String(box), nowMs)) taken += 1;
    }
    assert.ok(taken <= 1_500 + nowMs / 10 + 1, `${taken} in ${nowMs} ms`);
  });
  fc.assert(property, { seed: 6, numRuns: 30 });
});

test.run();
