/** The machine's network interfaces and their changes. */

import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { anySignal, pause } from './async.ts';
import type { Clock } from './clock.ts';
import { type ClockAndLog, type Log, messageOf } from './log.ts';
import { followCommand } from './process.ts';

/** Addresses of each interface that is up: IPv4 first, then those of IPv6 that reach further than the cable, the lasting ones first. */
export type Addresses = ReadonlyMap<string, readonly string[]>;

/** fe80::/10 (RFC 4291 §2.5.6): of this cable only. */
export const LINK_LOCAL = /^fe[89ab]/i;

/** fc00::/7 (RFC 4193): of this site only. */
const SITE_LOCAL = /^f[cd]/i;

/** Flags of an address (linux/if_addr.h). */
const TEMPORARY = 0x01;
const OPTIMISTIC = 0x04;
const FAILED = 0x08;
const DEPRECATED = 0x20;
const TENTATIVE = 0x40;

/** Without events from netlink it is read anyway, as often as this. */
const POLL_EVERY_MS = 2_000;
/** One change comes as several lines: they are waited for. */
const SETTLE_MS = 50;
/** `ip` ends when its netlink socket overflows; it is started again. */
const FOLLOW_AGAIN_MS = 1_000;

/**
 * Reads what is there now. The kernel lists the newest address of IPv6 first: each day the next
 * one that is made up for privacy. One that stays comes before it, and last one that its network
 * has given up. What is not checked for duplicates yet cannot be used, and is left out.
 *
 * @param flagged As `/proc/net/if_inet6` lists the addresses of IPv6.
 */
export function readAddresses(
  interfaces = networkInterfaces(),
  flagged: string = readFlagged(),
): Addresses {
  const flags = parseFlagged(flagged);
  const found = new Map<string, readonly string[]>();
  for (const [name, all] of Object.entries(interfaces)) {
    const of = (wanted: string) =>
      (all ?? []).flatMap(({ family, address }) => (family === wanted ? [address] : []));
    const v6 = of('IPv6')
      .filter((address) => !LINK_LOCAL.test(address))
      .map((address) => ({ address, is: flags.get(expandV6(address)) ?? 0 }))
      .filter(({ is }) => (is & FAILED) === 0 && (is & (TENTATIVE | OPTIMISTIC)) !== TENTATIVE)
      .toSorted((one, other) => worth(other) - worth(one));
    const own = [...of('IPv4'), ...v6.map(({ address }) => address)];
    if (own.length > 0) found.set(name, own);
  }
  return found;
}

function worth({ address, is }: { readonly address: string; readonly is: number }): number {
  const isGlobal = !SITE_LOCAL.test(address);
  return ((is & DEPRECATED) === 0 ? 4 : 0) + (isGlobal ? 2 : 0) + ((is & TEMPORARY) === 0 ? 1 : 0);
}

function readFlagged(): string {
  try {
    return readFileSync('/proc/net/if_inet6', 'utf8');
  } catch {
    // A kernel without IPv6, or another one.
    return '';
  }
}

/** A line each: address, interface number, prefix, scope, flags, name; in hexadecimal digits. */
function parseFlagged(list: string): ReadonlyMap<string, number> {
  const lines = list.split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(lines.map(([address = '', , , , is = '']) => [address, Number.parseInt(is, 16)]));
}

/** All 32 digits. */
function expandV6(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const groups = (part: string) => part.split(':').filter((group) => group !== '');
  const after = groups(tail ?? '');
  const zeros = Array.from(
    { length: Math.max(0, 8 - groups(head).length - after.length) },
    () => '',
  );
  return [...groups(head), ...zeros, ...after].map((group) => group.padStart(4, '0')).join('');
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
