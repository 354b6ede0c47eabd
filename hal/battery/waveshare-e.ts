/** Reads a Waveshare UPS HAT (E). */

import { HalError } from '../os/errors.ts';
import type { GaugeReading } from './port.ts';
import { type Registers, signed16 } from './registers.ts';

/**
 * The controller of the Waveshare UPS HAT (E), little-endian, from the board's
 * wiki:
 *
 *   0x00  0x0A, and 0x01  0x0B: its identity
 *   0x02  state: b0-2 charger phase, b5 USB-C in, b6 power delivery, b7 charging
 *   0x20  u16 pack mV, s16 mA, u16 %, u16 mAh left, u16 minutes left, u16 minutes to full
 *   0x30  u16 mV of each of four cells
 */
const STATE = 0x02;
const PACK = 0x20;
const PACK_BYTES = 12;
const CELLS = 0x30;
const CELLS_BYTES = 8;

function parseWaveshareE(state: number, pack: Buffer): GaugeReading {
  if (pack.length < PACK_BYTES) throw new HalError('BAD_REPLY', 'Waveshare (E): a short block');
  const voltageMv = pack.readUInt16LE(0);
  const chargePct = pack.readUInt16LE(4);
  if (voltageMv > 20_000 || chargePct > 100) {
    throw new HalError('BAD_REPLY', `Waveshare (E): ${voltageMv} mV and ${chargePct} %`);
  }
  const isCharging = (state & 0x80) !== 0;
  const mains = (state & 0x20) !== 0 ? 'on' : 'off';
  const minutesLeft = pack.readUInt16LE(8);
  // The board keeps the last figure while it charges; 0 and all ones are no figure.
  const isTimeKnown = mains === 'off' && minutesLeft > 0 && minutesLeft < 0xffff;
  return {
    voltageMv,
    chargePct,
    currentMa: signed16(pack.readUInt16LE(2)),
    mains,
    isCharging,
    ...(isTimeKnown ? { timeLeftS: minutesLeft * 60 } : {}),
  };
}

/** Four cells of lithium ions, from empty to full with some error. */
const PACK_MV = { min: 8_000, max: 18_000 };
/** The pack is measured by itself. */
const CELLS_ERROR_MV = 500;

/**
 * Whether the chip is this board's controller: sensors and port expanders have its address too. It
 * holds the voltage of four cells and a percentage, and its identity or the voltages of the cells
 * that the pack is made of: firmwares are known that leave registers empty.
 */
export async function isWaveshareE(chip: Registers): Promise<boolean> {
  const pack = await chip.readBlock(PACK, PACK_BYTES);
  const cells = await chip.readBlock(CELLS, CELLS_BYTES);
  if (pack.length < PACK_BYTES || cells.length < CELLS_BYTES) return false;
  const packMv = pack.readUInt16LE(0);
  if (packMv < PACK_MV.min || packMv > PACK_MV.max || pack.readUInt16LE(4) > 100) return false;
  const cellsMv = [0, 2, 4, 6].reduce((sum, at) => sum + cells.readUInt16LE(at), 0);
  if (Math.abs(cellsMv - packMv) <= CELLS_ERROR_MV) return true;
  return (await chip.readByte(0x00)) === 0x0a && (await chip.readByte(0x01)) === 0x0b;
}

export async function readWaveshareE(chip: Registers): Promise<GaugeReading> {
  return parseWaveshareE(await chip.readByte(STATE), await chip.readBlock(PACK, PACK_BYTES));
}
