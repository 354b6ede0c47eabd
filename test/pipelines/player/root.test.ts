/** Addresses that a guest hands to others. */
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { entryPoint } from '../../../hal/os/process.ts';

const test = suite('addresses for other guests');
// Files after this one share its process.
test.after(() => {
  for (const name of ['document', 'location']) Reflect.deleteProperty(globalThis, name);
});

const BOX = 'http://192.168.4.1:8080/';

/** @param given What the page says of its own address, where the config sets that. */
async function openPage(path: string, root: string | undefined, given: string | undefined) {
  const document = {
    body: { dataset: { ...(root === undefined ? {} : { root }) } },
    baseURI: `${BOX}${path}`,
    querySelector: () => (given === undefined ? null : { content: given }),
  };
  Object.assign(globalThis, { document, location: new URL(document.baseURI) });
  // Each page reads its root once.
  const url = pathToFileURL(entryPoint(import.meta.url, '../../../pipelines/player/root'));
  url.search = encodeURIComponent(path + given);
  return (await import(url.href)) as typeof import('../../../pipelines/player/root.ts');
}

test('a clip is shared by the address that is set, from the live page as from others', async () => {
  const given = 'https://example.org/tonight/';
  const live = await openPage('', undefined, given);
  assert.is(live.ownUrl().href, given);
  assert.is(live.urlForOthers('clip/abc').href, `${given}clip/abc`);
  assert.is(live.ROOT.href, BOX, 'this guest goes on by the one that works here');
  for (const path of ['replay/', 'clip/xyz']) {
    const page = await openPage(path, '../', `${given}${path}`);
    assert.is(page.urlForOthers('clip/abc').href, `${given}clip/abc`);
  }
});

test('where none is set it is the one that this guest has, without what is this guest’s own', async () => {
  const page = await openPage('index.html?lang=de&profile=phone', undefined, undefined);
  assert.is(page.ownUrl().href, BOX);
  assert.is(page.urlForOthers('clip/abc').href, `${BOX}clip/abc`);
});

test.run();
