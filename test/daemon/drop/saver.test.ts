import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { SavedDrop } from '../../../daemon/drop/saved-drop.ts';
import { openDropSaver } from '../../../daemon/drop/saver.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('what is kept of a drop');

const kept = (dropId: string | undefined): SavedDrop => ({
  v: 1,
  live: dropId === undefined ? null : { dropId, sinceMs: 1 },
  lastDropId: dropId ?? null,
  aliveMs: 1,
  isClockSet: false,
});

test('a folder that cannot be written is told of once, tried each minute, and told of when it can be', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-keeper-'));
  // Nobody can make a folder where a file is, root neither.
  const place = join(folder, 'state');
  await writeFile(place, '');
  const path = join(place, 'drop.json');
  const clock = new VirtualClock();
  const errors: string[] = [];
  const troubles: (string | undefined)[] = [];
  const log = { ...silentLog, error: (what: string) => void errors.push(what) };
  const keeper = openDropSaver(path, { clock, log, onFault: (why) => troubles.push(why) });
  for (let i = 0; i < 300; i += 1) {
    keeper.save(kept(undefined));
    keeper.refresh({ aliveMs: 2, isClockSet: false });
    await keeper.settled();
    await clock.advance(500);
  }
  assert.equal(errors, ['state not kept']);
  assert.match(troubles[0] ?? '', 'EEXIST');
  assert.is(troubles.length, 1);
  await rm(place);
  await mkdir(place);
  await chmod(place, 0o700);
  await clock.advance(60_000);
  keeper.refresh({ aliveMs: 3, isClockSet: false });
  await keeper.settled();
  assert.is(troubles.at(-1), undefined);
  assert.is(troubles.length, 2);
  assert.is((JSON.parse(await readFile(path, 'utf8')) as SavedDrop).aliveMs, 3);
});

test('while a drop goes on it says each minute that it does; an idle box writes nothing', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-keeper-'));
  const path = join(folder, 'drop.json');
  const clock = new VirtualClock();
  const keeper = openDropSaver(path, { clock, log: silentLog, onFault: () => undefined });
  const alive = async () => (JSON.parse(await readFile(path, 'utf8')) as SavedDrop).aliveMs;
  for (const [dropId, expected] of [
    ['a', 7],
    [undefined, 1],
  ] as const) {
    keeper.save(kept(dropId));
    await keeper.settled();
    await clock.advance(61_000);
    keeper.refresh({ aliveMs: 7, isClockSet: false });
    await keeper.settled();
    assert.is(await alive(), expected);
  }
});

test.run();
