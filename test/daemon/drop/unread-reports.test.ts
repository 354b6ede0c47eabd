/** Reports of drops that the disk does not give now, or that are not as this version saves them. */
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startCounts } from '../../../daemon/drop/counts.ts';
import { reportOf } from '../../../daemon/drop/report.ts';
import { Reports } from '../../../daemon/drop/reports.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('drop reports that cannot be read now');

test('stay until others replace them, and are put aside then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-unread-'));
  const file = join(folder, 'reports.json');
  writeFileSync(`${file}.kept`, 'the last ones');
  // Linux has EIO for address 0 of a process.
  symlinkSync('/proc/self/mem', file);
  let phase: 'idle' | 'live' = 'idle';
  const snapshot = () => ({ ...WELL, drop: { phase, sinceMs: 0, dropId: 'next' } });
  const deps = { snapshot, clock: new VirtualClock(0), log: silentLog };
  const run = async () => {
    const stop = new AbortController();
    const running = new Reports(file, deps).run(stop.signal);
    stop.abort();
    await running;
  };
  await run();
  assert.not(existsSync(`${file}.bad`));
  renameSync(file, `${file}.link`);
  renameSync(`${file}.kept`, file);
  assert.is(readFileSync(file, 'utf8'), 'the last ones');
  renameSync(`${file}.link`, file);
  phase = 'live';
  await run();
  assert.match(readFileSync(file, 'utf8'), /"dropId":"next"/);
  renameSync(`${file}.bad`, file);
  rmSync(folder, { recursive: true });
});

test('are left out one by one: of a newer version the others stay, and what is counted', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-unread-'));
  const file = join(folder, 'reports.json');
  const open = { ...startCounts('now', 0), lastMs: 90_000 };
  const old = reportOf({ ...open, dropId: 'old' });
  const newer = { ...old, drop: 'newer', latency_s: { ...old.latency_s, p99: 1 }, mood: 'high' };
  const damaged = { ...old, drop: 7 };
  const counts = { ...open, encores: 2 };
  writeFileSync(file, JSON.stringify({ open: counts, reports: [old, damaged, newer], more: 1 }));
  const snapshot = () => WELL;
  const reports = new Reports(file, { snapshot, clock: new VirtualClock(0), log: silentLog });
  assert.equal(
    reports.list().map(({ drop }) => drop),
    ['old', 'newer'],
  );
  assert.is(reports.present()?.drop, 'now');
  assert.not(existsSync(`${file}.bad`));
  rmSync(folder, { recursive: true });
});

test.run();
