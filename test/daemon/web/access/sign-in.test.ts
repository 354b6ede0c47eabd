/** Signing in while strangers guess: known devices, sign-in opened at the box, the queue. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openKnownDevices } from '../../../../daemon/web/access/devices.ts';
import { OPEN_MS, SignInOpening } from '../../../../daemon/web/access/opening.ts';
import { PinQueue } from '../../../../daemon/web/access/pin-queue.ts';
import type { Client } from '../../../../daemon/web/lockout.ts';
import { SignIn } from '../../../../daemon/web/sign-in.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { TEST_PIN, TEST_PIN_HASH } from '../../../support/operator.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('who may sign in on the operator’s page');

const stranger = (key: string): Client => ({ key, isDevice: false });
const TIMES = { idleMs: 1e9, maxMs: 1e9 };

/** Thirty wrong PINs of ten addresses: every new phone is locked out. */
async function startLocked() {
  const clock = new VirtualClock();
  const opening = new SignInOpening(clock);
  const signIn = new SignIn({ crew: TEST_PIN_HASH }, () => TIMES, {
    clock,
    log: silentLog,
    opening,
  });
  for (let i = 0; i < 30; i += 1) await signIn.tryPin('000000', stranger(`guest ${i % 10}`));
  return { clock, opening, signIn };
}

test('a known device signs in whatever strangers have locked; a new one does while MARK has opened it', async () => {
  const { clock, opening, signIn } = await startLocked();
  const phone = stranger('new phone');
  const locked = await signIn.tryPin(TEST_PIN, phone);
  assert.ok('error' in locked && locked.error === 'locked');
  assert.ok('session' in (await signIn.tryPin(TEST_PIN, { key: 'device a', isDevice: true })));
  opening.open();
  assert.is(signIn.refusal(phone), undefined);
  const wrong = await signIn.tryPin('000000', phone);
  assert.ok('error' in wrong && wrong.error === 'wrong-pin');
  assert.ok('session' in (await signIn.tryPin(TEST_PIN, phone)));
  // It knows the phone's address from here on; another one is locked again after two minutes.
  await clock.advance(OPEN_MS + 1);
  const after = await signIn.tryPin(TEST_PIN, stranger('newer phone'));
  assert.ok('error' in after && after.error === 'locked');
  // The lock is asked before the hash: 5,000 of those take minutes.
  const startedMs = performance.now();
  for (let i = 0; i < 5_000; i += 1) await signIn.tryPin('000000', stranger(`more ${i}`));
  assert.ok(performance.now() - startedMs < 30_000);
});

/** Guesses as often as it is let, from these addresses, until the opening is over. */
async function guess(opening: SignInOpening, clock: VirtualClock, addresses: number) {
  let wrong = 0;
  for (let second = 0; second * 1_000 < OPEN_MS; second += 1) {
    for (let i = 0; i < addresses; i += 1) {
      while (opening.isOpenFor(`guest ${i}`)) {
        opening.recordFailure(`guest ${i}`);
        wrong += 1;
      }
    }
    // A phone that has not failed yet is let in at every moment.
    if (addresses <= 30) assert.ok(opening.isOpenFor('new phone'), `after ${second} s`);
    await clock.advance(1_000);
  }
  return wrong;
}

test('while it is open a few who guess keep no new phone out, and all together have a hundred tries', async () => {
  for (const addresses of [1, 5, 30, 300]) {
    const clock = new VirtualClock();
    const opening = new SignInOpening(clock);
    assert.not(opening.isOpenFor('new phone'));
    opening.open();
    const wrong = await guess(opening, clock, addresses);
    assert.ok(wrong <= 100, `${wrong} of ${addresses}`);
    assert.not(opening.isOpenFor('new phone'), 'it is over');
  }
});

test('while it is open a host of many addresses leaves tries for a new phone', async () => {
  const clock = new VirtualClock();
  const opening = new SignInOpening(clock);
  opening.open();
  let tried = 0;
  for (let second = 0; second * 1_000 < OPEN_MS; second += 1) {
    for (; opening.isOpenFor(`fe80:0:0:0:0:0:0:${tried}`); tried += 1) {
      opening.recordFailure(`fe80:0:0:0:0:0:0:${tried}`);
    }
    assert.ok(opening.isOpenFor('10.0.0.7'), `after ${second} s`);
    await clock.advance(1_000);
  }
  assert.ok(tried > 40 && tried < 60, `${tried}`);
});

test('while it is open two wrong PINs cost nothing, and each further one a pause', async () => {
  const clock = new VirtualClock();
  const opening = new SignInOpening(clock);
  opening.open();
  for (let i = 0; i < 2; i += 1) opening.recordFailure('phone');
  assert.not(opening.isOpenFor('phone'));
  await clock.advance(10_000);
  assert.ok(opening.isOpenFor('phone'));
});

test('in the queue a newcomer goes before those with wrong PINs, and one client has two places', async () => {
  const queue = new PinQueue();
  const done: string[] = [];
  let end = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    end = resolve;
  });
  const run = (client: string, wrong: number) =>
    queue.run(client, wrong, async () => {
      await held;
      done.push(client);
      return client;
    });
  const guesses = Array.from({ length: 12 }, (_, i) => run(`guest ${i}`, 3));
  const crew = run('crew', 0);
  const own = [run('crew', 0), run('crew', 0)];
  end();
  assert.is(await crew, 'crew');
  assert.equal(await Promise.all(own), ['crew', undefined]);
  const finished = await Promise.all(guesses);
  assert.equal(done, ['guest 0', 'crew', 'crew', 'guest 1', 'guest 2']);
  assert.is(finished.filter((one) => one !== undefined).length, 3);
  assert.is(await run('later', 9), 'later');
});

test('a device is known over a restart, and not by a cookie that was changed or made elsewhere', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-devices-'));
  const first = await openKnownDevices(folder, silentLog);
  const cookie = first.issue();
  const again = await openKnownDevices(folder, silentLog);
  assert.is(again.idOf(cookie), cookie.split('.')[0]);
  for (let i = 0; i < cookie.length; i += 1) {
    const changed = `${cookie.slice(0, i)}${cookie[i] === 'A' ? 'B' : 'A'}${cookie.slice(i + 1)}`;
    // The last character carries two bits of no meaning, which are compared as text all the same.
    assert.is(again.idOf(changed), undefined, changed);
  }
  for (const wrong of [undefined, '', '.', `${cookie}x`, 'a.b', 'é'.repeat(66)])
    assert.is(again.idOf(wrong), undefined);
  await writeFile(join(folder, 'operator-device-key'), 'damaged');
  const fresh = await openKnownDevices(folder, silentLog);
  assert.is(fresh.idOf(cookie), undefined);
  assert.is((await openKnownDevices(folder, silentLog)).idOf(fresh.issue())?.length, 22);
  await rm(folder, { recursive: true });
});

test.run();
