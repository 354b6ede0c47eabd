/** Charge curves of battery cells: points of open-circuit voltage in mV and charge in %, rising. */
export type ChargeCurve = readonly (readonly [millivolt: number, pct: number])[];

/**
 * A common 18650 NMC cell at rest and room temperature. Individual cells are
 * within about 5 % of it between 20 and 90 %.
 */
export const LI_ION: ChargeCurve = [
  [3000, 0],
  [3300, 3],
  [3450, 7],
  [3550, 13],
  [3620, 20],
  [3680, 30],
  [3740, 40],
  [3800, 50],
  [3870, 60],
  [3950, 70],
  [4020, 80],
  [4090, 90],
  [4180, 100],
];

/** PiSugar's own table for the flat cells of a PiSugar 2 (its ip5209.rs). */
export const PISUGAR_CELL: ChargeCurve = [
  [3100, 0],
  [3490, 3.2],
  [3520, 6.5],
  [3660, 10],
  [3790, 25.5],
  [3860, 40],
  [3920, 65],
  [4000, 80],
  [4050, 95],
  [4160, 100],
];

/**
 * PiSugar's own table for the pack of a 2 Pro (its ip5312.rs). It is of the voltage as it
 * is read beside a working Pi 3 or 4, not at rest: 3.70 V is 65 %.
 */
export const PISUGAR_PRO_CELL: ChargeCurve = [
  [3100, 0],
  [3320, 4.5],
  [3490, 25.6],
  [3580, 49],
  [3620, 55],
  [3700, 65],
  [3800, 77],
  [3900, 88],
  [4050, 95],
  [4160, 100],
];

/** Charge of a cell at rest, clamped to the curve's ends. */
export function chargeOf(curve: ChargeCurve, cellMv: number): number {
  let before = curve[0];
  if (before === undefined || cellMv <= before[0]) return before?.[1] ?? 0;
  for (const point of curve) {
    if (cellMv <= point[0]) {
      const share = (cellMv - before[0]) / Math.max(1e-9, point[0] - before[0]);
      return before[1] + share * (point[1] - before[1]);
    }
    before = point;
  }
  return before[1];
}

/**
 * The voltage a cell would have at rest. Under a load of 1 A a cell with 60 mOhm
 * sags by 60 mV, which the flat middle of the curve would read as 10 % of charge.
 */
export function restingMv(cellMv: number, cellMa: number, cellMilliOhm: number): number {
  return cellMv - (cellMa * cellMilliOhm) / 1000;
}
