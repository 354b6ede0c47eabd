/** Gaps of the far end, and the files that fill them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAs } from '../../../hal/os/files/json.ts';
import { type Gap, savedGaps, stepGaps } from '../../../pipelines/backfill/gaps.ts';
import { planPieces } from '../../../pipelines/backfill/plan.ts';
import { readJournals } from '../../../pipelines/backfill/recordings.ts';
import { EPOCH_MS, startRecording } from './support/recorded.ts';

const test = suite('gaps of the far end');

const MARGINS = { beforeMs: 5_000, afterMs: 3_000 };
const live = (nowS: number, isDark: boolean) => ({ nowMs: nowS * 1000, isLive: true, isDark });

test('a gap is from before the fault was seen until after the return', () => {
  let gaps: readonly Gap[] = [];
  for (const [s, isDark] of [
    [100, false],
    [101, true],
    [102, true],
    [161, false],
    [162, false],
  ] as const) {
    gaps = stepGaps(gaps, live(s, isDark), MARGINS);
  }
  assert.equal(gaps, [{ fromMs: 96_000, untilMs: 164_000, sent: [] }]);
});

test('a fault that a busy box sees late is a gap from when all was well last', () => {
  const gaps = stepGaps([], live(120, true), MARGINS, 100_000);
  assert.equal(gaps, [{ fromMs: 95_000, sent: [] }]);
});

test('a flapping way is one gap; an end of the drop ends it', () => {
  let gaps: readonly Gap[] = [];
  for (let s = 100; s < 130; s += 1) gaps = stepGaps(gaps, live(s, s % 2 === 0), MARGINS);
  assert.is(gaps.length, 1);
  gaps = stepGaps(gaps, live(131, true), MARGINS);
  gaps = stepGaps(gaps, { nowMs: 140_000, isLive: false, isDark: true }, MARGINS);
  assert.equal(gaps, [{ fromMs: 95_000, untilMs: 140_000, sent: [] }]);
  assert.is(stepGaps(gaps, { nowMs: 9e6, isLive: false, isDark: true }, MARGINS), gaps);
});

test('whatever is seen, all dark seconds are in a gap, gaps are few and are read back', () => {
  const second = fc.record({ isLive: fc.boolean(), isDark: fc.boolean() });
  fc.assert(
    fc.property(fc.array(second, { minLength: 1, maxLength: 40 }), (seconds) => {
      let gaps: readonly Gap[] = [];
      for (const [s, one] of seconds.entries()) {
        gaps = stepGaps(gaps, { nowMs: s * 1000, ...one }, MARGINS);
      }
      for (const [s, { isLive, isDark }] of seconds.entries()) {
        const isIn = ({ fromMs, untilMs = Number.POSITIVE_INFINITY }: Gap) =>
          fromMs <= s * 1000 && s * 1000 <= untilMs;
        if (isLive && isDark) assert.ok(gaps.some(isIn), `second ${s}`);
      }
      assert.ok(gaps.length <= 32);
      assert.equal(parseAs(savedGaps, JSON.stringify({ gaps })), { gaps });
      const older = JSON.stringify({ holes: gaps });
      assert.equal(parseAs(savedGaps, older), { gaps }, 'saved before an update');
    }),
  );
});

test('its files are those of the recording from before to behind it, the same at each look', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-gaps-'));
  const at = (s: number) => EPOCH_MS + s * 1000;
  const gap = { fromMs: at(21), untilMs: at(30), sent: [] };
  const plan = async (isOver = false) => planPieces(gap, await readJournals(folder, gap), isOver);
  const recording = await startRecording(folder);
  await recording.record(28);
  assert.is(await plan(), undefined, 'its end is not recorded yet');
  await recording.record(12);
  const pieces = await plan();
  const paths = pieces?.map(({ path }) => path.replace(`${recording.name}/`, '')) ?? [];
  assert.is(paths[0], 'init.mp4');
  assert.match(paths.at(-1) ?? '', /^gap-20261129T200020-000Z\.m3u8$/);
  // 20 to 32 s, by four.
  assert.is(paths.filter((path) => path.endsWith('.m4s')).length, 3);
  const playlist = pieces?.at(-1);
  assert.match(playlist !== undefined && 'text' in playlist ? playlist.text : '', '#EXT-X-ENDLIST');
  await recording.record(10);
  await recording.end();
  assert.equal(await plan(), pieces);
  rmSync(folder, { recursive: true });
});

test('a gap over two recordings is filled from both, one without any when the drop is over', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-gaps-'));
  const at = (s: number) => EPOCH_MS + s * 1000;
  const gap = { fromMs: at(15), untilMs: at(26), sent: [] };
  const first = await startRecording(folder);
  await first.record(20);
  await first.end();
  assert.is(planPieces(gap, await readJournals(folder, gap), false), undefined);
  const second = await startRecording(folder, 20);
  await second.record(12);
  const pieces = planPieces(gap, await readJournals(folder, gap), false) ?? [];
  assert.is(new Set(pieces.map(({ path }) => path.split('/')[0])).size, 2);
  assert.is(pieces.filter(({ path }) => path.endsWith('.m3u8')).length, 2);
  const never = { fromMs: at(7_000), untilMs: at(7_010), sent: [] };
  assert.is(planPieces(never, await readJournals(folder, never), false), undefined);
  assert.equal(planPieces(never, await readJournals(folder, never), true), []);
  await second.end();
  rmSync(folder, { recursive: true });
});

test.run();
