/** The saved state of a drop. */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SavedDrop } from '../../../daemon/drop/saved-drop.ts';
import { openDropSaver } from '../../../daemon/drop/saver.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('the saved state of a drop');

const saved = (dropId: string | undefined): SavedDrop => ({
  v: 1,
  live: dropId === undefined ? null : { dropId, sinceMs: 1 },
  lastDropId: dropId ?? null,
  aliveMs: 1,
  isClockSet: false,
});

test('a folder that cannot be written is reported once, retried each minute, and reported when it can be', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-saver-'));
  // No user can make a folder where a file is, root neither.
  const blocked = join(folder, 'state');
  await writeFile(blocked, '');
  const path = join(blocked, 'drop.json');
  const clock = new VirtualClock();
  const errors: string[] = [];
  const faults: (string | undefined)[] = [];
  const log = { ...silentLog, error: (what: string) => void errors.push(what) };
  const saver = openDropSaver(path, { clock, log, onFault: (fault) => faults.push(fault?.reason) });
  for (let i = 0; i < 300; i += 1) {
    saver.save(saved(undefined));
    saver.refresh({ aliveMs: 2, isClockSet: false });
    await saver.settled();
    await clock.advance(500);
  }
  assert.equal(errors, ['state not saved']);
  assert.match(faults[0] ?? '', 'EEXIST');
  assert.is(faults.length, 1);
  await rm(blocked);
  await mkdir(blocked);
  await chmod(blocked, 0o700);
  await clock.advance(60_000);
  saver.refresh({ aliveMs: 3, isClockSet: false });
  await saver.settled();
  assert.is(faults.at(-1), undefined);
  assert.is(faults.length, 2);
  assert.is((JSON.parse(await readFile(path, 'utf8')) as SavedDrop).aliveMs, 3);
});

test('a live drop is saved each minute; an idle box writes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-saver-'));
  const path = join(folder, 'drop.json');
  const clock = new VirtualClock();
  const saver = openDropSaver(path, { clock, log: silentLog, onFault: () => undefined });
  const alive = async () => (JSON.parse(await readFile(path, 'utf8')) as SavedDrop).aliveMs;
  for (const [dropId, expected] of [
    ['a', 7],
    [undefined, 1],
  ] as const) {
    saver.save(saved(dropId));
    await saver.settled();
    await clock.advance(61_000);
    saver.refresh({ aliveMs: 7, isClockSet: false });
    await saver.settled();
    assert.is(await alive(), expected);
  }
});

test.run();
