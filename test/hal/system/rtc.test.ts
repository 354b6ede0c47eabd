/** A clock that goes on while the machine is off. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isKeptByRtc } from '../../../hal/system/rtc.ts';

const test = suite('real-time clock');
const NOW_MS = Date.UTC(2026, 10, 30);

test('keeps the time where the kernel took it from there, and it has not begun anew', () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-rtc-'));
  const keeps = (hctosys: string, sinceEpochMs: number) => {
    writeFileSync(join(folder, 'hctosys'), `${hctosys}\n`);
    writeFileSync(join(folder, 'since_epoch'), `${Math.floor(sinceEpochMs / 1_000)}\n`);
    return isKeptByRtc(NOW_MS, folder);
  };
  assert.is(keeps('1', NOW_MS - 900), true);
  // Not asked at the start; without its battery; of a clock that was set since.
  assert.is(keeps('0', NOW_MS), false);
  assert.is(keeps('1', 40_000), false);
  assert.is(keeps('1', NOW_MS - 3_600_000), false);
  rmSync(folder, { recursive: true });
  assert.is(isKeptByRtc(NOW_MS, folder), false);
});

test.run();
