/** Maps that keep what was set last. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { setNewest } from '../../../../hal/os/limits/newest.ts';

const test = suite('the newest of a map');

test('the oldest goes where there are too many; what is set again is the newest', () => {
  const map = new Map<string, number>();
  for (const key of ['a', 'b', 'a', 'c']) setNewest(map, key, map.size, 2);
  assert.equal([...map.keys()], ['a', 'c']);
});

test('a value that is set again is the new one', () => {
  const map = new Map([['a', 1]]);
  setNewest(map, 'a', 2, 1);
  assert.equal([...map], [['a', 2]]);
});

test.run();
