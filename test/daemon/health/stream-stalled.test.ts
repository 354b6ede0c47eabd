/** A packager that hangs while all else runs: named, and restarted. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { isAlive, startBox, until } from '../../support/box.ts';

const test = suite('a stream that stalls');
const LONG_MS = 60_000;

test('while live, parts that do not come are an alert, and what makes them is restarted', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-stuck-'));
  const file = join(folder, 'stuck');
  const stuck = entryPoint(import.meta.url, '../../support/media/stuck-packager');
  const main = entryPoint(import.meta.url, '../../../daemon/main');
  const program = [...process.execArgv, '--import', stuck, main];
  try {
    const prefix = ['env', `STUCK_PACKAGER_FILE=${file}`];
    await using box = await startBox(['sound.driver=none'], ['demo'], prefix, program);
    await box.ready();
    const state = () => box.state<BoxSnapshot>();
    const parts = async () => (await state()).media?.partsTotal ?? 0;
    await until(async () => (await parts()) > 5, LONG_MS, box.output);
    const hung = box.childPid('media') ?? 0;
    await writeFile(file, '');
    const alert = async () =>
      (await state()).warnings.find(
        ({ key }) => key === 'stream-stalled' || key === 'media-silent',
      );
    await until(async () => (await alert()) !== undefined, LONG_MS, box.output);
    assert.match((await alert())?.detail ?? '', /no part was published for [2-9]\.\d s/);
    await rm(file);
    await until(() => !isAlive(hung), LONG_MS, box.output);
    await until(async () => (await parts()) > 5, LONG_MS, box.output);
    assert.match(box.output(), 'media pipeline stalled');
    const events = box.output().match(/media\.restarted/g) ?? [];
    assert.is(events.length, 1, 'once, and the new one has time to load');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test.run();
