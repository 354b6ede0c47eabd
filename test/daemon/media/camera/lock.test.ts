/** Tests of the exposure lock during a drop. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runCameraLock } from '../../../../daemon/media/camera/lock.ts';
import { openCameraLockStore } from '../../../../daemon/media/camera/lock-store.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import { openCamera } from '../../../../hal/camera/open.ts';
import type { Camera, LockedControls } from '../../../../hal/camera/port.ts';
import { HalError } from '../../../../hal/os/errors.ts';
import type { Log } from '../../../../hal/os/log.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { WELL } from '../../../support/snapshot.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';
import { scratch } from '../../mqtt/support/mosquitto.ts';

const test = suite('camera lock');

const TEST_CAMERA = openCamera({
  driver: 'test',
  device: '',
  format: 'raw',
  file: '',
  launch: '',
  width: 320,
  height: 180,
  fps: 30,
});

/** A log whose words are store. */
function openWords() {
  const words: string[] = [];
  const say = (level: string) => (message: string, fields?: object) =>
    void words.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  const log: Log = { ...silentLog, info: say('info'), warn: say('warn') };
  return { words, log };
}

const HELD: LockedControls = [[0x9a0901, 3]];

async function startLock(
  isOn = true,
  failing?: () => HalError | undefined,
  device?: Camera,
  former?: LockedControls,
) {
  const clock = new VirtualClock();
  const did: string[] = [];
  const { words, log } = openWords();
  const work = async (what: string, signal: AbortSignal) => {
    signal.throwIfAborted();
    const error = failing?.();
    if (error !== undefined) throw error;
    did.push(what);
    return HELD;
  };
  const camera: Camera = device ?? {
    ...TEST_CAMERA,
    lock: (signal) => work('lock', signal),
    unlock: async (signal, held) => void (await work(held ? 'unlock for it' : 'unlock', signal)),
  };
  let held = former;
  const store = {
    load: async () => held,
    save: async (next: LockedControls) => {
      held = next.length > 0 ? next : undefined;
    },
  };
  let box: BoxSnapshot = { ...WELL, drop: { phase: 'idle', sinceMs: 0 } };
  let isLocked = false;
  const stop = new AbortController();
  const running = runCameraLock(
    {
      camera: isOn ? camera : undefined,
      store,
      snapshot: () => box,
      onLocked: (next) => {
        isLocked = next;
      },
      clock,
      log,
    },
    stop.signal,
  );
  const pass = async (ms: number) => {
    for (let passedMs = 0; passedMs < ms; passedMs += 500) {
      await clock.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return {
    did,
    words,
    pass,
    isLocked: () => isLocked,
    store: () => held,
    set: (change: Partial<BoxSnapshot>) => {
      box = { ...box, ...change };
    },
    phase: (phase: BoxSnapshot['drop']['phase']) => {
      box = { ...box, drop: { phase, sinceMs: 0 } };
    },
    end: async () => {
      stop.abort();
      await running;
    },
  };
}

test('exposure is held from armed to the end of the drop, once it has settled', async () => {
  const lock = await startLock();
  lock.set({ sources: { camera: { phase: 'title', framesPerS: 0, repeatedTotal: 0 } } });
  lock.phase('preflight');
  await lock.pass(5_000);
  lock.phase('armed');
  await lock.pass(5_000);
  assert.equal(lock.did, [], 'no frame has come');
  lock.set({ sources: WELL.sources });
  await lock.pass(2_000);
  assert.equal(lock.did, [], 'the camera is still finding its exposure');
  await lock.pass(2_000);
  assert.equal(lock.did, ['lock']);
  assert.ok(lock.isLocked());
  lock.phase('live');
  await lock.pass(60_000);
  assert.equal(lock.did, ['lock']);
  lock.phase('ending');
  await lock.pass(1_000);
  assert.equal(lock.did, ['lock', 'unlock']);
  assert.not.ok(lock.isLocked());
  await lock.end();
  assert.equal(lock.did, ['lock', 'unlock']);
});

test('a pipeline that is started again is locked again, after it has settled', async () => {
  const lock = await startLock();
  lock.phase('live');
  await lock.pass(5_000);
  const camera = { phase: 'running', restartsTotal: 1 } as const;
  lock.set({ children: { ...WELL.children, camera } });
  await lock.pass(2_000);
  assert.equal(lock.did, ['lock']);
  await lock.pass(3_000);
  assert.equal(lock.did, ['lock', 'lock']);
  await lock.end();
});

test('a box that ends while live gives the camera back', async () => {
  const lock = await startLock();
  lock.phase('live');
  await lock.pass(5_000);
  await lock.end();
  assert.equal(lock.did, ['lock', 'unlock']);
});

test('a camera without controls says so once, and no more', async () => {
  const lock = await startLock(true, undefined, TEST_CAMERA);
  lock.phase('live');
  await lock.pass(60_000);
  lock.phase('idle');
  await lock.pass(5_000);
  lock.phase('live');
  await lock.pass(60_000);
  await lock.end();
  assert.is(lock.words.length, 1);
  assert.match(lock.words[0] ?? '', /^info .*no exposure to lock/);
  assert.not.ok(lock.isLocked());
});

test('what a killed box left locked is given back first, and finds its exposure again', async () => {
  const lock = await startLock(true, undefined, undefined, HELD);
  lock.phase('live');
  await lock.pass(1_000);
  assert.equal(lock.did, ['unlock for it']);
  assert.is(lock.store(), undefined);
  await lock.pass(5_000);
  assert.equal(lock.did, ['unlock for it', 'lock']);
  assert.is(lock.store(), HELD, 'for the box after this one');
  await lock.end();
  assert.is(lock.store(), undefined);
});

test('held controls are saved in a file, for this camera alone', async () => {
  using folder = scratch();
  const { words, log } = openWords();
  const store = openCameraLockStore(folder.path, 'V4L2 usb-1', log);
  assert.is(await store.load(), undefined);
  await store.save(HELD);
  assert.equal(await openCameraLockStore(folder.path, 'V4L2 usb-1', log).load(), HELD);
  assert.is(await openCameraLockStore(folder.path, 'V4L2 usb-2', log).load(), undefined);
  writeFileSync(join(folder.path, 'camera-lock.json'), '{"camera":"V4L2 usb-1","held":[[1]]}');
  assert.is(await store.load(), undefined, 'a broken file is none');
  await store.save([]);
  assert.equal(readdirSync(folder.path), []);
  assert.equal(words, []);
  await openCameraLockStore('/dev/null/no-folder', 'x', log).save(HELD);
  assert.match(words.join(), /^warn camera lock not saved/);
});

test('controls that fail are tried again, reported once, and held when they work', async () => {
  let error: HalError | undefined = new HalError('IO', 'camera: EIO');
  const lock = await startLock(true, () => error);
  lock.phase('live');
  await lock.pass(30_000);
  assert.is(lock.words.length, 1);
  assert.match(lock.words[0] ?? '', /^warn .*EIO/);
  error = undefined;
  await lock.pass(6_000);
  assert.equal(lock.did, ['lock']);
  await lock.end();
});

test('it is left alone where the config says so', async () => {
  const lock = await startLock(false);
  lock.phase('live');
  await lock.pass(10_000);
  await lock.end();
  assert.equal(lock.did, []);
});

test.run();
