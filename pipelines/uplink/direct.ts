/** SRT without bonding: an encoder's packets go straight to the receiver. */
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { readAddresses } from '../../hal/os/network.ts';
import { openUdp } from '../../hal/os/udp/socket.ts';
import type { Endpoint, LinkConfig } from '../bond/core/config.ts';
import { nameFailure, REFUSED } from '../bond/core/failure.ts';
import { openEncoderPort, type SrtTap } from '../bond/net/encoder-port.ts';
import { type Lookup, lookupThroughLink } from '../bond/net/link-lookup.ts';
import { type LinkSocket, openLinkSocket, type Receiver } from '../bond/net/link-socket.ts';

export interface DirectOptions {
  /** Where the SRT encoder sends to. */
  readonly listen: Endpoint;
  /** An SRT listener, by address or name. */
  readonly receiver: Endpoint;
}

export interface DirectDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly tap: SrtTap;
  readonly onStart: (listening: Endpoint) => void;
  /** Why the receiver cannot be sent to; undefined when it can again. */
  readonly onFailure: (reason: string | undefined) => void;
  /** {@link pathTo}, unless a test has another. */
  readonly path?: (receiver: string) => string | undefined;
}

/** How often a socket that could not be opened is checked. */
const OPEN_CHECK_MS = 100;

/**
 * Without any packet of the receiver for so long its name is looked up again, and the socket gets
 * another port: its address, or what a router remembers of ours, may be another. Then after
 * twice as long each time.
 */
const RENEW_MS = 10_000;
const MAX_RENEW_MS = 60_000;

/** How often it is looked which way the receiver is reached. */
const PATH_CHECK_MS = 1_000;

/** Any. */
const DISCARD_PORT = 9;

/**
 * Carries the packets by the machine's own routes until `signal` aborts. The tap sees the
 * same as a bond's, so that figures and bitrate rules are the same for both.
 */
export async function runDirect(
  { listen, receiver }: DirectOptions,
  { clock, log, tap, onStart, onFailure, path = pathTo }: DirectDeps,
  signal: AbortSignal,
): Promise<void> {
  const now = () => clock.monotonicMs();
  let failure: string | undefined;
  const renewal = openRenewal(now);
  const clearFailure = () => {
    if (failure !== undefined) onFailure(undefined);
    failure = undefined;
  };
  const name = openName(receiver);
  const hasMoved = openPathCheck(() => name.address, path, { now, log });
  let isFirst = true;
  const out: LinkSocket = openLinkSocket(anyRoute(), name, {
    onOpened: () => {
      // From another port, or address, the receiver takes a new connection alone.
      if (!isFirst) encoder.hangUp();
      isFirst = false;
      // A socket of this kind opens also where nothing listens.
      if (failure !== REFUSED) clearFailure();
    },
    onPacket: (packet) => {
      clearFailure();
      renewal.onPacket();
      tap.toEncoder(packet, now());
      encoder.send(packet);
    },
    onFailed: (code) => {
      if (code !== failure) {
        const reason = nameFailure(code);
        log.warn('receiver unreachable', { to: receiver.host, reason });
        onFailure(reason);
      }
      failure = code;
      // Nothing listens there yet: the same socket may go on. Otherwise its source address or
      // the address of the name may have changed.
      if (code !== REFUSED) out.rebind();
    },
  });
  const encoder = openEncoderPort(listen, {
    onPacket: (packet) => {
      if (tap.fromEncoder(packet, now())) out.send(packet);
    },
    onError: (reason) => log.warn('encoder port failed', { reason }),
    now,
  });
  try {
    onStart(encoder.listening);
    while (!signal.aborted) {
      if (hasMoved() || renewal.isDue()) out.rebind();
      out.ensureOpen(now());
      await pause(clock, OPEN_CHECK_MS, signal);
    }
  } finally {
    out.close();
    encoder.close();
  }
}

