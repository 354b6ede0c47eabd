/** Whether a device is plugged in, and each change of it. */

import { pause } from './async.ts';
import type { Clock } from './clock.ts';
import { messageOf } from './log.ts';

/** Whether a device is there now. */
export type Presence =
  | { readonly phase: 'there' }
  | { readonly phase: 'away'; readonly reason: string };

/** Twice a second: a plug is noticed within one. */
const POLL_MS = 450;

/**
 * The present state first, then each change. Ends when `signal` aborts; never fails.
 *
 * @param check Resolves while the device is there, rejects with what is wrong.
 */
export async function* watchPresence(
  check: (signal: AbortSignal) => Promise<void>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<Presence> {
  let reported: string | undefined;
  while (!signal.aborted) {
    const now = await poll(check, signal);
    if (signal.aborted) return;
    if (JSON.stringify(now) !== reported) yield now;
    reported = JSON.stringify(now);
    await pause(clock, POLL_MS, signal);
  }
}

/**
 * A list of devices: as it is now, then again after each change. Ends when `signal`
 * aborts; never fails.
 *
 * @param trace Cheap, and another text after each change: what is plugged in.
 * @param list Asked for only then. A list that fails is asked for again.
 */
export async function* watchList<T>(
  trace: () => Promise<string>,
  list: (signal: AbortSignal) => Promise<readonly T[]>,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<readonly T[]> {
  let seen: string | undefined;
  let reported: string | undefined;
  while (!signal.aborted) {
    const now = await trace().catch(() => undefined);
    if (now !== undefined && now !== seen) {
      const devices = await list(signal).catch(() => undefined);
      if (signal.aborted) return;
      // A device may take a moment to open for its owner: the next poll asks again.
      if (devices !== undefined) seen = now;
      const text = JSON.stringify(devices);
      if (devices !== undefined && text !== reported) yield devices;
      reported = devices === undefined ? reported : text;
    }
    await pause(clock, POLL_MS, signal);
  }
}

async function poll(
  check: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<Presence> {
  try {
    await check(signal);
    return { phase: 'there' };
  } catch (error) {
    return { phase: 'away', reason: messageOf(error) };
  }
}
