/** A button that is held: by a finger, by a key, and clicked by a screen reader. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { wireHold } from '../../../../daemon/web/page/ui/hold-button.ts';

const test = suite('button that is held');
const before = Object.getOwnPropertyDescriptor(globalThis, 'document');
// Files after this one share its process.
test.after(() => {
  Reflect.deleteProperty(globalThis, 'document');
  if (before !== undefined) Object.defineProperty(globalThis, 'document', before);
});

const LONG_MS = 3_600_000;
const FINGER = { button: 0, pointerType: 'touch', width: 23, height: 23, pressure: 1 };
const MOUSE = { button: 0, pointerType: 'mouse', width: 1, height: 1, pressure: 0.5 };
const VOICE_OVER = { button: 0, pointerType: 'mouse', width: 0, height: 0, pressure: 0 };
const TALK_BACK = { button: 0, pointerType: 'mouse', width: 1, height: 1, pressure: 0 };

/** A button in a page that is only this button. */
function openButton(holdMs: number) {
  const span = { setAttribute: () => undefined, append: () => undefined };
  const document = { createElement: () => span };
  Object.defineProperty(globalThis, 'document', { value: document, configurable: true });
  const button = Object.assign(new EventTarget(), {
    ...{ dataset: {} as Record<string, string>, disabled: false, isConnected: true },
    ...{ append: () => undefined, setPointerCapture: () => undefined },
    classList: { add: () => undefined },
  });
  const seen: string[] = [];
  wireHold(button as unknown as HTMLButtonElement, holdMs, {
    onHeld: () => seen.push('held'),
    onTooShort: () => seen.push('too short'),
    onClicked: () => seen.push('clicked'),
  });
  const send = (type: string, fields: object = {}) =>
    button.dispatchEvent(Object.assign(new Event(type, { cancelable: true }), fields));
  return {
    button,
    seen,
    send,
    tap: (pointer: object, detail = 1) => {
      send('pointerdown', pointer);
      send('pointerup', pointer);
      send('click', { detail });
    },
    isHeld: () => 'held' in button.dataset,
  };
}

/** Timers fire in the order of their times. */
const held = () => new Promise((resolve) => setTimeout(resolve, 1));

test('a finger or a mouse that lets go early is told to hold, and one that holds is enough', async () => {
  for (const pointer of [FINGER, MOUSE]) {
    const short = openButton(LONG_MS);
    short.tap(pointer);
    assert.equal(short.seen, ['too short']);
    assert.not.ok(short.isHeld());
    const long = openButton(1);
    long.send('pointerdown', pointer);
    assert.ok(long.isHeld());
    await held();
    long.send('pointerup', pointer);
    long.send('click', { detail: 1 });
    assert.equal(long.seen, ['held']);
  }
});

test('the double tap of a screen reader, which presses first, asks for a confirmation', () => {
  for (const pointer of [VOICE_OVER, TALK_BACK]) {
    for (const detail of [0, 1]) {
      const { seen, tap } = openButton(LONG_MS);
      tap(pointer, detail);
      assert.equal(seen, ['clicked']);
    }
  }
});

test('a browser that says of each mouse that it has no pressure: it still holds', async () => {
  const { seen, send } = openButton(1);
  send('pointerdown', TALK_BACK);
  await held();
  send('pointerup', TALK_BACK);
  send('click', { detail: 1 });
  assert.equal(seen, ['held'], 'and its click is not another one');
});

test('a touch that the browser takes for itself says how to hold', () => {
  const { seen, send, isHeld } = openButton(LONG_MS);
  send('pointerdown', FINGER);
  send('pointercancel', FINGER);
  assert.equal(seen, ['too short']);
  assert.not.ok(isHeld());
});

test('after a key, a touch without a click or one that was cancelled, the next click counts', async () => {
  const byKey = openButton(1);
  byKey.send('keydown', { key: 'Enter' });
  await held();
  byKey.send('keyup', { key: 'Enter' });
  byKey.send('click', { detail: 0 });
  assert.equal(byKey.seen, ['held', 'clicked']);

  const byTouch = openButton(1);
  byTouch.send('pointerdown', FINGER);
  await held();
  byTouch.send('pointerup', FINGER);
  byTouch.send('click', { detail: 0 });
  assert.equal(byTouch.seen, ['held', 'clicked']);

  const cancelled = openButton(LONG_MS);
  cancelled.send('pointerdown', FINGER);
  cancelled.send('pointercancel', FINGER);
  cancelled.send('click', { detail: 1 });
  assert.equal(cancelled.seen, ['too short', 'clicked']);
});

test('a button that has gone while it was held does nothing', async () => {
  const { button, seen, send } = openButton(1);
  send('pointerdown', FINGER);
  button.isConnected = false;
  await held();
  assert.equal(seen, []);
});

test.run();