function openRenewal(now: () => number) {
  let pauseMs = RENEW_MS;
  let atMs = now() + pauseMs;
  return {
    onPacket: () => {
      pauseMs = RENEW_MS;
      atMs = now() + pauseMs;
    },
    isDue: () => {
      if (now() < atMs) return false;
      pauseMs = Math.min(MAX_RENEW_MS, 2 * pauseMs);
      atMs = now() + pauseMs;
      return true;
    },
  };
}

/**
 * True once each time that the way to an address has become another one; none at all may come back.
 * Another address was looked up for a new socket, which has its way.
 */
export function openPathCheck(
  receiver: () => string | undefined,
  path: (receiver: string) => string | undefined,
  { now, log }: { readonly now: () => number; readonly log: Log },
) {
  let known: { readonly address: string; readonly path: string } | undefined;
  let checkedMs = Number.NEGATIVE_INFINITY;
  return () => {
    const address = receiver();
    if (address === undefined || now() - checkedMs < PATH_CHECK_MS) return false;
    checkedMs = now();
    const found = path(address);
    if (found === undefined) return false;
    const before = known;
    known = { address, path: found };
    if (before?.address !== address || before.path === found) return false;
    log.info('the receiver is reached another way', { from: before.path, to: found });
    return true;
  };
}

/**
 * The way to an address: the kernel chooses it as for the socket that sends. That one stays with
 * the interface it began with, also when the default route has moved to another one and its
 * packets leave there under an address that belongs elsewhere. Each day's private address of IPv6
 * is no other way.
 */
export function pathTo(receiver: string): string | undefined {
  const source = sourceTowards(receiver);
  if (source === undefined) return undefined;
  const [device = ''] = [...readAddresses()].find(([, own]) => own.includes(source)) ?? [];
  return isIPv4(source) ? `${device} ${source}` : device;
}

/** A DNS server that is away is no reason to leave the last address. */
function openName({ host, port }: Endpoint): Receiver & { readonly address: string | undefined } {
  let address: string | undefined;
  const resolve = async () => {
    const found = lookupEither(host);
    address = await (address === undefined ? found : found.catch(() => address ?? ''));
    return address;
  };
  return {
    port,
    resolve,
    get address() {
      return address;
    },
  };
}

/**
 * By IPv4, or by IPv6 where the receiver has no other address, or no route leads to that: an
 * address of IPv4 alone may be that of the box's own network for guests.
 */
export async function lookupEither(
  name: string,
  lookup: Lookup = lookupThroughLink,
  isReached = hasRouteTo,
): Promise<string> {
  const byV6 = async () => {
    const anyV6 = { sourceAddress: '::' };
    const [found = ''] = await lookup(name, anyV6);
    return isIPv4(found) ? ((await lookup(found, anyV6))[0] ?? '') : found;
  };
  try {
    const [found = ''] = await lookup(name, { sourceAddress: '0.0.0.0' });
    if (!isIPv4(found) || isReached(found)) return found;
    // Sending to it says what is wrong.
    return await byV6().catch(() => found);
  } catch (error) {
    return await byV6().catch(() => Promise.reject(error));
  }
}

function hasRouteTo(host: string): boolean {
  return sourceTowards(host) !== undefined;
}

/** The kernel looks for a route when a socket is connected. Nothing is sent. */
function sourceTowards(host: string): string | undefined {
  const local = { host: isIPv4(host) ? '0.0.0.0' : '::', port: 0 };
  const none = () => undefined;
  try {
    const remote = { host, port: DISCARD_PORT };
    const socket = openUdp(
      { local, remote, bufferBytes: 4_096 },
      { onPacket: none, onError: none },
    );
    socket.close();
    return socket.local.host;
  } catch {
    return undefined;
  }
}

/** A socket of both families, unless the kernel has no IPv6. */
function anyRoute(): LinkConfig {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const hasV6 = all.some(({ family }) => family === 'IPv6');
  const usual = { id: 'direct', weight: 1, isBackup: false, isEnabled: true };
  return { ...usual, sourceAddress: hasV6 ? '::' : '0.0.0.0' };
}
