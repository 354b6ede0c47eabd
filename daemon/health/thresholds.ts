/** Every limit the box judges by. Alerts, checks, doctor, lamps, MQTT and the pages all use these. */
import type { BatteryState } from '../../hal/battery/port.ts';
import type { ModemState } from '../../hal/modem/port.ts';
import type { Disk, SystemState } from '../../hal/system/port.ts';

/** A Pi slows itself down from here (Raspberry Pi documentation, "Frequency management"). */
const HOT_C = 80;
/** Of the memory, and of a disk, that must stay free. */
const FREE_MIN_RATIO = 0.05;
/** Of the life that its maker promised. */
const WORN_PCT = 90;

export function isHot({ cpuC, throttling }: SystemState): boolean {
  return (cpuC ?? 0) >= HOT_C || throttling?.isHot === true;
}

export function isMemoryLow({ memoryAvailableBytes, memoryTotalBytes }: SystemState): boolean {
  return (memoryAvailableBytes ?? Infinity) < FREE_MIN_RATIO * (memoryTotalBytes ?? 0);
}

export function isDiskLow({ freeBytes, totalBytes }: Disk): boolean {
  return freeBytes < FREE_MIN_RATIO * totalBytes;
}

export function isDiskWorn({ wornPct }: Disk): boolean {
  return (wornPct ?? 0) >= WORN_PCT;
}

/** Getting a new one may take some days. */
const CERTIFICATE_DAYS_MIN = 14;

/** By a clock that is not synchronised nobody knows. */
export function certificatePhase({
  certificate,
  system,
}: {
  readonly certificate?: { readonly daysLeft: number } | undefined;
  readonly system: SystemState | undefined;
}): 'well' | 'expiring' | 'expired' {
  if (certificate === undefined || !isClockSynchronised(system)) return 'well';
  if (certificate.daysLeft < 0) return 'expired';
  return certificate.daysLeft < CERTIFICATE_DAYS_MIN ? 'expiring' : 'well';
}

export function isClockUnset({ clock }: SystemState): boolean {
  return clock.phase === 'free';
}

/** What helps a box whose clock is not set. */
export const CLOCK_ADVICE =
  'Connect the box to a network with a time server: recordings and certificates need the time.';

/** False also where it is not known. */
export function isClockSynchronised(system: SystemState | undefined): boolean {
  return system?.clock.phase === 'synchronised';
}

/** Half an hour of disk: time to fetch another one. */
const RECORDING_SHORT_S = 30 * 60;
/** One second is the promise; disks pause now and then. */
const RECORDING_LAG_MS = 3_000;

export function isRecordingShort({ remainingS }: { readonly remainingS?: number }): boolean {
  return (remainingS ?? Infinity) < RECORDING_SHORT_S;
}

export function isRecordingSlow({ lagMs }: { readonly lagMs?: number }): boolean {
  return (lagMs ?? 0) > RECORDING_LAG_MS;
}

interface Charge {
  readonly pct: number;
  readonly s: number;
}

/**
 * Battery levels, each reached when either figure is. The power policy enters its phases at
 * the same figures: it saves power from `saving` on and warns of the end from `empty` on.
 */
export const BATTERY: Readonly<Record<'saving' | 'low' | 'empty' | 'shutDown', Charge>> = {
  saving: { pct: 40, s: 3_600 },
  low: { pct: 30, s: 1_800 },
  empty: { pct: 12, s: 900 },
  /** The cut-off is at 0 s: thirty seconds of readings and thirty of closing leave three minutes. */
  shutDown: { pct: 5, s: 240 },
};

export type BatteryLevel = 'good' | 'saving' | 'low' | 'empty';

/** How full a battery is that feeds the box; `good` on mains and where no figure is known. */
export function batteryLevel(battery: BatteryState): BatteryLevel {
  if (battery.phase !== 'known' || battery.mains === 'on') return 'good';
  const { chargePct = Infinity, timeLeftS = Infinity } = battery;
  const isBelow = ({ pct, s }: Charge) => chargePct < pct || timeLeftS < s;
  if (isBelow(BATTERY.empty)) return 'empty';
  if (isBelow(BATTERY.low)) return 'low';
  // Before a drop a full hour is only asked of the charge: time left depends on the load.
  return chargePct < BATTERY.saving.pct ? 'saving' : 'good';
}

/** A peak above this has no headroom left: the sound is distorted or about to be. */
const CLIPPED_DBFS = -0.1;
/** A peak below this is silence to a listener: noise of cables and preamplifiers. */
const QUIET_DBFS = -60;
/** One channel of a pair plays, the other does not. */
const PLAYING_DBFS = -40;

export function isClipped(dbfs: number): boolean {
  return dbfs >= CLIPPED_DBFS;
}

export function isQuiet(dbfs: number): boolean {
  return dbfs < QUIET_DBFS;
}

export type SoundLevel = 'good' | 'clipped' | 'silent';

/** Of all channels' peaks. */
export function soundLevel(peakDbfs: readonly number[]): SoundLevel {
  if (peakDbfs.some(isClipped)) return 'clipped';
  return peakDbfs.length > 0 && peakDbfs.every(isQuiet) ? 'silent' : 'good';
}

/** Channels, counted from 1, that are quiet while another one plays. */
export function quietChannels(peakDbfs: readonly number[]): readonly number[] {
  if (Math.max(...peakDbfs) < PLAYING_DBFS) return [];
  return peakDbfs.flatMap((peak, i) => (isQuiet(peak) ? [i + 1] : []));
}

/** A part later than this leaves viewers without their next one. */
const PART_LATE_MS = 150;

export function isPartLate(p95Ms: number): boolean {
  return p95Ms > PART_LATE_MS;
}

/** Figures come once a second: older ones say that a process has stalled. */
export const STALE_MS = 5_000;

type Radio = Pick<ModemState, 'rsrpDbm' | 'sinrDb'>;

/** RSRP of each bar that a phone would draw, 1 to 4; below the second one the signal is poor. */
const BARS_DBM = [-118, -110, -100, -85] as const;
/** Below this SINR the radio receives more noise than signal. */
const SINR_POOR_DB = 0;
const SINR_GOOD_DB = 13;
const RSRP_GOOD_DBM = -80;

/** 0 to 4; undefined where the modem does not say. */
export function signalBars({ rsrpDbm }: Radio): number | undefined {
  return rsrpDbm === undefined ? undefined : BARS_DBM.filter((floor) => rsrpDbm >= floor).length;
}

export function signalQuality({ rsrpDbm, sinrDb }: Radio): 'good' | 'fair' | 'poor' | 'unknown' {
  if (rsrpDbm === undefined) return 'unknown';
  if (rsrpDbm < BARS_DBM[1] || (sinrDb ?? SINR_POOR_DB) < SINR_POOR_DB) return 'poor';
  return rsrpDbm >= RSRP_GOOD_DBM && (sinrDb ?? SINR_GOOD_DB) >= SINR_GOOD_DB ? 'good' : 'fair';
}
