import { absentBattery } from '../../hal/absent.ts';
import { openI2cBus } from '../../hal/battery/i2c.ts';
import { openBattery } from '../../hal/battery/open.ts';
import type { Battery } from '../../hal/battery/port.ts';
import { openSimulatedBattery } from '../../hal/battery/simulated.ts';
import { HalError } from '../../hal/errors.ts';
import type { LineDriver } from '../../hal/gpio/port.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config.ts';
import type { Touchable } from './hand.ts';
import type { LinesOs } from './lines.ts';

/** A Pi's header has its UPS boards on this bus. */
const I2C_BUS = 1;
/** A phone's power bank, half empty in the evening. */
const SIMULATED_PACK = { capacityMah: 6000, drawMa: 1500, chargeMa: 1000, startPct: 78 };

/**
 * The battery of the config, absent where there is none.
 *
 * @param lines The machine's own, as `openLines` gives them for a battery.
 *
 * Rejects with HalError for a board that cannot be.
 */
export async function openConfiguredBattery(
  { power }: Pick<Config, 'power'>,
  lines: LineDriver | undefined,
  touchable: Touchable,
  { clock, log }: LinesOs,
  signal: AbortSignal,
): Promise<Battery> {
  if (power.board === 'none') return absentBattery;
  if (power.board === 'simulated') {
    const simulated = openSimulatedBattery({ clock, ...SIMULATED_PACK });
    touchable.battery = simulated;
    return simulated.battery;
  }
  const capacity = power.capacity_mah > 0 ? { capacityMah: power.capacity_mah } : {};
  const bus = await openI2cBus(I2C_BUS, clock).catch((error: unknown) => {
    log.info('no I2C bus', { reason: messageOf(error) });
    return undefined;
  });
  try {
    const config = { board: power.board, ...capacity };
    return (await openBattery(config, bus, lines, clock, signal)) ?? absentBattery;
  } catch (error) {
    // A board of the config may be plugged in later; which one it is must be said.
    if (!(error instanceof HalError) || power.board !== 'auto') throw error;
    log.warn('battery not known; set power.board', { reason: error.message });
    return absentBattery;
  }
}
