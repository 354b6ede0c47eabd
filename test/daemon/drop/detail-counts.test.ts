/** What a report says of links, battery and sound. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type CountsInput,
  resumeCounts,
  startCounts,
  stepCounts,
} from '../../../daemon/drop/counts.ts';
import { reportOf } from '../../../daemon/drop/report.ts';

const test = suite('links, battery and sound in a report');

const START_MS = Date.UTC(2026, 10, 23, 20);
const NOTHING: CountsInput = { media: undefined, uplink: undefined };

const links = (...sent: readonly [id: string, bytes: number, bps: number][]) => {
  const all = sent.map(([id, sentBytesTotal, bitrateBps]) => ({ id, sentBytesTotal, bitrateBps }));
  return { uplink: { bond: { links: all, switches: [] } } } as never as Partial<CountsInput>;
};
const charge = (chargePct: number, mains: 'on' | 'off') =>
  ({ battery: { phase: 'known', source: 'test', chargePct, mains } }) as const;
const sound = (...peakDbfs: number[]) => ({ levels: { peakDbfs, rmsDbfs: peakDbfs } });

/** One look a second. */
function counted(...looks: readonly Partial<CountsInput>[]) {
  let counts = startCounts('d', START_MS);
  for (const [s, look] of looks.entries()) {
    counts = stepCounts(counts, { ...NOTHING, ...look }, START_MS + s * 1_000);
  }
  return counts;
}

test('each link has its bytes, its share, and its bitrate; those before the drop do not count', () => {
  const counts = counted(
    links(['5g', 1_000_000, 0], ['lte', 500, 0]),
    links(['5g', 1_750_000, 6e6], ['lte', 250_500, 2e6]),
    links(['5g', 2_500_000, 5e6], ['lte', 250_500, 0]),
  );
  assert.equal(reportOf(counts).links, [
    { id: '5g', sent_b: 1_500_000, share_ratio: 0.857, bitrate_bps: 6e6, bitrate_max_bps: 6e6 },
    { id: 'lte', sent_b: 250_000, share_ratio: 0.143, bitrate_bps: 1e6, bitrate_max_bps: 2e6 },
  ]);
});

test('the bytes of a link count on after the box was started again', () => {
  const before = counted(links(['5g', 1_000, 0]), links(['5g', 3_000, 0]));
  const after = stepCounts(
    resumeCounts(before),
    { ...NOTHING, ...links(['5g', 500, 0]) },
    START_MS + 600_000,
  );
  assert.is(reportOf(after).links?.[0]?.sent_b, 2_500);
});

test('a failover says when, which link, and why', () => {
  const reason = 'nothing came back';
  const switches = [{ atMs: 5, link: '5g', from: 'active', to: 'out', reason }];
  const uplink = { bond: { links: [{ id: '5g', sentBytesTotal: 0, bitrateBps: 0 }], switches } };
  const report = reportOf(counted({}, { uplink } as never));
  assert.equal(report.failover_log, [
    { at: '2026-11-23T20:00:01.000Z', link: '5g', to: 'out', reason },
  ]);
  assert.is(report.failovers, 1);
});

test('the battery says where it was, and whether the mains were off', () => {
  const report = (...looks: Partial<CountsInput>[]) => reportOf(counted(...looks)).battery;
  const off = report(charge(90, 'on'), charge(80, 'off'), charge(85, 'on'));
  assert.equal(off, { start_ratio: 0.9, end_ratio: 0.85, on_battery: true });
  assert.is(report(charge(90, 'on'))?.on_battery, false);
  assert.is(report({ battery: { phase: 'absent' } }), null);
});

test('sound says its peak, and how long there was silence; a box that was off was not silent', () => {
  const quiet = sound(-80, -90);
  const report = reportOf(counted(sound(-12, -20), quiet, quiet, sound(-80, -6)));
  assert.equal(report.sound, { peak_dbfs: -6, silence_s: 2 });
  const resumed = stepCounts(
    resumeCounts(counted(quiet)),
    { ...NOTHING, ...quiet },
    START_MS + 3_600_000,
  );
  assert.is(reportOf(resumed).sound?.silence_s, 0);
});

test.run();
