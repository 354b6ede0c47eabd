/** A drop that ended does not go live again, whatever the disk does. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseSavedDrop, readSavedDrop, type SavedDrop } from '../../../daemon/drop/saved-drop.ts';
import { openDropSaver } from '../../../daemon/drop/saver.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { seeded } from '../../support/seeded.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { openVolume } from '../../support/volume.ts';
import { startMachine } from './support/box-with-drop.ts';
import { FaultyDisk } from './support/faulty-disk.ts';

const test = suite('an ended drop stays ended');

const PATH = '/state/drop.json';
const FAULTS = ['before', 'half-way', 'after'] as const;

const stateOf = (live: string | undefined, last: string): SavedDrop => ({
  v: 1,
  live: live === undefined ? null : { dropId: live, sinceMs: 1 },
  lastDropId: last,
  aliveMs: 1,
  isClockSet: true,
});

function liveAfterPowerCut(disk: FaultyDisk): readonly (string | undefined)[] {
  const texts = disk.afterPowerCut(PATH);
  return texts.map((text) => parseSavedDrop(text ?? '').saved?.live?.dropId);
}

test('with any writes that fail, a power cut after an answer leaves what the answer said', async () => {
  for (let seed = 1; seed <= 400; seed += 1) {
    const random = seeded(seed);
    let share = 0;
    const disk = new FaultyDisk(() =>
      random() < share ? (FAULTS[Math.floor(random() * 3)] ?? 'before') : 'none',
    );
    const clock = new VirtualClock();
    const saver = openDropSaver(PATH, { clock, log: silentLog, disk, onFault: () => undefined });
    for (let drop = 0; drop < 6; drop += 1) {
      for (const live of [`drop-${drop}`, undefined]) {
        share = random() < 0.3 ? 0 : random();
        saver.save(stateOf(live, `drop-${drop}`));
        const fault = await saver.saved();
        const found = liveAfterPowerCut(disk);
        const wrong = found.filter((dropId) => dropId !== undefined && dropId !== live);
        if (fault?.goesLive !== true) assert.equal(wrong, [], `seed ${seed}, drop ${drop}`);
        if (fault === undefined) assert.equal([...new Set(found)], [live], `seed ${seed}`);
      }
    }
    share = 0;
    await clock.advance(60_000);
    saver.refresh({ aliveMs: 2, isClockSet: true });
    assert.is(await saver.saved(), undefined, `seed ${seed}: saved once the disk is well`);
  }
});

test('`end` fails, and says what a restart would do, while the disk takes nothing at all', async () => {
  let isBroken = false;
  const disk = new FaultyDisk(() => (isBroken ? 'before' : 'none'));
  await using box = await startMachine({ disk });
  assert.is((await box.run('go-live', { args: { force: true } })).status, 'done');
  isBroken = true;
  const ended = await box.run('end');
  assert.is(ended.status === 'failed' && ended.code, 'NOT_SAVED');
  assert.match(ended.detail, 'a restart would go live again');
  assert.is(box.drop.faults().notSaved?.goesLive, true);
  isBroken = false;
  await box.clock.advance(3_000);
  assert.is(box.drop.faults().notSaved, undefined);
  isBroken = true;
  const live = await box.run('go-live', { args: { force: true } });
  assert.match(live.detail, 'it would not resume after a power failure');
});

test('on a full file system an ended drop is over after a power cut', async () => {
  await using volume = await openVolume(256 * 1024);
  if (volume === undefined) return;
  const { folder } = volume;
  await using box = await startMachine({ folder });
  assert.is((await box.run('go-live', { args: { force: true } })).status, 'done');
  await writeFile(join(folder, 'fill'), Buffer.alloc(400_000)).catch(() => undefined);
  const ended = await box.run('end');
  const { saved } = await readSavedDrop(box.stateFile);
  assert.is(saved?.live ?? undefined, undefined, await readFile(box.stateFile, 'utf8'));
  assert.is(ended.status, 'done');
  assert.match(box.drop.faults().notSaved?.reason ?? '', 'ENOSPC');
});

test.run();
