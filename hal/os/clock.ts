/** Time, and waiting. */

import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import { setTimeout as sleepFor } from 'node:timers/promises';

/**
 * All time comes from here. Everything that waits takes a clock, so that a test can
 * drive it with a virtual one.
 */
export interface Clock {
  /** Unix time in ms. It steps when the machine's clock is set. */
  wallMs(): number;
  /** Time since an arbitrary start in ms, with fractions. It never steps. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => sleepFor(ms, undefined, signal === undefined ? {} : { signal }),
};

/** CLOCK_MONOTONIC, in us: the same in all processes of the machine. */
export const monotonicUs = (): number => Number(process.hrtime.bigint()) / 1e3;

/** The same in ms. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** Time since the machine was started: it goes on over restarts of this program, and no setting of the clock moves it. */
export interface BootClock {
  /** Names this run of the machine; empty where the kernel does not say. */
  readonly bootId: string;
  /** Since then; a box does not sleep. */
  sinceBootMs(): number;
}

export function openBootClock(): BootClock {
  // To ask the kernel takes a hundredth of a millisecond, and each order asks.
  const aheadMs = uptime() * 1000 - performance.now();
  return { bootId: readBootId(), sinceBootMs: () => aheadMs + performance.now() };
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** True when `error` only means that `signal` was aborted. */
export function isAbort(error: unknown, signal: AbortSignal): boolean {
  return (
    signal.aborted &&
    (error === signal.reason || (error instanceof Error && error.name === 'AbortError'))
  );
}
