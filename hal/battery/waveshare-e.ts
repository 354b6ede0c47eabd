/** Reads a Waveshare UPS HAT (E). */

import { HalError } from '../os/errors.ts';
import type { GaugeReading } from './port.ts';
import { type Registers, signed16 } from './registers.ts';

/**
 * The controller of the Waveshare UPS HAT (E), little-endian, from the board's
 * wiki:
 *
 *   0x02  state: b0-2 charger phase, b5 USB-C in, b6 power delivery, b7 charging
 *   0x20  u16 pack mV, s16 mA, u16 %, u16 mAh left, u16 minutes left, u16 minutes to full
 *   0x30  u16 mV of each of four cells
 */
const STATE = 0x02;
const PACK = 0x20;
const PACK_BYTES = 12;

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

export async function readWaveshareE(chip: Registers): Promise<GaugeReading> {
  return parseWaveshareE(await chip.readByte(STATE), await chip.readBlock(PACK, PACK_BYTES));
}
