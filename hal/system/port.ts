/** The computer that the box is. What cannot be known here is absent. */
export interface SystemState {
  /** The hottest sensor of the CPU. */
  readonly cpuC?: number;
  /** Only a Pi's firmware reports it. */
  readonly throttling?: Throttling;
  readonly loadPct?: number;
  readonly memoryTotalBytes?: number;
  readonly memoryAvailableBytes?: number;
  readonly disks: readonly Disk[];
  readonly clock: ClockSync;
  readonly interfaces: readonly NetworkInterface[];
}

export interface Throttling {
  /** Now. The supply or its cable is too weak. */
  readonly isUnderVoltage: boolean;
  readonly isSlowed: boolean;
  readonly isHot: boolean;
  /** Since the start: what polling would miss. */
  readonly wasUnderVoltage: boolean;
  readonly wasSlowed: boolean;
}

export interface Disk {
  readonly mount: string;
  readonly device: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** Of the life that its maker promised, in steps of 10; eMMC only, SD cards do not report it. */
  readonly wornPct?: number;
}

export interface ClockSync {
  /** `free`: the kernel reports that its clock is not synchronised. */
  readonly phase: 'synchronised' | 'free' | 'unknown';
  /** The kernel's bound of the error; it grows while the clock is not synchronised. */
  readonly maxErrorMs?: number;
  /** What the kernel has yet to correct; while it is synchronised. */
  readonly offsetMs?: number;
}

export interface NetworkInterface {
  readonly name: string;
  readonly isUp: boolean;
  /** IPv4 first; none that reaches no further than the cable. */
  readonly addresses: readonly string[];
  readonly rxBytesTotal: number;
  readonly txBytesTotal: number;
}

/** Reads slowly: once in five seconds is enough. */
export interface System {
  /** Never fails over a part that cannot be read; rejects only when `signal` aborts. */
  read(signal: AbortSignal): Promise<SystemState>;
}
