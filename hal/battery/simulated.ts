/** A simulated battery. */

import type { Clock } from '../os/clock.ts';
import { openBoardBattery } from './board-battery.ts';
import { type ChargeCurve, chargeOf, LI_ION } from './curve.ts';
import type { Battery, GaugeReading } from './port.ts';

export interface SimulatedBatteryOptions {
  readonly clock: Clock;
  readonly capacityMah: number;
  readonly drawMa: number;
  readonly chargeMa: number;
  readonly startPct: number;
}

export interface SimulatedBattery {
  readonly battery: Battery;
  setMains(isOn: boolean): void;
  setCharge(pct: number): void;
  /** What it is now, without asking as a gauge is asked. */
  state(): { readonly chargePct: number; readonly isMainsOn: boolean };
  setDrawMa(ma: number): void;
  /** The chip stops answering, with this reason, until it is set to undefined. */
  breakWith(reason: string | undefined): void;
}

/** A single cell that is charged and discharged as time passes. */
export function openSimulatedBattery(options: SimulatedBatteryOptions): SimulatedBattery {
  const { clock, capacityMah, chargeMa } = options;
  const cell = { cells: 1, capacityMah, curve: LI_ION, cellMilliOhm: 60 };
  let pct = options.startPct;
  let isMainsOn = true;
  let drawMa = options.drawMa;
  let lastMs = clock.monotonicMs();
  let broken: string | undefined;

  const currentMa = () => (isMainsOn ? (pct < 100 ? chargeMa : 0) : pct > 0 ? -drawMa : 0);
  const live = () => {
    const nowMs = clock.monotonicMs();
    pct += (currentMa() * (nowMs - lastMs)) / 36_000 / capacityMah;
    pct = Math.min(100, Math.max(0, pct));
    lastMs = nowMs;
  };
  const gauge = async (): Promise<GaugeReading> => {
    live();
    if (broken !== undefined) throw new Error(broken);
    const ma = currentMa();
    const voltageMv = restMv(cell.curve, pct) + (ma * cell.cellMilliOhm) / 1000;
    return { voltageMv, currentMa: ma, mains: isMainsOn ? 'on' : 'off' };
  };
  return {
    battery: openBoardBattery({
      source: 'simulated',
      board: { ...cell, mains: { by: 'gauge' } },
      gauge,
      clock,
    }),
    setMains: (isOn) => {
      live();
      isMainsOn = isOn;
    },
    setCharge: (next) => {
      live();
      pct = Math.min(100, Math.max(0, next));
    },
    state: () => {
      live();
      return { chargePct: pct, isMainsOn };
    },
    setDrawMa: (ma) => {
      live();
      drawMa = ma;
    },
    breakWith: (reason) => {
      broken = reason;
    },
  };
}

/** The curve read the other way round: mV of a cell at rest. */
export function restMv(curve: ChargeCurve, pct: number): number {
  return chargeOf(
    curve.map(([mv, charge]) => [charge, mv]),
    pct,
  );
}
