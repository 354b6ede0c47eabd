/** How far the guests' page rewinds, by its bar and its keys: without a browser and without media. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { en } from '../../../pipelines/player/text/en.ts';

const test = suite('bar for rewinding');
// Files after this one share its process.
test.after(() => void Reflect.deleteProperty(globalThis, 'document'));

/** As much of an element as the bar needs. */
class FakeElement extends EventTarget {
  value = '0';
  min = '';
  hidden = true;
  textContent = '';
  paused = false;
  readonly dataset = {};
  readonly attributes = new Map<string, string>();
  readonly #classes = new Set<string>();
  readonly style = { setProperty: () => undefined };
  readonly classList = {
    add: (name: string) => void this.#classes.add(name),
    remove: (...names: string[]) => names.forEach((name) => void this.#classes.delete(name)),
    contains: (name: string) => this.#classes.has(name),
  };
  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }
  removeAttribute(name: string): void {
    this.attributes.delete(name);
  }
  /** It plays nothing. */
  canPlayType(): string {
    return '';
  }
}

async function openBar() {
  const elements = new Map<string, FakeElement>();
  const byId = (id: string) => {
    const found = elements.get(id) ?? new FakeElement();
    elements.set(id, found);
    return found;
  };
  const body = new FakeElement();
  const document = {
    ...{ body, baseURI: 'http://box.local/', documentElement: { lang: 'en' } },
    getElementById: byId,
  };
  Object.defineProperty(globalThis, 'document', { value: document, configurable: true });
  const { Rewind } = await import('../../../pipelines/player/rewind.ts');
  const holds: boolean[] = [];
  const rewind = new Rewind({
    video: new FakeElement() as unknown as HTMLVideoElement,
    loop: { hold: (isHeld) => void holds.push(isHeld), setPaused: () => undefined },
    nowMs: () => 0,
  });
  const bar = byId('rewind');
  return {
    ...{ rewind, bar, body, holds, byId },
    press: (key: string) => bar.dispatchEvent(Object.assign(new Event('keydown'), { key })),
    moveTo: (value: string, ...events: readonly string[]) => {
      bar.value = value;
      for (const event of events) bar.dispatchEvent(new Event(event));
    },
  };
}

test('it goes back as far as the box lets guests, and not before the drop began', async () => {
  const { rewind, bar, byId } = await openBar();
  const shown = (dvrS: number, liveMs: number) => {
    rewind.setRange(dvrS, liveMs);
    rewind.render();
    return byId('rewinding').hidden ? 'none' : bar.min;
  };
  assert.is(shown(0, 3_600_000), 'none', 'the box has no rewinding');
  assert.is(shown(1_800, 10_000), 'none', 'there is nothing to go back to yet');
  assert.is(shown(1_800, 90_500), '-90');
  assert.is(shown(1_800, 3_600_000), '-1800');
});

test('the arrows go ten seconds back and forth, from the end of the recording and within the range', async () => {
  const { rewind, bar, body, holds, press } = await openBar();
  rewind.setRange(45, 3_600_000);
  press('Enter');
  assert.not(rewind.isOn);
  const values = ['ArrowLeft', 'ArrowDown', 'ArrowLeft', 'ArrowLeft', 'ArrowRight'].map((key) => {
    press(key);
    return bar.value;
  });
  assert.equal(values, ['-20', '-30', '-40', '-45', '-35']);
  assert.ok(rewind.isOn && body.classList.contains('rewound'));
  assert.equal(holds, [true], 'what is live gives the video away once');
  for (const key of ['ArrowUp', 'ArrowUp', 'ArrowUp']) press(key);
  assert.not(rewind.isOn || body.classList.contains('rewound'), 'nearer than ten seconds is live');
});

test('a bar that is moved says where it would go, and goes there once it is let go', async () => {
  const { rewind, bar, byId, moveTo } = await openBar();
  rewind.setRange(1_800, 3_600_000);
  moveTo('-75', 'input');
  assert.is(byId('behind').textContent, '−01:15');
  assert.not(rewind.isOn);
  rewind.render();
  assert.is(bar.value, '-75', 'playback does not move it meanwhile');
  moveTo('-75', 'change');
  assert.ok(rewind.isOn);
  moveTo('-4', 'input', 'change');
  assert.is(byId('behind').textContent, '');
  assert.is(bar.attributes.get('aria-valuetext'), en.live);
  assert.not(rewind.isOn);
});

test('a recording that does not open leads back to live, and says so', async () => {
  const { rewind, byId, holds, press } = await openBar();
  rewind.setRange(1_800, 3_600_000);
  // Nobody waits until what is announced is taken away again.
  const { setTimeout } = globalThis;
  Object.assign(globalThis, {
    setTimeout: (...args: Parameters<typeof setTimeout>) => setTimeout(...args).unref(),
  });
  press('ArrowLeft');
  while (holds.length < 2) await new Promise((resolve) => setImmediate(resolve));
  Object.assign(globalThis, { setTimeout });
  assert.equal(holds, [true, false]);
  assert.not(rewind.isOn);
  assert.is(byId('announce').textContent, en.failed);
});

test.run();
