/** When slips of an earlier run count for the hour: once the clock is known to be right. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../../daemon/config/config.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { openHour } from '../../../daemon/printing/hour.ts';
import { systemClock } from '../../../hal/os/clock.ts';

const test = suite('hour of the printer');
const NOW_MS = Date.UTC(2026, 10, 30);

function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-hour-'));
  let phase: 'free' | 'synchronised' | undefined;
  const open = (isKept: boolean) => {
    writeFileSync(join(folder, 'hctosys'), isKept ? '1' : '0');
    writeFileSync(join(folder, 'since_epoch'), `${NOW_MS / 1_000}`);
    const config = { printer: { max_per_hour: 60 } } as Pick<Config, 'printer'>;
    return openHour(config, {
      clock: { ...systemClock, wallMs: () => NOW_MS },
      snapshot: () => ({ system: phase && { clock: { phase } } }) as Pick<BoxSnapshot, 'system'>,
      rtcFolder: folder,
    });
  };
  const set = (now: typeof phase) => {
    phase = now;
  };
  return { open, set, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

test('a clock that nothing keeps is known once it is set', () => {
  using box = scratch();
  const { isClockSet, perHour } = box.open(false);
  assert.is(perHour(), 60);
  assert.is(isClockSet?.(), false, 'nothing is known of it yet');
  box.set('free');
  assert.is(isClockSet?.(), false);
  box.set('synchronised');
  assert.is(isClockSet?.(), true);
});

test('a clock that went on while the box was off is right, also of a box that is never online', () => {
  using box = scratch();
  const { isClockSet } = box.open(true);
  box.set('free');
  assert.is(isClockSet?.(), true);
});

test.run();
