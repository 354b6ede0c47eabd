/** Reads an INA219 current sensor. */

import { HalError } from '../os/errors.ts';
import type { GaugeReading } from './port.ts';
import { type Registers, signed16 } from './registers.ts';

/** INA219 (TI SBOS448G), table 2. The current comes from the shunt: no calibration is written. */
const SHUNT_VOLTAGE = 0x01;
const BUS_VOLTAGE = 0x02;

export interface ShuntConfig {
  /** Of the board, not of the chip. */
  readonly shuntMicroOhm: number;
  /** -1 where a positive shunt voltage means that the pack is discharged. */
  readonly currentSign: 1 | -1;
}

/**
 * Bus voltage: bits 15-3 of 4 mV, bit 0 overflow. Shunt: signed, 10 uV a bit.
 *
 * @throws HalError BAD_REPLY on overflow and on what a lost bus reads as.
 */
function parseIna219(busRaw: number, shuntRaw: number, config: ShuntConfig): GaugeReading {
  if (busRaw === 0xffff) throw new HalError('BAD_REPLY', 'INA219: all ones: the bus is not driven');
  if ((busRaw & 1) !== 0) throw new HalError('BAD_REPLY', 'INA219: overflow flag');
  const voltageMv = (busRaw >> 3) * 4;
  const shuntMicroVolt = signed16(shuntRaw) * 10;
  return { voltageMv, currentMa: milliAmps(shuntMicroVolt, config) };
}

/** mA through a shunt. */
export function milliAmps(microVolt: number, { shuntMicroOhm, currentSign }: ShuntConfig): number {
  return (currentSign * 1000 * microVolt) / shuntMicroOhm;
}

export async function readIna219(chip: Registers, config: ShuntConfig): Promise<GaugeReading> {
  return parseIna219(await chip.readWord(BUS_VOLTAGE), await chip.readWord(SHUNT_VOLTAGE), config);
}
