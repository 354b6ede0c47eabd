/** On which channel the box opens a Wi-Fi network of its own. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quietChannel } from '../../../hal/wifi/access-points.ts';

const test = suite('the channel of a network of the box');

const heard = (channel: number, Strength: number) => ({ Frequency: 2407 + 5 * channel, Strength });

test('it is the one of 1, 6 and 11 whose neighbours are the weakest, and 6 where nobody is heard', () => {
  assert.is(quietChannel([]), 6);
  assert.is(quietChannel([heard(6, 10)]), 1);
  assert.is(quietChannel([heard(6, 80), heard(1, 40)]), 11);
  assert.is(quietChannel([heard(6, 80), heard(3, 50), heard(13, 60)]), 1, 'beside it counts, too');
  assert.is(quietChannel([{ Frequency: 5180, Strength: 100 }]), 6, '5 GHz disturbs none of them');
});

test('whatever is heard, it is one that a card may open anywhere', () => {
  const point = fc.record({ Frequency: fc.integer(), Strength: fc.integer({ min: 0, max: 100 }) });
  fc.assert(
    fc.property(fc.array(fc.oneof(point, fc.constant({}))), (points) => {
      assert.ok([1, 6, 11].includes(quietChannel(points)));
    }),
    { seed: 16 },
  );
});

test.run();
