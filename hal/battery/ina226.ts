/** Reads an INA226 current sensor. */

import { HalError } from '../os/errors.ts';
import { milliAmps, type ShuntConfig } from './ina219.ts';
import type { GaugeReading } from './port.ts';
import { type Registers, signed16 } from './registers.ts';

/** INA226 (TI SBOS547A), section 7.6. */
const SHUNT_VOLTAGE = 0x01;
const BUS_VOLTAGE = 0x02;
const MANUFACTURER_ID = 0xfe;
/** "TI". */
const MANUFACTURER = 0x5449;
const DIE_ID = 0xff;
/** Bits 15-4; the rest is the revision. */
const DIE = 0x226;

/** Shunt: signed, 2.5 uV a bit. Bus: 1.25 mV a bit, bit 15 always 0. */
function parseIna226(busRaw: number, shuntRaw: number, config: ShuntConfig): GaugeReading {
  if (busRaw > 0x7fff) throw new HalError('BAD_REPLY', 'INA226: bit 15 of the bus voltage is set');
  return {
    voltageMv: busRaw * 1.25,
    currentMa: milliAmps(signed16(shuntRaw) * 2.5, config),
  };
}

export async function readIna226(chip: Registers, config: ShuntConfig): Promise<GaugeReading> {
  const maker = await chip.readWord(MANUFACTURER_ID);
  const die = (await chip.readWord(DIE_ID)) >> 4;
  if (maker !== MANUFACTURER || die !== DIE) {
    throw new HalError('BAD_REPLY', `INA226: the chip identifies itself as 0x${die.toString(16)}`);
  }
  return parseIna226(await chip.readWord(BUS_VOLTAGE), await chip.readWord(SHUNT_VOLTAGE), config);
}
