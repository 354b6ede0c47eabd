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

test('what was down at the start is ignored until it was left alone for half a minute', () => {
  const reported = run(
    levels(0, 'a'),
    tick(60_000),
    up('a', 61_000),
    down('a', 90_900),
    up('a', 91_000),
    down('a', 121_000),
    up('a', 121_100),
  );
  assert.equal(reported, ['a short 121100']);
});

test('a host who presses on and on is heard after two minutes', () => {
  const pressed = Array.from({ length: 25 }, (_, turn) => {
    const atMs = 65_000 + 5_000 * turn;
    return [down('a', atMs), up('a', atMs + 500)];
  });
  const reported = run(levels(0, 'a'), tick(60_000), up('a', 61_000), ...pressed.flat());
  assert.equal(reported, ['a short 185500']);
});

test('it asks to be woken when it has verified a button', () => {
  const unverified = stepGestures(startGestures(), levels(0, 'a')).state;
  const { state, wakeAtMs } = stepGestures(unverified, up('a', 500));
  assert.is(wakeAtMs, 30_500);
  assert.equal([...state.unverified.keys()], ['a']);
  assert.is(stepGestures(state, tick(30_500)).state.unverified.size, 0);
});

test('a button that is wired the other way round does nothing, however it is pressed', () => {
  // It does nothing: some hold it for long, others press it again and again.
  const turnOf = (heldMaxMs: number, againMax: number) =>
    fc.record({
      heldMs: fc.integer({ min: 50, max: heldMaxMs }),
      gapsMs: fc.array(fc.integer({ min: 50, max: 2_900 }), { maxLength: againMax }),
      pauseMs: fc.integer({ min: 3_000, max: 300_000 }),
    });
  const turn = fc.oneof(turnOf(29_000, 2), turnOf(2_000, 20));
  const patterns = fc.array(turn, { maxLength: 20 });
  const pressed = fc.property(patterns, fc.boolean(), (turns, isReplugged) => {
    let nowMs = 20_000;
    const inputs: Input[] = [levels(0, 'drop')];
    // Pressing it opens it, letting it go closes it, and so it stays.
    const hold = (heldMs: number, thenMs: number) => {
      const letGoMs = nowMs + heldMs;
      inputs.push(up('drop', nowMs));
      if (isReplugged) inputs.push(levels(nowMs + heldMs / 2));
      inputs.push(down('drop', letGoMs), tick(letGoMs + thenMs));
      nowMs = letGoMs + thenMs;
    };
    for (const { heldMs, gapsMs, pauseMs } of turns) {
      for (const gapMs of gapsMs) hold(heldMs, gapMs);
      hold(heldMs, pauseMs);
    }
    assert.equal(run(...inputs), []);
  });
  fc.assert(pressed, { seed: 13, numRuns: 500 });
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
          assert.equal(gesture.buttons, before.activePress?.buttons);
          assert.ok(gesture.buttons.every((button) => !before.ignored.has(button)));
        }
        if (step.wakeAtMs !== undefined) assert.ok(step.wakeAtMs > state.nowMs);
        assert.is(
          state.activePress?.buttons.some((button) => state.ignored.has(button)) ?? false,
          false,
        );
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(seen > 100, `the property saw only ${seen} gestures`);
});

test.run();
