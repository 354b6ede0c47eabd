/** The UPS boards that are supported, as data. */

import { type ChargeCurve, LI_ION, PISUGAR_CELL, PISUGAR_PRO_CELL } from './curve.ts';
import type { MaxModel } from './max1704x.ts';
import { isPiJuice } from './pijuice.ts';
import { isPiSugar3, type PiSugar2Chip } from './pisugar.ts';
import type { Registers } from './registers.ts';
import { isWaveshareE } from './waveshare-e.ts';

/**
 * UPS boards as data, from the datasheets of their gauge chips. None was tried on a
 * board yet: shunts and pins are as their makers' examples have them.
 */
export interface BoardProfile {
  readonly id: string;
  readonly name: string;
  readonly address: number;
  /** Whether a chip at its address is the board's: others have that too. Rejects where it cannot be read. */
  readonly isOne?: (chip: Registers) => Promise<boolean>;
  readonly gauge: GaugeProfile;
  /** Cells in series. */
  readonly cells: number;
  /** As sold; the config names the real one where other cells are fitted. */
  readonly capacityMah: number;
  readonly curve: ChargeCurve;
  /** Inner resistance of one cell with its springs and wires. */
  readonly cellMilliOhm: number;
  readonly mains: MainsProfile;
  /** How the board is asked to cut the power; absent where it cannot be, or is not known. */
  readonly powerOff?: PowerOffProfile;
  /** GPIO line held high while the system runs, where the board waits for one. */
  readonly bootedLine?: string;
}

type GaugeProfile =
  | {
      readonly chip: 'ina219' | 'ina226';
      readonly shuntMicroOhm: number;
      readonly currentSign: 1 | -1;
    }
  | { readonly chip: MaxModel }
  | { readonly chip: PiSugar2Chip }
  | { readonly chip: 'waveshare-e' | 'pijuice' | 'pisugar-3' };

export type MainsProfile =
  /** A GPIO input; the polarity differs between boards of one maker. */
  | { readonly by: 'line'; readonly line: string; readonly lostWhen: 'high' | 'low' }
  /** The gauge itself reports it. */
  | { readonly by: 'gauge' }
  /** Only a flowing current shows it: a Pi never draws less than this from a pack. */
  | { readonly by: 'current'; readonly lostBelowMa: number }
  | { readonly by: 'nothing' };

type PowerOffProfile =
  /**
   * A line that is the board's power button: held for so long it asks for the end, and
   * the power goes seconds after the booted line is low.
   */
  | { readonly by: 'button'; readonly line: string; readonly pulseMs: number }
  | { readonly by: 'register'; readonly register: number; readonly value: number };

const DRAWN: MainsProfile = { by: 'current', lostBelowMa: -60 };
const CELL = { curve: LI_ION, cellMilliOhm: 60, capacityMah: 2600 };

const geekworm = (lostWhen: 'high' | 'low') =>
  ({
    ...CELL,
    address: 0x36,
    gauge: { chip: 'max17040' },
    cells: 1,
    capacityMah: 5200,
    mains: { by: 'line', line: 'GPIO6', lostWhen },
  }) as const;

const waveshareIna = (shuntMicroOhm: number) =>
  ({
    // Waveshare's examples draw a straight line from 3.0 to 4.2 V, which says 57 % of a
    // cell with 30 % left: that is not what the time left may be made of.
    ...CELL,
    gauge: { chip: 'ina219', shuntMicroOhm, currentSign: 1 },
    mains: DRAWN,
  }) as const;

export const BOARDS: readonly BoardProfile[] = [
  {
    ...waveshareIna(100_000),
    id: 'waveshare-ups-hat',
    name: 'Waveshare UPS HAT',
    address: 0x42,
    cells: 2,
  },
  {
    ...waveshareIna(10_000),
    id: 'waveshare-ups-hat-b',
    name: 'Waveshare UPS HAT (B)',
    address: 0x42,
    cells: 2,
  },
  {
    ...waveshareIna(10_000),
    id: 'waveshare-ups-hat-c',
    name: 'Waveshare UPS HAT (C)',
    address: 0x43,
    cells: 1,
    capacityMah: 1000,
  },
  {
    // As (C), with a 21700 cell.
    ...waveshareIna(10_000),
    id: 'waveshare-ups-hat-d',
    name: 'Waveshare UPS HAT (D)',
    address: 0x43,
    cells: 1,
    capacityMah: 5000,
  },
  {
    ...CELL,
    id: 'waveshare-ups-hat-e',
    name: 'Waveshare UPS HAT (E)',
    address: 0x2d,
    isOne: isWaveshareE,
    gauge: { chip: 'waveshare-e' },
    cells: 4,
    mains: { by: 'gauge' },
    powerOff: { by: 'register', register: 0x01, value: 0x55 },
  },
  {
    ...geekworm('high'),
    id: 'geekworm-x728-v1',
    name: 'Geekworm X728 V1.x and V2.0',
    powerOff: { by: 'button', line: 'GPIO13', pulseMs: 3000 },
    bootedLine: 'GPIO12',
  },
  {
    ...geekworm('high'),
    id: 'geekworm-x728',
    name: 'Geekworm X728 V2.1 and later',
    powerOff: { by: 'button', line: 'GPIO26', pulseMs: 3000 },
    bootedLine: 'GPIO12',
  },
  {
    ...geekworm('low'),
    id: 'geekworm-x1200',
    name: 'Geekworm X1200',
  },
  {
    ...geekworm('low'),
    id: 'geekworm-x1201',
    name: 'Geekworm X1201',
  },
  {
    ...geekworm('low'),
    id: 'geekworm-x1209',
    name: 'Geekworm X1209',
    capacityMah: 2600,
  },
  {
    ...CELL,
    id: 'pijuice',
    name: 'PiJuice HAT',
    address: 0x14,
    isOne: isPiJuice,
    gauge: { chip: 'pijuice' },
    cells: 1,
    capacityMah: 1820,
    mains: { by: 'gauge' },
  },
  {
    ...CELL,
    id: 'pisugar-2',
    name: 'PiSugar 2',
    address: 0x75,
    gauge: { chip: 'ip5209' },
    cells: 1,
    capacityMah: 1200,
    curve: PISUGAR_CELL,
    mains: DRAWN,
  },
  {
    ...CELL,
    id: 'pisugar-2-pro',
    name: 'PiSugar 2 Pro',
    address: 0x75,
    gauge: { chip: 'ip5312' },
    cells: 1,
    capacityMah: 5000,
    // The curve's voltages are those under load.
    cellMilliOhm: 0,
    curve: PISUGAR_PRO_CELL,
    mains: DRAWN,
  },
  {
    ...CELL,
    id: 'pisugar-3',
    name: 'PiSugar 3',
    address: 0x57,
    isOne: isPiSugar3,
    gauge: { chip: 'pisugar-3' },
    cells: 1,
    capacityMah: 1200,
    curve: PISUGAR_CELL,
    mains: { by: 'gauge' },
  },
  {
    ...CELL,
    id: 'upsplus',
    name: '52Pi UPS Plus EP-0136',
    address: 0x45,
    gauge: { chip: 'ina219', shuntMicroOhm: 5000, currentSign: 1 },
    cells: 1,
    capacityMah: 5200,
    mains: DRAWN,
  },
  {
    ...CELL,
    id: 'ina226-1s',
    name: 'INA226 beside a single cell',
    address: 0x40,
    gauge: { chip: 'ina226', shuntMicroOhm: 10_000, currentSign: 1 },
    cells: 1,
    mains: DRAWN,
  },
];
