/** Parses what firmware and kernel report of the machine. */

import type { ClockSync, Throttling } from './port.ts';

/**
 * The firmware's flags, as `vcgencmd get_throttled` and sysfs have them: bits 0-3
 * under-voltage, capped, throttled and soft temperature limit now; bits 16-19 the
 * same since the start (raspberrypi.com/documentation/computers/os.html#get_throttled).
 */
export function parseThrottled(text: string): Throttling | undefined {
  const match = /^(?:throttled=)?(?:0x)?([0-9a-f]{1,8})$/i.exec(text.trim());
  if (match === null) return undefined;
  const bits = Number.parseInt(match[1] ?? '', 16);
  const has = (at: number) => ((bits >>> at) & 1) === 1;
  return {
    isUnderVoltage: has(0),
    isSlowed: has(1) || has(2),
    isHot: has(3),
    wasUnderVoltage: has(16),
    wasSlowed: has(17) || has(18),
  };
}

/** A thermal zone's millidegrees. Sensors that are off read 0 or far below. */
export function parseTemperatureC(text: string): number | undefined {
  const milli = /^-?\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return milli > -40_000 && milli < 150_000 && milli !== 0 ? milli / 1000 : undefined;
}

/**
 * eMMC's DEVICE_LIFE_TIME_EST (JESD84-B51 §7.4.52): `0xA 0xB`, 1 is up to 10 %, 11
 * past its life. The worse of the two kinds of memory counts.
 */
export function parseLifeTime(text: string): number | undefined {
  const steps = [...text.matchAll(/0x([0-9a-f]{2})/gi)].map((match) =>
    Number.parseInt(match[1] ?? '', 16),
  );
  const known = steps.filter((step) => step >= 1 && step <= 11);
  return known.length === 0 ? undefined : Math.min(100, Math.max(...known) * 10);
}

/** Bytes of `struct timex` on 64-bit Linux, and where its fields are (linux/timex.h). */
export const TIMEX_BYTES = 208;
const OFFSET_AT = 8;
const MAX_ERROR_AT = 24;
const STATUS_AT = 40;
const STA_UNSYNC = 0x40;
/** `offset` is in ns, not µs. */
const STA_NANO = 0x2000;
const TIME_ERROR = 5;

/** @param result Of adjtimex(2). */
export function parseTimex(result: number, timex: Buffer): ClockSync {
  if (result < 0) return { phase: 'unknown' };
  const status = timex.readInt32LE(STATUS_AT);
  const isFree = result === TIME_ERROR || (status & STA_UNSYNC) !== 0;
  const maxErrorMs = Number(timex.readBigInt64LE(MAX_ERROR_AT)) / 1000;
  if (isFree) return { phase: 'free', maxErrorMs };
  const perMs = (status & STA_NANO) === 0 ? 1_000 : 1_000_000;
  return {
    phase: 'synchronised',
    maxErrorMs,
    offsetMs: Number(timex.readBigInt64LE(OFFSET_AT)) / perMs,
  };
}

/** The disk of a partition: `/dev/mmcblk0p2` is on `mmcblk0`, `/dev/sda1` on `sda`. */
export function diskOf(device: string): string | undefined {
  const name = /^\/dev\/(\w+)$/.exec(device)?.[1];
  if (name === undefined) return undefined;
  return /^(mmcblk\d+|nvme\d+n\d+)p\d+$/.exec(name)?.[1] ?? name.replace(/^([a-z]+)\d+$/, '$1');
}
