/** What is kept of past drops. */
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Reports } from '../../../daemon/drop/reports.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { DropRecords } from '../../../daemon/report/recorder.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { runAll } from '../../../hal/os/task.ts';
import { figures, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { shop } from '../mqtt/support/shop.ts';

const test = suite('what is kept of past drops');

const START_MS = Date.UTC(2026, 10, 23, 20);

async function startBox(folder: string, first: Partial<BoxSnapshot['drop']> = {}) {
  const clock = new VirtualClock(START_MS);
  let drop: BoxSnapshot['drop'] = { phase: 'idle', sinceMs: START_MS, ...first };
  let viewers = 2;
  let change: Partial<BoxSnapshot> = {};
  const snapshot = (): BoxSnapshot => ({
    ...WELL,
    media: figures({ viewers: { ...figures().viewers, viewers } }),
    drop,
    ...change,
  });
  const deps = { snapshot, clock, log: silentLog };
  const reports = new Reports(join(folder, 'reports.json'), deps);
  const records = new DropRecords({ ...deps, folder: join(folder, 'reports'), reports });
  const stop = new AbortController();
  const running = runAll([(ends) => reports.run(ends), (ends) => records.run(ends)], stop.signal);
  const pass = async (isThere: () => boolean) => {
    for (let i = 0; i < 6_000 && !isThere(); i += 1) {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    assert.ok(isThere());
  };
  const points = (id: string) => records.read(id)?.series.at_s.length ?? 0;
  return {
    records,
    pass,
    points,
    watch: (count: number) => {
      viewers = count;
    },
    set: (next: Partial<BoxSnapshot>) => {
      change = { ...change, ...next };
    },
    live: async (dropId: string) => {
      drop = { phase: 'live', sinceMs: clock.wallMs(), dropId };
      const data = { dropId, isResumed: false };
      records.record({ type: 'drop.live', severity: 'info', atMs: clock.wallMs(), data });
      await pass(() => points(dropId) >= 3);
    },
    idle: async () => {
      const { dropId = '' } = drop;
      drop = { ...drop, phase: 'idle' };
      await pass(() => records.list().some((one) => one.drop === dropId && one.has_series));
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

const newFolder = () => mkdtemp(join(tmpdir(), 'venuebox-records-'));

test('a drop leaves its report, its figures over time, and what happened; also after a restart', async () => {
  const folder = await newFolder();
  {
    await using box = await startBox(folder);
    await box.live('one');
    box.watch(7);
    const before = box.points('one');
    await box.pass(() => box.points('one') > before + 1);
    assert.is(box.records.read('one')?.report, null, 'it is on');
    assert.equal(box.records.list(), []);
    await box.idle();
    await box.live('two');
    await box.idle();
  }
  await using again = await startBox(folder);
  await again.pass(() => again.records.list().length === 2);
  const record = again.records.read('one');
  assert.is(record?.report?.viewers_peak, 7);
  assert.ok(record?.series.columns['viewers']?.includes(7));
  assert.equal(record?.log, [{ at_s: 0, type: 'drop.live', text: 'went live' }]);
  assert.equal((await readdir(join(folder, 'reports'))).toSorted(), ['one.json', 'two.json']);
});

test('a drop that goes on after the box was off has one record, of all of it', async () => {
  const folder = await newFolder();
  let before = 0;
  {
    await using box = await startBox(folder);
    await box.live('cut');
    before = box.points('cut');
  }
  await using again = await startBox(folder, { phase: 'live', dropId: 'cut' });
  await again.pass(() => again.points('cut') > before + 1);
  const at = again.records.read('cut')?.series.at_s ?? [];
  assert.equal(
    at,
    [...new Set(at)].toSorted((a, b) => a - b),
  );
});

test('what is paid after the end of a drop is in its report and its file, also after a restart', async () => {
  const folder = await newFolder();
  const shown = { id: 'friday', title: 'Friday', startsAt: '', endsAt: '' };
  const paid = (orders: number) => ({
    shop: { ...shop(0), isOver: true, sales: { orders, pieces: orders, amounts: [] } },
  });
  const onDisk = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const isSaved = (orders: number) =>
    onDisk('reports/one.json').report?.sales?.orders === orders &&
    onDisk('reports.json').reports.at(-1).sales.orders === orders;
  {
    await using box = await startBox(folder);
    const plannedDrops = { shown, list: [], faults: [], file: '' };
    box.set({ plannedDrops, shop: { ...shop(0), sales: { orders: 1, pieces: 1, amounts: [] } } });
    await box.live('one');
    await box.idle();
    assert.is(box.records.read('one')?.report?.sales?.orders, 1);
    box.set(paid(2));
    await box.pass(() => isSaved(2));
    assert.is(box.records.read('one')?.report?.sales?.orders, 2);
  }
  {
    await using box = await startBox(folder);
    box.set(paid(3));
    await box.pass(() => isSaved(3));
    assert.is(box.records.read('one')?.report?.sales?.orders, 3);
  }
});

test('a damaged file costs its plots, and no name leads out of the folder', async () => {
  const folder = await newFolder();
  {
    await using box = await startBox(folder);
    await box.live('one');
    await box.idle();
  }
  const file = join(folder, 'reports', 'one.json');
  await writeFile(file, (await readFile(file, 'utf8')).slice(0, 100));
  await using again = await startBox(folder);
  assert.is(again.records.read('one')?.report?.drop, 'one');
  assert.equal(again.records.read('one')?.series.at_s, []);
  for (const id of ['../reports', '..', 'a/b', '', 'none']) {
    assert.is(again.records.read(id), undefined, id);
  }
});

test.run();
