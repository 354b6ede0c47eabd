/** The battery of the config. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { openConfiguredBattery } from '../../../daemon/devices/battery.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';

const test = suite('the configured battery');
const never = new AbortController().signal;

/** No machine has so many. */
const NO_SUCH_BUS = 4_000;

function open(board: string) {
  const config = parseConfig('box.yaml', '', [`power.board=${board}`]);
  const os = { clock: systemClock, log: silentLog };
  return openConfiguredBattery(config, undefined, {}, os, never, NO_SUCH_BUS);
}

test('a board on a machine without its I2C bus is unknown with the reason, and the box starts', async () => {
  for (const board of ['geekworm-x728', 'waveshare-ups-hat-c', 'pijuice']) {
    await using battery = await open(board);
    const state = await battery.read(never);
    assert.is(state.phase, 'unknown');
    assert.match(state.phase === 'unknown' ? state.reason : '', 'there is no /dev/i2c-4000');
    assert.match(state.phase === 'unknown' ? state.source : '', board);
  }
});

test('none is absent', async () => {
  await using battery = await open('none');
  assert.is((await battery.read(never)).phase, 'absent');
});

test.run();
