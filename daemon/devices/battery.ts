/** Opens the battery of the config. */
import { absentBattery } from '../../hal/absent.ts';
import { lateI2cBus, openI2cBus } from '../../hal/battery/i2c.ts';
import { openBattery } from '../../hal/battery/open.ts';
import type { Battery } from '../../hal/battery/port.ts';
import { openSimulatedBattery } from '../../hal/battery/simulated.ts';
import type { LineDriver } from '../../hal/gpio/port.ts';
import { HalError } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import type { LinesOs } from './lines.ts';
import type { SimulatedDevices } from './simulated-controls.ts';

/** A phone's power bank, half empty in the evening. */
const SIMULATED_PACK = { capacityMah: 6000, drawMa: 1500, chargeMa: 1000, startPct: 78 };

/**
 * Absent where there is none. A named board that does not answer, or its bus, is
 * `unknown` and tried again at each reading; `auto` searches at the start only.
 *
 * @param lines The machine's own, from `openLines`.
 *
 * Rejects with HalError for an impossible board.
 */
export async function openConfiguredBattery(
  { power }: Pick<Config, 'power'>,
  lines: LineDriver | undefined,
  simulated: SimulatedDevices,
  os: LinesOs,
  signal: AbortSignal,
  busNumber: number = power.i2c_bus,
): Promise<Battery> {
  const { clock, log } = os;
  if (power.board === 'none') return absentBattery;
  if (power.board === 'simulated') {
    simulated.battery = openSimulatedBattery({ clock, ...SIMULATED_PACK });
    return simulated.battery.battery;
  }
  const capacity = power.capacity_mah > 0 ? { capacityMah: power.capacity_mah } : {};
  const isAuto = power.board === 'auto';
  // The bus of a named board may appear later: until then the battery is unknown.
  const bus = isAuto ? await findBus(busNumber, os) : lateI2cBus(busNumber, clock);
  try {
    const address = power.i2c_address > 0 ? { address: power.i2c_address } : {};
    const isCurrentReversed = power.current_reversed;
    const config = { board: power.board, ...capacity, ...address, isCurrentReversed };
    return (await openBattery(config, bus, lines, clock, signal)) ?? absentBattery;
  } catch (error) {
    if (!(error instanceof HalError) || !isAuto) throw error;
    log.warn('no battery board detected; set power.board', { reason: error.message });
    return absentBattery;
  }
}

async function findBus(number: number, { clock, log }: LinesOs) {
  try {
    return await openI2cBus(number, clock);
  } catch (error) {
    const isMissing = error instanceof HalError && error.code === 'NOT_FOUND';
    log[isMissing ? 'info' : 'warn']('no I2C bus', { reason: messageOf(error) });
    return undefined;
  }
}
