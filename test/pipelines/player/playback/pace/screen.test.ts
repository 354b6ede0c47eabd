/** The screen of a phone that is the camera, or shows the picture, stays on for as long as it does. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keepScreenOn, openScreen } from '../../../../../pipelines/player/playback/pace/screen.ts';

const test = suite('screen that stays on');
const NAMES = ['document', 'navigator'] as const;
const before = NAMES.map((name) => Object.getOwnPropertyDescriptor(globalThis, name));
// Files after this one share its process.
test.after(() => {
  for (const [i, name] of NAMES.entries()) {
    Reflect.deleteProperty(globalThis, name);
    if (before[i] !== undefined) Object.defineProperty(globalThis, name, before[i]);
  }
});

/** A browser that gives up a lock whenever its page is hidden, as all do. */
function openBrowser(options: { readonly refuses?: boolean; readonly hasLocks?: boolean } = {}) {
  const document = Object.assign(new EventTarget(), { hidden: false });
  const held = new Set<object>();
  const wakeLock = {
    request: async () => {
      if (document.hidden || options.refuses) throw new Error('NotAllowedError');
      const lock = { release: async () => void held.delete(lock) };
      held.add(lock);
      return lock;
    },
  };
  const navigator = options.hasLocks === false ? {} : { wakeLock };
  for (const [name, value] of Object.entries({ document, navigator })) {
    Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  return {
    held,
    show: async (isShown: boolean) => {
      document.hidden = !isShown;
      if (!isShown) held.clear();
      document.dispatchEvent(new Event('visibilitychange'));
      await settled();
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('it is on until the sending ends, and again after another page was looked at', async () => {
  const { held, show } = openBrowser();
  const sending = new AbortController();
  keepScreenOn(sending.signal);
  await settled();
  assert.is(held.size, 1);
  await show(false);
  assert.is(held.size, 0);
  await show(true);
  assert.is(held.size, 1);
  sending.abort();
  await settled();
  assert.is(held.size, 0);
  await show(false);
  await show(true);
  assert.is(held.size, 0, 'and not again');
});

test('one that begins in a hidden page is kept once that is seen', async () => {
  const { held, show } = openBrowser();
  const sending = new AbortController();
  await show(false);
  keepScreenOn(sending.signal);
  await settled();
  assert.is(held.size, 0);
  await show(true);
  assert.is(held.size, 1);
  sending.abort();
});

test('a browser that refuses, or knows no such thing, changes nothing else', async () => {
  for (const options of [{ refuses: true }, { hasLocks: false }]) {
    const { held, show } = openBrowser(options);
    const sending = new AbortController();
    keepScreenOn(sending.signal);
    await show(false);
    await show(true);
    sending.abort();
    await settled();
    assert.is(held.size, 0);
  }
});

test('who watches without sound keeps the screen on while the picture plays', async () => {
  const { held, show } = openBrowser();
  const keepOn = openScreen();
  const count = async (isOn: boolean) => {
    keepOn(isOn);
    await settled();
    return held.size;
  };
  assert.is(await count(false), 0);
  assert.is(await count(true), 1);
  assert.is(await count(true), 1, 'it is asked for once');
  await show(false);
  await show(true);
  assert.is(held.size, 1, 'and again when the page is seen again');
  assert.is(await count(false), 0);
  assert.is(await count(true), 1);
  await count(false);
});

test.run();
