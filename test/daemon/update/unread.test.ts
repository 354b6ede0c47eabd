/** The state of versions that the disk does not give now: nothing replaces it. */
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { install, putOnTrial } from '../../../daemon/update/install.ts';
import { VersionStore } from '../../../daemon/update/store.ts';
import { runTrial } from '../../../daemon/update/trial.ts';
import { onTrial } from '../../../daemon/update/versions.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { layProgram, openWorkshop } from './support/program.ts';

const test = suite('versions that cannot be read now');
const [GOOD, PREVIOUS, NEXT] = ['1.0.5-aaaaaaaaaaaa', '1.0.2-bbbbbbbbbbbb', '1.1-cccccccccccc'];
const NOTHING = { pages: [], picture: false };
const MEMORY = '/proc/self/mem';
const workshop = openWorkshop();

/** A box that has two versions beside the installed one, and a third on trial. */
async function openDisk() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-unread-'));
  const program = join(folder, 'installed');
  layProgram(program, { version: '1.0' });
  const store = new VersionStore(folder, program);
  for (const id of [GOOD, PREVIOUS, NEXT]) layProgram(store.folderOf(id), { version: id });
  mkdirSync(store.folder, { recursive: true });
  const versions = { ...(await store.load()), good: GOOD, previous: PREVIOUS };
  await store.save(onTrial(versions, NEXT, NOTHING));
  const file = join(store.folder, 'state.json');
  const text = readFileSync(file, 'utf8');
  return {
    ...{ folder, store },
    fail: () => {
      renameSync(file, `${file}.kept`);
      // Linux has EIO for address 0 of a process.
      symlinkSync(MEMORY, file);
    },
    heal: () => renameSync(`${file}.kept`, file),
    assertKept: () => {
      assert.is(readlinkSync(file), MEMORY);
      assert.is(readFileSync(`${file}.kept`, 'utf8'), text);
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

async function codeOf(work: Promise<unknown>): Promise<unknown> {
  return await work.then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
}

test('going back and installing change nothing', async () => {
  using disk = await openDisk();
  const { store, fail, assertKept } = disk;
  const deps = {
    ...{ store, key: workshop.key, busyWith: () => undefined, whatWorks: async () => NOTHING },
    running: { id: 'installed', version: '1.0', built: '2020-01-01T00:00:00Z' },
  };
  const { signal } = new AbortController();
  const from = await workshop.release({ version: '1.2' });
  fail();
  assert.is(await codeOf(putOnTrial(PREVIOUS, deps, signal)), 'EIO');
  const asked = { from, isOlderWelcome: false };
  assert.is(await codeOf(install(asked, deps, false, () => undefined, signal)), 'EIO');
  assertKept();
});

test('a version that could not read it when it was started believes it later', async () => {
  using disk = await openDisk();
  const { folder, store, fail, heal } = disk;
  const state = JSON.parse(readFileSync(join(store.folder, 'state.json'), 'utf8'));
  await store.save({ ...state, over: 'as an older launcher tells programs apart' });
  fail();
  const running = new VersionStore(folder, store.folderOf('installed'), NEXT);
  assert.is(await codeOf(running.loadForChange()), 'EIO');
  heal();
  assert.is((await running.loadForChange()).trial?.id, NEXT);
});

/** The disk fails at its first look. Time passes with each wait. */
async function runOn(
  { store, fail }: Awaited<ReturnType<typeof openDisk>>,
  fault: string | undefined,
  onWait: (waits: number) => void = () => undefined,
) {
  let [nowMs, waits] = [0, 0];
  const clock: Clock = {
    ...{ wallMs: () => nowMs, monotonicMs: () => nowMs },
    sleep: async (ms) => {
      nowMs += ms;
      waits += 1;
      onWait(waits);
    },
  };
  const faultOf = async () => {
    if (nowMs === 0) fail();
    return fault;
  };
  const deps = {
    ...{ id: NEXT, store, faultOf, phase: () => 'idle' as const, onEvent: () => undefined },
    ...{ end: () => undefined, clock, log: silentLog },
  };
  return await codeOf(runTrial(deps, new AbortController().signal));
}

test('a version that fails its trial ends the box, and changes nothing', async () => {
  using disk = await openDisk();
  assert.is(await runOn(disk, 'no picture comes'), 'EIO');
  disk.assertKept();
});

test('one that passes is kept, beside the one before, once the disk can be read', async () => {
  using disk = await openDisk();
  const onWait = (waits: number) => {
    disk.assertKept();
    // After the minute of its trial.
    if (waits === 35) disk.heal();
  };
  assert.is(await runOn(disk, undefined, onWait), undefined);
  const { good, previous, trial } = await disk.store.load();
  assert.equal([good, previous, trial], [NEXT, GOOD, null]);
});

test.after(() => rmSync(workshop.folder, { recursive: true, force: true }));

test.run();
