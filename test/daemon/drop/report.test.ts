/** Tests of the drop report. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CountsInput,
  noteClip,
  startCounts,
  stepCounts,
} from '../../../daemon/drop/counts.ts';
import { reportOf } from '../../../daemon/drop/report.ts';
import { Reports } from '../../../daemon/drop/reports.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { figures, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { scratch } from '../mqtt/support/mosquitto.ts';

const test = suite('the report of a drop');
const LONG_MS = 20_000;
const START_MS = Date.UTC(2026, 10, 23, 20);

const watching = (
  viewers: number,
  stallsTotal: number,
  p50 = 0,
  p95 = 0,
): Partial<CountsInput> => ({
  media: figures({
    viewers: {
      ...figures().viewers,
      viewers,
      stallsTotal,
      latencyMsByRendition: p50 === 0 ? {} : { mid: { p50, p95, n: viewers } },
    },
  }),
});
const switched = (...moves: readonly [atMs: number, from: string, to: string][]) => {
  const switches = moves.map(([atMs, from, to]) => ({ atMs, from, to, link: 'w', reason: '' }));
  return { uplink: { bond: { switches } } } as never as Partial<CountsInput>;
};
const counted = (...looks: readonly Partial<CountsInput>[]) => {
  const nothing: CountsInput = { media: undefined, uplink: undefined };
  const counts = looks.reduce<ReturnType<typeof startCounts>>(
    (sum, look) => stepCounts(sum, { ...nothing, ...look }, START_MS + 300_000),
    startCounts('d', START_MS),
  );
  return reportOf(counts);
};
const printed = (printedTotal: number) => ({
  prints: { waiting: 0, printedTotal, failedTotal: 0 },
});

test('what was never measured is null, and what did not happen is 0', () => {
  const { drop, started, ended, latency_s, clips, ...others } = counted({});
  assert.equal([drop, started], ['d', '2026-11-23T20:00:00.000Z']);
  assert.is(ended, '2026-11-23T20:05:00.000Z');
  assert.equal([latency_s, clips], [{ p50: null, p95: null, n: 0 }, 0]);
  for (const [name, value] of Object.entries(others)) assert.is(value, null, name);
  const calm = counted({ ...watching(3, 7), ...switched(), ...printed(9) });
  assert.equal([calm.stalls, calm.failovers, calm.prints], [0, 0, 0]);
});

test('viewers are reported at their most, latency as their mean, weighted by the viewers who reported it', () => {
  const reported = counted(
    watching(10, 0, 1_000, 2_000),
    watching(30, 0, 2_000, 4_000),
    watching(5, 0),
  );
  assert.is(reported.viewers_peak, 30);
  assert.equal(reported.latency_s, { p50: 1.75, p95: 3.5, n: 30 });
});

test('a process that was started again counts on, and what was before the drop does not count', () => {
  const looks = [4, 6, 1, 3].map((stalls) => watching(1, stalls));
  assert.is(counted(...looks).stalls, 5);
  assert.is(counted(printed(2), {}, printed(5)).prints, 3);
});

test('a failover is a link that carried and does no more, each counted once', () => {
  const first: [number, string, string] = [10, 'active', 'suspect'];
  const second: [number, string, string] = [20, 'suspect', 'stalled'];
  const third: [number, string, string] = [30, 'stalled', 'active'];
  const reported = counted(
    switched(first),
    switched(first, second),
    switched(first, second, third),
    switched([40, 'active', 'out']),
    // The uplink process was started again, and its clock with it.
    switched([5, 'out', 'active'], [6, 'active', 'out']),
  );
  assert.is(reported.failovers, 3);
});

test('a clip that is made counts', () => {
  assert.is(reportOf(noteClip(startCounts('d', 0))).clips, 1);
});

/** A box whose drop the test moves. */
async function openBox(file: string, first: Partial<BoxSnapshot['drop']> = {}) {
  let aheadMs = 0;
  const clock = new VirtualClock(START_MS);
  const wallMs = clock.wallMs.bind(clock);
  clock.wallMs = () => wallMs() + aheadMs;
  let drop: BoxSnapshot['drop'] = { phase: 'idle', sinceMs: START_MS, ...first };
  let stalls = 0;
  let looks = 0;
  const snapshot = (): BoxSnapshot => {
    looks += 1;
    return { ...WELL, ...watching(2, stalls), drop };
  };
  const reports = new Reports(file, { snapshot, clock, log: silentLog });
  const stop = new AbortController();
  const run = reports.run(stop.signal);
  return {
    reports,
    live: (dropId: string) => {
      drop = { phase: 'live', sinceMs: START_MS, dropId };
    },
    end: () => {
      drop = { ...drop, phase: 'ending', sinceMs: START_MS + 60_000 };
    },
    idle: () => {
      drop = { ...drop, phase: 'idle' };
    },
    setClock: (byMs: number) => {
      aheadMs += byMs;
    },
    stall: (total: number) => {
      stalls = total;
    },
    /** So many looks: each waits for the disk, which knows no virtual time. */
    pass: async (wanted: number) => {
      const atLeast = looks + wanted;
      await until(async () => {
        await clock.advance(1_000);
        return looks >= atLeast;
      }, LONG_MS);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await run;
    },
  };
}

