/** A page that is older than its box is loaded again: once, and not while a person would lose something. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { reloadUnused } from '../../../../daemon/web/page/ui/reload.ts';

const test = suite('a page that is older than its box');

test('is loaded again once nothing is in use, and only once', () => {
  let reloads = 0;
  let inUse: string | undefined;
  const querySelector = (selectors: string) =>
    inUse !== undefined && selectors.split(', ').includes(inUse) ? {} : null;
  Object.assign(globalThis, {
    document: { querySelector },
    location: { reload: () => (reloads += 1) },
  });
  for (inUse of ['dialog[open]', '#settings', '[data-unsaved]']) reloadUnused(false);
  inUse = undefined;
  reloadUnused(true);
  assert.is(reloads, 0);
  for (let n = 0; n < 3; n += 1) reloadUnused(false);
  assert.is(reloads, 1);
});

test.run();
