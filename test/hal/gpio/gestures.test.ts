/** Tests of button press gestures. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Gesture, startGestures, stepGestures } from '../../../hal/gpio/gestures.ts';
import type { InputChange } from '../../../hal/gpio/port.ts';

const test = suite('press gestures');

type Input = InputChange | { readonly kind: 'tick'; readonly atMs: number };

const levels = (atMs: number, ...active: string[]): Input => ({
  kind: 'levels',
  active: new Set(active),
  atMs,
});
const down = (name: string, atMs: number): Input => ({ kind: 'edge', name, isActive: true, atMs });
const up = (name: string, atMs: number): Input => ({ kind: 'edge', name, isActive: false, atMs });
const tick = (atMs: number): Input => ({ kind: 'tick', atMs });

function run(...inputs: readonly Input[]): string[] {
  let state = startGestures();
  const reported: Gesture[] = [];
  for (const input of inputs) {
    const step = stepGestures(state, input);
    state = step.state;
    reported.push(...step.gestures);
  }
  return reported.map((gesture) => {
    const length = gesture.kind === 'press' ? gesture.length : 'reached';
    return `${gesture.buttons.join('+')} ${length} ${gesture.atMs}`;
  });
}

test('a button released before three seconds is a short press, reported at the release', () => {
  const reported = run(levels(0), down('start', 2000), tick(4000), up('start', 4999));
  assert.equal(reported, ['start short 4999']);
});

test('a button released after three seconds is a hold, and reaching it is reported before', () => {
  const reported = run(levels(0), down('start', 2000), tick(5000), up('start', 7000));
  assert.equal(reported, ['start reached 5000', 'start hold 7000']);
});

test('ten seconds are a very long hold, reported while held, and its release is nothing', () => {
  const reported = run(
    levels(0),
    down('start', 2000),
    tick(5000),
    tick(12_000),
    up('start', 13_000),
  );
  assert.equal(reported, ['start reached 5000', 'start very-long 12000']);
});

test('a hold is reported rightly even when no tick came in between', () => {
  const reported = run(levels(0), down('start', 2000), up('start', 20_000));
  assert.equal(reported, ['start reached 5000', 'start very-long 12000']);
});

test('two buttons pressed within 400 ms are one gesture, ended by the first release', () => {
  const reported = run(
    levels(0),
    down('start', 2000),
    down('print', 2400),
    up('start', 3000),
    up('print', 3100),
  );
  assert.equal(reported, ['print+start short 3000']);
});

test('two buttons held together are a hold of both', () => {
  const reported = run(levels(0), down('a', 2000), down('b', 2100), tick(5000), up('b', 6000));
  assert.equal(reported, ['a+b reached 5000', 'a+b hold 6000']);
});

test('a second button pressed late is ignored until it is released', () => {
  const reported = run(
    levels(0),
    down('a', 2000),
    down('b', 2401),
    up('a', 2500),
    up('b', 2600),
    down('b', 3000),
    up('b', 3100),
  );
  assert.equal(reported, ['a short 2500', 'b short 3100']);
});

test('presses in the first second are ignored, to their release', () => {
  const reported = run(levels(0), down('a', 999), up('a', 6000), down('a', 7000), up('a', 7100));
  assert.equal(reported, ['a short 7100']);
});

test('what was down at the start is ignored until it was up for longer than any press', () => {
  const reported = run(
    levels(0, 'a'),
    tick(60_000),
    up('a', 61_000),
    down('a', 72_900),
    up('a', 73_000),
    down('a', 85_000),
    up('a', 85_100),
  );
  assert.equal(reported, ['a short 85100']);
});

test('a button that is wired the other way round does nothing, however it is pressed', () => {
  const pressed = [1, 3, 5, 10].flatMap((seconds, turn) => {
    const atMs = 20_000 + 30_000 * turn;
    const letGoMs = atMs + 1_000 * seconds;
    // Pressing it opens it, letting it go closes it, and so it stays.
    return [up('drop', atMs), down('drop', letGoMs), tick(letGoMs + 11_000)];
  });
  assert.equal(run(levels(0, 'drop'), ...pressed), []);
  const pressedMeanwhile = [levels(0, 'drop'), up('drop', 5_000), levels(6_000)];
  assert.equal(run(...pressedMeanwhile, down('drop', 7_500), tick(20_000)), []);
});

test('a chip that goes ends a hold without a gesture, and its return starts a new first second', () => {
  const reported = run(
    levels(0),
    down('a', 2000),
    { kind: 'gone', reason: 'unplugged', atMs: 3000 },
    tick(20_000),
    up('a', 20_001),
    levels(21_000),
    down('a', 21_500),
    up('a', 21_600),
    down('a', 22_001),
    up('a', 22_100),
  );
  assert.equal(reported, ['a short 22100']);
});

test('before the first levels nothing is a gesture', () => {
  assert.equal(run(down('a', 5000), up('a', 5100)), []);
});

test('any changes in any order give gestures of pressed buttons only, in order of time', async () => {
  const name = fc.constantFrom('a', 'b', 'c');
  const atMs = fc.integer({ min: 0, max: 40_000 });
  const input: fc.Arbitrary<Input> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('edge' as const),
        name,
        isActive: fc.boolean(),
        atMs,
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('tick' as const), atMs }) },
    fc.record({ kind: fc.constant('gone' as const), reason: fc.constant('x'), atMs }),
    fc.record({ kind: fc.constant('lost' as const), edges: fc.nat(9), atMs }),
    fc.array(name).chain((names) =>
      fc.record({
        kind: fc.constant('levels' as const),
        active: fc.constant(new Set(names)),
        atMs,
      }),
    ),
  );
  let seen = 0;
  await fc.assert(
    fc.property(fc.array(input, { maxLength: 60 }), (inputs) => {
      let state = startGestures();
      let lastMs = -Infinity;
      for (const one of [levels(0), ...inputs]) {
        const before = state;
        const step = stepGestures(state, one);
        state = step.state;
        for (const gesture of step.gestures) {
          seen += 1;
          assert.ok(gesture.atMs >= lastMs);
          lastMs = gesture.atMs;
          assert.equal(gesture.buttons, before.grab?.buttons);
          assert.ok(gesture.buttons.every((button) => !before.ignored.has(button)));
        }
        if (step.wakeAtMs !== undefined) assert.ok(step.wakeAtMs > state.nowMs);
        assert.is(state.grab?.buttons.some((button) => state.ignored.has(button)) ?? false, false);
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(seen > 100, `the property saw only ${seen} gestures`);
});

test.run();