test('each drop leaves one report, the last eight of which outlast a restart', async () => {
  using folder = scratch();
  const file = join(folder.path, 'reports.json');
  {
    await using box = await openBox(file);
    for (let n = 0; n < 10; n += 1) {
      box.live(`drop-${n}`);
      await box.pass(3);
      box.idle();
      await until(async () => {
        await box.pass(1);
        return box.reports.list().at(-1)?.drop === `drop-${n}`;
      }, LONG_MS);
    }
  }
  const { reports } = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal(
    reports.map(({ drop }: { drop: string }) => drop),
    Array.from({ length: 8 }, (_, n) => `drop-${n + 2}`),
  );
  await using again = await openBox(file);
  assert.equal(again.reports.list(), reports);
});

test('a drop in which the clock is set is as long as it was', async () => {
  using folder = scratch();
  await using box = await openBox(join(folder.path, 'reports.json'));
  box.live('set');
  await box.pass(3);
  box.setClock(3 * 86_400_000);
  await box.pass(3);
  box.setClock(-9 * 86_400_000);
  await box.pass(3);
  box.idle();
  await until(async () => {
    await box.pass(1);
    return box.reports.list().length > 0;
  }, LONG_MS);
  const { started = '', ended = '' } = box.reports.list()[0] ?? {};
  const lastedMs = Date.parse(ended) - Date.parse(started);
  assert.ok(lastedMs >= 3_000 && lastedMs < 3_600_000, `${started} to ${ended}`);
});

test('a power cut in a drop costs a minute of its figures, and the drop has one report', async () => {
  using folder = scratch();
  const file = join(folder.path, 'reports.json');
  {
    await using box = await openBox(file);
    box.live('cut');
    await box.pass(2);
    box.stall(5);
    await box.pass(61);
    await until(() => readFileSync(file, 'utf8').includes('"sum":5'), LONG_MS);
  }
  await using again = await openBox(file, { phase: 'live', dropId: 'cut' });
  again.stall(2);
  await again.pass(3);
  again.idle();
  await until(async () => {
    await again.pass(1);
    return again.reports.list().length === 1;
  }, LONG_MS);
  assert.is(again.reports.list()[0]?.stalls, 7);
});

test('a drop that the power ended and that goes on has one report, of all of it', async () => {
  using folder = scratch();
  await using box = await openBox(join(folder.path, 'reports.json'));
  box.live('cells');
  await box.pass(2);
  box.stall(5);
  await box.pass(2);
  box.end();
  await box.pass(2);
  assert.is(box.reports.list().length, 0, 'not before it has ended');
  box.idle();
  await box.pass(2);
  assert.is(box.reports.list()[0]?.stalls, 5);
  box.live('cells');
  box.stall(2);
  await box.pass(2);
  assert.is(box.reports.list().length, 0);
  box.idle();
  await box.pass(2);
  assert.is(box.reports.list().length, 1);
  assert.is(box.reports.list()[0]?.stalls, 7);
});

test('a drop that follows another at once has a report of its own, and so has the first', async () => {
  using folder = scratch();
  await using box = await openBox(join(folder.path, 'reports.json'));
  for (const dropId of ['one', 'two']) {
    box.live(dropId);
    await box.pass(2);
  }
  box.idle();
  await box.pass(2);
  assert.equal(
    box.reports.list().map(({ drop }) => drop),
    ['one', 'two'],
  );
});

test('an end of the program costs no figures', async () => {
  using folder = scratch();
  const file = join(folder.path, 'reports.json');
  {
    await using box = await openBox(file);
    box.live('cut');
    await box.pass(2);
    box.stall(5);
    await box.pass(2);
    box.reports.record({ type: 'clip.made', severity: 'info', atMs: 0, data: {} });
  }
  const { open } = JSON.parse(readFileSync(file, 'utf8'));
  assert.equal([open.stalls.sum, open.clips], [5, 1]);
});

test('a box that comes back too late to go on ends the report where it went down', async () => {
  using folder = scratch();
  const file = join(folder.path, 'reports.json');
  const cut = stepCounts(startCounts('cut', START_MS), WELL, START_MS + 90_000);
  writeFileSync(file, JSON.stringify({ open: cut, reports: [] }));
  await using box = await openBox(file, { sinceMs: START_MS + 36_000_000 });
  await until(() => box.reports.list().length === 1, LONG_MS);
  assert.is(box.reports.list()[0]?.ended, '2026-11-23T20:01:30.000Z');
});

test('a file that is malformed, or cannot be written, prevents no drop', async () => {
  using folder = scratch();
  const file = join(folder.path, 'reports.json');
  writeFileSync(file, '{"open":{"dropId":7},"reports":"many"}');
  await using box = await openBox(file);
  assert.equal(box.reports.list(), []);
  await using blind = await openBox(join(file, 'below-a-file'));
  blind.live('x');
  await blind.pass(2);
  blind.idle();
  await until(async () => {
    await blind.pass(1);
    return blind.reports.list().length === 1;
  }, LONG_MS);
});

test.run();
