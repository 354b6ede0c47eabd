/** Reads a PiSugar 2. */

import { HalError } from '../os/errors.ts';
import type { GaugeReading } from './port.ts';
import type { Registers } from './registers.ts';

/**
 * The power-bank chips of PiSugar 2 (IP5209) and 2 Pro (IP5312), after ip5209.rs and
 * ip5312.rs of PiSugar/pisugar-power-manager-rs: 14-bit figures, low byte first. The
 * current is signed; so is the voltage of an IP5209, which is counted from 2.6 V.
 */
const IP5209 = { name: 'IP5209', voltage: 0xa2, current: 0xa4, microAmpsPerBit: 745.985 };
const IP5312 = { name: 'IP5312', voltage: 0xd0, current: 0xd2, microAmpsPerBit: 2685.54 };
const MICRO_VOLTS_PER_BIT = 268.55;
const ZERO_MV = 2600;
const BITS = 0x3fff;

export type PiSugar2Chip = 'ip5209' | 'ip5312';

function parsePiSugar2(chip: PiSugar2Chip, voltageRaw: number, currentRaw: number): GaugeReading {
  const { name, microAmpsPerBit } = chip === 'ip5209' ? IP5209 : IP5312;
  // Nothing was measured yet: at 2.6 V to the bit no chip of these feeds a Pi.
  if (voltageRaw === 0) throw new HalError('BAD_REPLY', `${name}: all zeros`);
  if (voltageRaw === 0xffff) throw new HalError('BAD_REPLY', `${name}: all ones`);
  const above = chip === 'ip5209' ? signed14(voltageRaw) : voltageRaw & BITS;
  const voltageMv = ZERO_MV + (above * MICRO_VOLTS_PER_BIT) / 1000;
  return { voltageMv, currentMa: (signed14(currentRaw) * microAmpsPerBit) / 1000 };
}

/** Byte reads: the chips answer no words. */
export async function readPiSugar2(chip: Registers, kind: PiSugar2Chip): Promise<GaugeReading> {
  const { voltage, current } = kind === 'ip5209' ? IP5209 : IP5312;
  const pair = async (low: number) =>
    (await chip.readByte(low)) | ((await chip.readByte(low + 1)) << 8);
  return parsePiSugar2(kind, await pair(voltage), await pair(current));
}

/**
 * PiSugar 3's controller (its datasheet's register table): 0x02 b7 plugged in and
 * b6 charging allowed, 0x22 and 0x23 mV high byte first, 0x2A %.
 */
function parsePiSugar3(state: number, high: number, low: number, pct: number): GaugeReading {
  const voltageMv = (high << 8) | low;
  if (voltageMv > 6000 || pct > 100) {
    throw new HalError('BAD_REPLY', `PiSugar 3: ${voltageMv} mV and ${pct} %`);
  }
  return { voltageMv, chargePct: pct, mains: (state & 0x80) !== 0 ? 'on' : 'off' };
}

export async function readPiSugar3(chip: Registers): Promise<GaugeReading> {
  return parsePiSugar3(
    await chip.readByte(0x02),
    await chip.readByte(0x22),
    await chip.readByte(0x23),
    await chip.readByte(0x2a),
  );
}

/** Its firmware's version, as text; after pisugar3.rs of PiSugar/pisugar-power-manager-rs. */
const VERSION = { register: 0xe2, length: 15 };

/**
 * Whether the chip is a PiSugar 3's controller: EEPROMs (on clock boards) and pulse sensors have
 * its address too. It holds the voltage of a cell, a percentage, and a version.
 */
export async function isPiSugar3(chip: Registers): Promise<boolean> {
  const voltageMv = ((await chip.readByte(0x22)) << 8) | (await chip.readByte(0x23));
  if (voltageMv < 2000 || voltageMv > 6000 || (await chip.readByte(0x2a)) > 100) return false;
  let version = '';
  for (let i = 0; i < VERSION.length; i += 1) {
    const byte = await chip.readByte(VERSION.register + i);
    if (byte === 0) break;
    version += String.fromCharCode(byte);
  }
  return /^[ -~]*\d[ -~]*$/.test(version);
}

function signed14(raw: number): number {
  const value = raw & BITS;
  return value >= 0x2000 ? value - 0x4000 : value;
}
