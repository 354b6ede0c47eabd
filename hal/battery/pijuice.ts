/** Reads a PiJuice. */

import { HalError } from '../os/errors.ts';
import type { GaugeReading, Mains } from './port.ts';
import { type Registers, signed16 } from './registers.ts';

/**
 * PiJuice firmware, as its own library reads it (PiSupply/PiJuice
 * Software/Source/pijuice.py): each answer ends with 0xFF xor all its bytes.
 *
 *   0x40  u8: b2-3 battery (0 normal, 1 charging from input, 2 charging from
 *             5 V header, 3 not present), b4-5 USB input, b6-7 5 V header
 *             (0 not present, 1 bad, 2 weak, 3 present)
 *   0x41  u8 %      0x49  u16 mV      0x4B  s16 mA
 */
const STATUS = 0x40;
const CHARGE = 0x41;
const VOLTAGE = 0x49;
const CURRENT = 0x4b;

/**
 * The bytes before the checksum. The first bit is sometimes read as 0 where it is 1, which the
 * checksum shows (ReadData in pijuice.py).
 *
 * @throws HalError BAD_REPLY when it does not fit.
 */
function checkedPiJuice(bytes: Buffer): Buffer {
  const body = Buffer.from(bytes.subarray(0, -1));
  const [first = 0] = body;
  const wrong = body.reduce((all, byte) => all ^ byte, 0xff) ^ (bytes[body.length] ?? 0);
  const isFirstBit = wrong === 0x80 && first < 0x80;
  if (body.length === 0 || (wrong !== 0 && !isFirstBit)) {
    throw new HalError('BAD_REPLY', 'PiJuice: wrong checksum');
  }
  body[0] = first | wrong;
  return body;
}

/**
 * The firmware measures no current: it estimates one from the change of its charge,
 * with peaks of 26 A seen after a change of supply (PiSupply/PiJuice issues 287 and
 * 738). What its 2.5 A charger and converter cannot carry is left out.
 */
const MAX_MA = 4000;

/** The current is positive while discharging in PiJuice's own figures (its issue 552). */
function parsePiJuice(
  status: Buffer,
  charge: Buffer,
  voltage: Buffer,
  current: Buffer,
): GaugeReading {
  const flags = checkedPiJuice(status).readUInt8(0);
  const battery = (flags >> 2) & 3;
  if (battery === 3) throw new HalError('NOT_FOUND', 'PiJuice: it has no battery');
  const isFed = [flags >> 4, flags >> 6].some((input) => (input & 3) >= 2);
  const mains: Mains = isFed ? 'on' : 'off';
  const currentMa = -signed16(checkedPiJuice(current).readUInt16LE(0));
  return {
    mains,
    isCharging: battery !== 0,
    chargePct: Math.min(100, checkedPiJuice(charge).readUInt8(0)),
    voltageMv: checkedPiJuice(voltage).readUInt16LE(0),
    ...(Math.abs(currentMa) > MAX_MA ? {} : { currentMa }),
  };
}

export async function readPiJuice(chip: Registers): Promise<GaugeReading> {
  return parsePiJuice(...(await readBlocks(chip)));
}

async function readBlocks(chip: Registers): Promise<[Buffer, Buffer, Buffer, Buffer]> {
  return [
    await chip.readBlock(STATUS, 2),
    await chip.readBlock(CHARGE, 2),
    await chip.readBlock(VOLTAGE, 3),
    await chip.readBlock(CURRENT, 3),
  ];
}

/**
 * Whether the chip is a PiJuice: touch panels (GT911) and others have its address too. Each of its
 * answers carries a checksum; rejects with HalError BAD_REPLY where one does not fit.
 */
export async function isPiJuice(chip: Registers): Promise<boolean> {
  for (const block of await readBlocks(chip)) checkedPiJuice(block);
  return true;
}
