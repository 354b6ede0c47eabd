/**
 * The pack that carries the box when the mains go.
 *
 * Only what a chip reported is reported: a figure that nothing trusted gave is absent,
 * and a pack that cannot be read is `unknown` with the reason, never a guess.
 */
export type Mains = 'on' | 'off' | 'unknown';

export interface BatteryReading {
  readonly phase: 'known';
  /** The driver and chip that reported it, for people. */
  readonly source: string;
  readonly chargePct?: number;
  /** Of the full pack. */
  readonly voltageMv?: number;
  /** Into the pack: negative while it discharges. */
  readonly currentMa?: number;
  /** Into the pack, as the current. */
  readonly powerMw?: number;
  readonly mains: Mains;
  /** Which line of the board could not be had, and why. */
  readonly fault?: string;
  readonly isCharging?: boolean;
  /** Time until empty at the present draw; absent while it is not honestly known. */
  readonly timeLeftS?: number;
}

interface BatteryUnknown {
  readonly phase: 'unknown';
  readonly source: string;
  readonly reason: string;
  /** A pin may still show the mains when the gauge does not answer. */
  readonly mains: Mains;
}

/** No battery was configured or found: the box runs on mains only. */
interface BatteryAbsent {
  readonly phase: 'absent';
}

export type BatteryState = BatteryReading | BatteryUnknown | BatteryAbsent;

/** A battery pack. */
export interface Battery extends AsyncDisposable {
  /**
   * Asks the hardware now. A bus that hangs or a chip that is away is a state;
   * rejects only with the reason of an aborted `signal`.
   */
  read(signal: AbortSignal): Promise<BatteryState>;
  /**
   * Commands the board to cut its output, at once or seconds from now, and to give it again
   * when the mains are back: nothing may be written any more. Absent where it cannot.
   * Rejects with `HalError`.
   */
  readonly cutPower?: (signal: AbortSignal) => Promise<void>;
}

/** What a gauge reports, before the board's curve, pins and estimator complete it. */
export interface GaugeReading {
  readonly chargePct?: number;
  readonly voltageMv?: number;
  readonly currentMa?: number;
  readonly mains?: Mains;
  readonly isCharging?: boolean;
  readonly timeLeftS?: number;
  /** Of the full pack when full, as its cells are now. */
  readonly capacityMah?: number;
}

/** Reads one gauge. Rejects with `HalError`. */
export type Gauge = (signal: AbortSignal) => Promise<GaugeReading>;
