/** A sale in cash that is sent again is the same sale, until it has an answer. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openSaleIds } from '../../../../../daemon/web/page/crew/sale-ids.ts';

const test = suite('ids of sales in cash');

/** Of one tab. */
function openStorage() {
  const items = new Map<string, string>();
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
}

test('one without an answer keeps its id, and another one, or one later, has its own', () => {
  const { idOf, answered } = openSaleIds(openStorage());
  const first = idOf('poster 1', 0);
  assert.match(first, /^cash-\w+$/);
  assert.is(idOf('poster 1', 60_000), first);
  assert.is.not(idOf('poster 2', 60_000), first);
  // It was given up, and a buyer of the next hour wants the same.
  assert.is.not(idOf('poster 1', 3_600_000), first);
  const third = idOf('tee 1', 0);
  answered('tee 1');
  assert.is.not(idOf('tee 1', 1), third);
});

test('one whose answer was lost is the same one after the next sign-in, and when the page was loaded again', () => {
  const storage = openStorage();
  const first = openSaleIds(storage).idOf('poster 1', 0);
  const { idOf, answered } = openSaleIds(storage);
  assert.is(idOf('poster 1', 60_000), first);
  answered('poster 1');
  assert.is.not(openSaleIds(storage).idOf('poster 1', 60_000), first);
});

test('a tab that saves nothing, or something else, has ids all the same', () => {
  const full = () => {
    throw new Error('full');
  };
  const { idOf } = openSaleIds({ getItem: () => 'no JSON', setItem: full });
  assert.is(idOf('poster 1', 0), idOf('poster 1', 1));
});

test.run();
