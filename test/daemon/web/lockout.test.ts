/** Pauses and locks after wrong PINs. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Lockout, TRIES_BEFORE_LOCK } from '../../../daemon/web/lockout.ts';

const test = suite('lockout');
const MINUTE_MS = 60_000;
const client = (key: string) => ({ key, isDevice: false });

/** Guesses as fast as it is let; returns the time at which `count` wrong ones were given. */
function guess(lockout: Lockout, address: string, count: number, fromMs: number): number {
  let nowMs = fromMs;
  for (let i = 0; i < count; i += 1) {
    nowMs += lockout.refusal(client(address), nowMs)?.waitMs ?? 0;
    lockout.recordFailure(client(address), nowMs);
  }
  return nowMs;
}

test('three wrong PINs have no pause; then each pause is twice the last', () => {
  const lockout = new Lockout();
  const pauses: number[] = [];
  let nowMs = 0;
  for (let i = 0; i < 9; i += 1) {
    lockout.recordFailure(client('a'), nowMs);
    const waitMs = lockout.refusal(client('a'), nowMs)?.waitMs ?? 0;
    pauses.push(waitMs / 1000);
    nowMs += waitMs;
  }
  assert.equal(pauses, [0, 0, 0, 1, 2, 4, 8, 16, 30]);
});

test('ten wrong ones in a row lock for five minutes, ten more for ten', () => {
  const lockout = new Lockout();
  const firstMs = guess(lockout, 'a', TRIES_BEFORE_LOCK, 0);
  assert.equal(lockout.refusal(client('a'), firstMs), { waitMs: 5 * MINUTE_MS, isLocked: true });
  const secondMs = guess(lockout, 'a', TRIES_BEFORE_LOCK, firstMs);
  assert.equal(lockout.refusal(client('a'), secondMs), { waitMs: 10 * MINUTE_MS, isLocked: true });
  assert.is(lockout.refusal(client('a'), secondMs + 10 * MINUTE_MS), undefined);
});

test('another address is not locked by it', () => {
  const lockout = new Lockout();
  const nowMs = guess(lockout, 'a', TRIES_BEFORE_LOCK, 0);
  assert.is(lockout.refusal(client('b'), nowMs), undefined);
  assert.is(lockout.triesLeft(client('b'), nowMs), TRIES_BEFORE_LOCK);
});

test('the right PIN clears the wrong ones of its address', () => {
  const lockout = new Lockout();
  guess(lockout, 'a', 3, 0);
  assert.is(lockout.triesLeft(client('a'), 0), 7);
  lockout.recordSuccess(client('a'));
  assert.is(lockout.triesLeft(client('a'), 0), 10);
});

test('thirty wrong ones from many addresses lock all addresses that have never signed in', () => {
  const lockout = new Lockout();
  lockout.recordSuccess(client('crew'));
  for (let i = 0; i < 30; i += 1) lockout.recordFailure(client(`guest-${i}`), 1_000);
  assert.equal(lockout.refusal(client('new'), 1_000), { waitMs: 10 * MINUTE_MS, isLocked: true });
  assert.is(lockout.refusal(client('crew'), 1_000), undefined);
  assert.is(lockout.refusal(client('new'), 1_000 + 10 * MINUTE_MS), undefined);
});

test('an attacker with as many addresses as it likes gets fewer than 200 guesses a day', () => {
  const lockout = new Lockout();
  let nowMs = 0;
  let guesses = 0;
  while (nowMs < 24 * 60 * MINUTE_MS) {
    const address = `attacker-${guesses}`;
    const refusal = lockout.refusal(client(address), nowMs);
    nowMs += refusal?.waitMs ?? 0;
    lockout.recordFailure(client(address), nowMs);
    guesses += 1;
  }
  assert.ok(guesses < 200, `${guesses} guesses`);
});

test('a host of many addresses locks itself out, and not all others', () => {
  const lockout = new Lockout();
  let guesses = 0;
  for (; lockout.refusal(client(`fe80:0:0:0:0:0:0:${guesses}`), 0) === undefined; guesses += 1) {
    lockout.recordFailure(client(`fe80:0:0:0:0:0:0:${guesses}`), 0);
  }
  assert.is(guesses, TRIES_BEFORE_LOCK);
  const other = client('2001:db8:0:1:0:0:0:1');
  assert.equal(lockout.refusal(other, 0), { waitMs: 5 * MINUTE_MS, isLocked: true });
  assert.is(lockout.refusal(client('10.0.0.7'), 0), undefined);
  assert.is(lockout.triesLeft(client('10.0.0.7'), 0), TRIES_BEFORE_LOCK);
});

test('one wrong PIN of each of several phones makes none of them wait', () => {
  const lockout = new Lockout();
  for (let i = 0; i < 9; i += 1) lockout.recordFailure(client(`fe80:0:0:0:0:0:0:${i}`), 0);
  const phone = client('fe80:0:0:0:0:0:0:ff');
  assert.is(lockout.refusal(phone, 0), undefined);
  assert.is(lockout.triesLeft(phone, 0), 1);
  lockout.recordSuccess(phone);
  assert.is(lockout.triesLeft(client('fe80:0:0:0:0:0:0:aa'), 0), TRIES_BEFORE_LOCK);
});

test('wrong ones are forgotten a day later', () => {
  const lockout = new Lockout();
  guess(lockout, 'a', 9, 0);
  const dayLaterMs = 25 * 60 * MINUTE_MS;
  assert.is(lockout.triesLeft(client('a'), dayLaterMs), 10);
});

test.run();
