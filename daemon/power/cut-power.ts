/** The program that systemd runs last: it cuts the power. */
import type { Battery } from '../../hal/battery/port.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { CONFIG_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { exitNow } from '../../hal/os/libc/exit.ts';
import { messageOf, openLog } from '../../hal/os/log.ts';
import { parseConfig } from '../config/file.ts';
import { openConfiguredBattery } from '../devices/battery.ts';
import { openLines } from '../devices/lines.ts';
import { cutWhereMainsAreOff } from './cut.ts';

/** The board's button alone is held for three seconds. */
const MAX_MS = 15_000;

/**
 * The last program of this machine, started by systemd when all disks are unmounted
 * (systemd/venuebox.shutdown): has the UPS board cut the power.
 *
 * Usage: cut-power.js CONFIG
 */
const log = openLog('info', 'journal').with({
  program: 'venuebox',
});
try {
  const [path = ''] = process.argv.slice(2);
  const config = parseConfig(path, readRegular(path, CONFIG_BYTES_MAX).toString(), []);
  const os = { clock: systemClock, log };
  const signal = AbortSignal.timeout(MAX_MS);
  const lines = openLines({ ...config, panel: { ...config.panel, driver: 'none' } }, {}, os);
  const battery: Battery = await openConfiguredBattery(config, lines.battery, {}, os, signal);
  log.info('power cut requested', {
    result: await cutWhereMainsAreOff(battery, systemClock, signal),
  });
} catch (error) {
  log.error('power not cut', { reason: messageOf(error) });
  process.exitCode = 1;
}
// Open lines and buses would keep it running.
exitNow(process.exitCode === 1 ? 1 : 0);
