/** The machine's network interfaces and their changes. */

import { networkInterfaces } from 'node:os';
import { anySignal, pause } from './async.ts';
import type { Clock } from './clock.ts';
import { type ClockAndLog, type Log, messageOf } from './log.ts';
import { followCommand } from './process.ts';

/** Addresses of each interface that is up: IPv4 first, then those of IPv6 that reach further than the cable. */
export type Addresses = ReadonlyMap<string, readonly string[]>;

/** fe80::/10 (RFC 4291 §2.5.6): of this cable only. */
export const LINK_LOCAL = /^fe[89ab]/i;

/** Without events from netlink it is read anyway, as often as this. */
const POLL_EVERY_MS = 2_000;
/** One change comes as several lines: they are waited for. */
const SETTLE_MS = 50;
/** `ip` ends when its netlink socket overflows; it is started again. */
const FOLLOW_AGAIN_MS = 1_000;

/** Reads what is there now. */
export function readAddresses(interfaces = networkInterfaces()): Addresses {
  const found = new Map<string, readonly string[]>();
  for (const [name, all] of Object.entries(interfaces)) {
    const of = (wanted: string) => (all ?? []).filter(({ family }) => family === wanted);
    const own = [...of('IPv4'), ...of('IPv6').filter(({ address }) => !LINK_LOCAL.test(address))];
    if (own.length > 0)
      found.set(
        name,
        own.map(({ address }) => address),
      );
  }
  return found;
}

/**
 * Calls back at the start and whenever an interface, an address or a route may have
 * changed, by netlink (`ip monitor`), and every two seconds in any case, where
 * `ip` is missing too. Calls do not overlap. Settles soon after `signal` aborts.
 */
export async function watchNetwork(
  onChange: () => Promise<void>,
  { clock, log }: ClockAndLog,
  signal: AbortSignal,
): Promise<void> {
  let wake = (): void => undefined;
  const following = follow(() => wake(), clock, log, signal);
  while (!signal.aborted) {
    await onChange();
    const changed = new AbortController();
    wake = () => changed.abort();
    using ends = anySignal(signal, changed.signal);
    await pause(clock, POLL_EVERY_MS, ends.signal);
    await pause(clock, SETTLE_MS, signal);
  }
  await following;
}

async function follow(onLine: () => void, clock: Clock, log: Log, signal: AbortSignal) {
  while (!signal.aborted) {
    try {
      await followCommand('ip', ['-o', 'monitor', 'link', 'address', 'route'], onLine, signal);
    } catch (error) {
      log.debug('network changes not followed', { reason: messageOf(error) });
    }
    await pause(clock, FOLLOW_AGAIN_MS, signal);
  }
}
