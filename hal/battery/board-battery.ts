/** The driver of a UPS board: its gauge, its lines and what follows from them. */

import { withTimeout } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { messageOf } from '../os/log.ts';
import type { LinesReading } from './board-lines.ts';
import type { BoardProfile, MainsProfile } from './boards.ts';
import { chargeOf, restingMv } from './curve.ts';
import { type EstimateState, stepEstimate } from './estimate.ts';
import type { Battery, BatteryReading, BatteryState, Gauge, GaugeReading, Mains } from './port.ts';

/** No gauge needs longer: ten transfers, each tried three times. */
const READ_TIMEOUT_MS = 2000;

export interface BoardBatteryOptions {
  readonly source: string;
  readonly board: Pick<BoardProfile, 'cells' | 'curve' | 'cellMilliOhm' | 'mains'> & {
    /** Counts before what the gauge reports of it; undefined: the gauge's, if it knows. */
    readonly capacityMah: number | undefined;
  };
  readonly gauge: Gauge;
  /** Only for boards that have lines. */
  readonly readLines?: () => LinesReading;
  /** Only for boards that can. */
  readonly cutPower?: Battery['cutPower'];
  readonly clock: Clock;
  /** Called once when the battery is closed. */
  readonly close?: () => Promise<void>;
}

/** A gauge completed by its board's cells, curve, mains pin and the estimator. */
export function openBoardBattery(options: BoardBatteryOptions): Battery {
  let estimate: EstimateState | undefined;
  const confirmed = new ConfirmedMains();
  const { source, board, gauge, clock, cutPower } = options;
  const read = async (signal: AbortSignal): Promise<BatteryState> => {
    const lines = options.readLines?.() ?? {};
    let measured: GaugeReading;
    let reading: BatteryReading;
    try {
      measured = await withTimeout(gauge, {
        clock,
        timeoutMs: READ_TIMEOUT_MS,
        timeoutError,
        signal,
      });
      const completed = complete(measured, board, lines, source);
      reading = { ...completed, mains: confirmed.next(completed.mains) };
    } catch (error) {
      signal.throwIfAborted();
      const seen = mainsOf(board.mains, {}, lines);
      const mains = seen === 'unknown' ? seen : confirmed.next(seen);
      return { phase: 'unknown', source, reason: messageOf(error), mains };
    }
    const capacityMah = board.capacityMah ?? measured.capacityMah;
    const { chargePct, currentMa, mains } = reading;
    const atMs = clock.monotonicMs();
    const step = stepEstimate(estimate, { atMs, chargePct, currentMa, mains, capacityMah });
    estimate = step.state;
    const timeLeftS = measured.timeLeftS ?? step.timeLeftS;
    return timeLeftS === undefined ? reading : { ...reading, timeLeftS };
  };
  return {
    read,
    ...(cutPower === undefined ? {} : { cutPower }),
    [Symbol.asyncDispose]: async () => options.close?.(),
  };
}

/** A change of the mains is believed when the next reading agrees: one that flickers is no power failure. */
class ConfirmedMains {
  #believed: Mains | undefined;
  #before: Mains | undefined;

  next(seen: Mains): Mains {
    // The first reading is all there is.
    if (this.#believed === undefined || seen === this.#before) this.#believed = seen;
    this.#before = seen;
    return this.#believed;
  }
}

/**
 * Adds what follows from the board's profile to what the gauge reported. Pure.
 *
 * @throws HalError BAD_REPLY for a voltage that its cells cannot have.
 */
function complete(
  measured: GaugeReading,
  board: BoardBatteryOptions['board'],
  lines: LinesReading,
  source: string,
): BatteryReading {
  const { voltageMv, currentMa } = measured;
  if (voltageMv !== undefined && !(voltageMv > 1000 && voltageMv < 6000 * board.cells)) {
    throw new HalError('BAD_REPLY', `${source}: ${voltageMv} mV from ${board.cells} cells`);
  }
  const chargePct = measured.chargePct ?? chargeByCurve(measured, board);
  const mains = mainsOf(board.mains, measured, lines);
  const isCharging = measured.isCharging ?? chargingOf(measured, mains);
  return {
    phase: 'known',
    source,
    mains,
    ...(lines.fault === undefined ? {} : { fault: lines.fault }),
    ...(voltageMv === undefined ? {} : { voltageMv: Math.round(voltageMv) }),
    ...(currentMa === undefined ? {} : { currentMa: Math.round(currentMa) }),
    ...(voltageMv === undefined || currentMa === undefined
      ? {}
      : { powerMw: Math.round((voltageMv * currentMa) / 1000) }),
    ...(chargePct === undefined ? {} : { chargePct: Math.round(chargePct * 10) / 10 }),
    ...(isCharging === undefined ? {} : { isCharging }),
  };
}

function chargeByCurve(
  { voltageMv, currentMa = 0 }: GaugeReading,
  { cells, curve, cellMilliOhm }: BoardBatteryOptions['board'],
): number | undefined {
  if (voltageMv === undefined || curve.length === 0) return undefined;
  return chargeOf(curve, restingMv(voltageMv / cells, currentMa, cellMilliOhm));
}

function mainsOf(
  profile: MainsProfile,
  measured: GaugeReading,
  { isMainsPinHigh }: LinesReading,
): Mains {
  switch (profile.by) {
    case 'line':
      if (isMainsPinHigh === undefined) return 'unknown';
      return isMainsPinHigh === (profile.lostWhen === 'high') ? 'off' : 'on';
    case 'gauge':
      return measured.mains ?? 'unknown';
    case 'current':
      if (measured.currentMa === undefined) return 'unknown';
      return measured.currentMa < profile.lostBelowMa ? 'off' : 'on';
    case 'nothing':
      return 'unknown';
  }
}

function timeoutError(): HalError {
  return new HalError('TIMEOUT', `no answer in ${READ_TIMEOUT_MS} ms`);
}

function chargingOf({ currentMa }: GaugeReading, mains: Mains): boolean | undefined {
  if (currentMa !== undefined) return currentMa > 20;
  return mains === 'off' ? false : undefined;
}
