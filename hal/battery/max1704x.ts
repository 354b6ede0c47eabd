/** Reads a MAX1704x fuel gauge. */

import { HalError } from '../os/errors.ts';
import type { GaugeReading } from './port.ts';
import type { Registers } from './registers.ts';

/** MAX17040/41 (19-5210), MAX17043/44, MAX17048/49 (19-6171), table 2. */
const VCELL = 0x02;
const SOC = 0x04;

export type MaxModel = 'max17040' | 'max17043' | 'max17048';

/**
 * VCELL: 12 bits of 1.25 mV, on the 17048 16 bits of 78.125 uV. SOC: 1/256 %,
 * which may pass 100 % with a model that does not fit the cell.
 *
 * The chip measures no current, so charging is not known from it: that is the
 * board's pin. Its first figure after power-up is a guess for a second.
 */
function parseMax1704x(model: MaxModel, vcellRaw: number, socRaw: number): GaugeReading {
  if (vcellRaw === 0xffff || vcellRaw === 0) {
    throw new HalError('BAD_REPLY', `${model}: no cell voltage`);
  }
  const voltageMv = model === 'max17048' ? vcellRaw * 0.078125 : (vcellRaw >> 4) * 1.25;
  const chargePct = socRaw / 256;
  if (chargePct > 120) throw new HalError('BAD_REPLY', `${model}: charge of ${chargePct} %`);
  return { voltageMv, chargePct: Math.min(100, chargePct) };
}

export async function readMax1704x(chip: Registers, model: MaxModel): Promise<GaugeReading> {
  return parseMax1704x(model, await chip.readWord(VCELL), await chip.readWord(SOC));
}
