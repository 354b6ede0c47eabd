/** Whether the machine's clock is synchronised, by the kernel's word or by systemd's. */
import type { Clock } from '../os/clock.ts';
import { openDbus } from '../os/dbus.ts';
import type { ClockSync } from './port.ts';
import { readClockSync } from './timex.ts';

/** systemd-timedated asks the kernel for those who may not: the box's service is one of them. */
const TIMEDATED = {
  destination: 'org.freedesktop.timedate1',
  path: '/org/freedesktop/timedate1',
  interface: 'org.freedesktop.DBus.Properties',
  member: 'Get',
  signature: 'ss',
  body: ['org.freedesktop.timedate1', 'NTPSynchronized'],
};
/** It is started for each question, or goes on for half a minute. */
const ASK_EVERY_MS = 60_000;
/** Drops wait for a clock that is not synchronised yet. */
const ASK_AGAIN_MS = 10_000;

/** @param address Another bus than the system's, for tests. */
export function openClockSync(
  clock: Clock,
  askKernel = readClockSync,
  address?: string,
): (signal: AbortSignal) => Promise<ClockSync> {
  let known: ClockSync = { phase: 'unknown' };
  let askAtMs = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    const byKernel = askKernel();
    if (byKernel.phase !== 'unknown') return byKernel;
    const nowMs = clock.monotonicMs();
    if (nowMs < askAtMs) return known;
    askAtMs = nowMs + ASK_AGAIN_MS;
    known = await askTimedated(clock, signal, address).catch(() => ({ phase: 'unknown' }) as const);
    if (known.phase === 'synchronised') askAtMs = nowMs + ASK_EVERY_MS;
    return known;
  };
}

async function askTimedated(
  clock: Clock,
  signal: AbortSignal,
  address?: string,
): Promise<ClockSync> {
  await using bus = await openDbus(clock, signal, address);
  const [isSynchronised] = await bus.call(TIMEDATED, signal);
  if (typeof isSynchronised !== 'boolean') return { phase: 'unknown' };
  return { phase: isSynchronised ? 'synchronised' : 'free' };
}
