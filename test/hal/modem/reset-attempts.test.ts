/** When a modem is reconnected, reset and powered again. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ModemAction, Registration } from '../../../hal/modem/port.ts';
import { type ResetState, startReset, stepReset } from '../../../hal/modem/reset-steps.ts';

const test = suite('reset attempts of a modem');

/** Ten hours of one state, looked at every second. */
function resetsOf(registration: Registration | undefined, canPower: boolean, seconds = 36_000) {
  let state = startReset(0);
  const taken: [atS: number, action: ModemAction][] = [];
  for (let s = 0; s < seconds; s += 1) {
    const step = stepReset(state, s * 1000, registration, canPower);
    state = step.state;
    if (step.action !== undefined) taken.push([s, step.action]);
  }
  return taken;
}

test('a modem that stays away is reconnected, reset, and powered, ever more seldom', () => {
  const taken = resetsOf('searching', true);
  assert.equal(taken.slice(0, 4), [
    [45, 'reconnect'],
    [105, 'reset'],
    [225, 'power'],
    [465, 'power'],
  ]);
  const gaps = taken.slice(1).map(([s], index) => s - (taken[index]?.[0] ?? 0));
  assert.ok(gaps.every((gap) => gap <= 1800) && gaps.at(-1) === 1800);
});

test('without a switched supply a reset is the last step, and nothing reaches an unplugged modem', () => {
  assert.equal(
    resetsOf('registered', false, 300).map(([, action]) => action),
    ['reconnect', 'reset', 'reset'],
  );
  assert.equal(resetsOf(undefined, false), []);
  assert.is(resetsOf(undefined, true)[0]?.[1], 'power');
});

test('a locked SIM and a denied one are left to people', () => {
  assert.equal(resetsOf('locked', true), []);
  assert.equal(resetsOf('denied', true), []);
});

test('the next loss starts at the first step after two healthy minutes, and not before', () => {
  const after = (connectedS: number): ModemAction | undefined => {
    let state: ResetState = startReset(0);
    let last: ModemAction | undefined;
    for (let s = 0; s < 500 + connectedS; s += 1) {
      const isConnected = s >= 110 && s < 110 + connectedS;
      const step = stepReset(state, s * 1000, isConnected ? 'connected' : 'searching', true);
      state = step.state;
      if (s >= 110 + connectedS) last ??= step.action;
    }
    return last;
  };
  assert.is(after(60), 'power');
  assert.is(after(180), 'reconnect');
});

test.run();
