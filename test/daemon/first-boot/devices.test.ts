/** Cameras and sound cards as the page asks for them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { shareSearch } from '../../../daemon/first-boot/devices.ts';

const test = suite('devices of the set-up');

test('those who ask while the box looks get the same answer, later ones a new one', async () => {
  const found = { cameras: [], sounds: [] };
  const searches: { end(): void; fail(error: Error): void }[] = [];
  const find = shareSearch(
    () =>
      new Promise((resolve, reject) => {
        searches.push({ end: () => resolve(found), fail: reject });
      }),
  );
  const { signal } = new AbortController();
  const asked = [find(signal), find(signal), find(signal)];
  assert.is(searches.length, 1);
  searches[0]?.fail(new Error('no driver'));
  for (const one of asked) {
    assert.is(await one.catch((error: Error) => error.message), 'no driver');
  }
  const later = find(signal);
  searches[1]?.end();
  assert.equal(await later, found);
  assert.is(searches.length, 2);
});

test.run();
