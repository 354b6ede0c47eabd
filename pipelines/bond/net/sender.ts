/** The bonding sender: sockets and clock around the bond. */
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { onEachTurn } from '../../../hal/os/udp/loop.ts';
import { Bond } from '../core/bond.ts';
import type { Endpoint, LinkConfig } from '../core/config.ts';
import type { Wire } from '../core/link-table.ts';
import type { BondSnapshot } from '../core/snapshot.ts';
import { makeSenderId } from '../wire/secret.ts';
import { localEndpoint, openEncoderPort, type SrtTap } from './encoder-port.ts';
import type { Lookup, LookupFrom } from './link-lookup.ts';
import { type LinkSocket, openLinkSocket } from './link-socket.ts';
import { ReceiverAddress } from './receiver-address.ts';

/**
 * Interval of the checks for silence, overdue packets and keepalives, less what a turn of the
 * sockets may be early. Shorter costs CPU.
 */
const TICK_MS = 17;
const SNAPSHOT_MS = 1000;

export interface BondOptions {
  /** Where the SRT encoder sends to. Loopback, unless others may feed the bond. */
  readonly listen: Endpoint;
  /** The SRTLA receiver, by address or name. */
  readonly receiver: Endpoint;
  readonly links: readonly LinkConfig[];
  /** Of the relay, where it has one. */
  readonly secret?: string | undefined;
}

/** Controls a running bond. */
export interface BondControl {
  /** Makes the links those of `links`; traffic goes on. */
  setLinks(links: readonly LinkConfig[]): void;
  /**
   * For a drill: what these links carry is dropped both ways, and the bond is to notice by itself;
   * also of those that come later.
   */
  block(ids: readonly string[]): void;
  snapshot(): BondSnapshot;
  /** The receiver's name has addresses of IPv6 only. */
  readonly needsV6: boolean;
}

export interface BondDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** Of the receiver's name; DNS through each link, unless a test has another. */
  readonly lookup?: Lookup;
  /** Called once the encoder's port is open. */
  readonly onStart?: (control: BondControl, listening: Endpoint) => void;
  /** Sees the encoder's packets as they pass. */
  readonly tap?: SrtTap;
  /** Called once a second. */
  readonly onSnapshot?: (snapshot: BondSnapshot) => void;
}

/**
 * Distributes an encoder's SRT packets over the links until `signal` aborts.
 *
 * A link whose socket cannot be opened or used is down and tried again; only a
 * listening port that cannot be had rejects.
 */
export async function runBond(
  options: BondOptions,
  deps: BondDeps,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { clock, log, tap } = deps;
  const sockets: (LinkSocket | undefined)[] = [];
  const blocking: Blocking = { ids: [] };
  const now = () => clock.monotonicMs();
  const address = new ReceiverAddress(options.receiver.host, deps.lookup);
  const receiver = {
    port: options.receiver.port,
    resolve: (from: LookupFrom) => address.resolve(from),
  };
  const encoder = openEncoderPort(await localEndpoint(options.listen), {
    onPacket: (packet) => {
      const nowMs = now();
      if (tap?.fromEncoder(packet, nowMs) !== false) bond.fromEncoder(packet, nowMs);
    },
    onError: (reason) => log.warn('encoder port failed', { reason }),
    now,
  });
  const wire: Wire = {
    send: (slot, packet) => sockets[slot]?.send(packet),
    toEncoder: (packet) => {
      tap?.toEncoder(packet, now());
      encoder.send(packet);
    },
    hangUp: () => encoder.hangUp(),
    open: (slot, config) => {
      sockets[slot] = openLinkSocket(config, receiver, {
        onOpened: () => bond.onOpened(slot, now()),
        onPacket: (packet) => bond.fromLink(slot, packet, now()),
        onFailed: (code) => {
          const reason = bond.onFailed(slot, code, now());
          if (reason !== undefined) log.warn('link unusable', { link: config.id, reason });
        },
      });
      sockets[slot]?.block(blocking.ids);
      sockets[slot]?.ensureOpen(now());
    },
    rebind: (slot) => sockets[slot]?.rebind(),
    close: (slot) => {
      sockets[slot]?.close();
      sockets[slot] = undefined;
    },
  };
  const bond = new Bond(makeSenderId(randomBytes, options.secret), wire);

  try {
    bond.setLinks(options.links, now());
    deps.onStart?.(controlOf({ bond, sockets, address }, blocking, now), encoder.listening);
    await runTicks({ bond, sockets, address }, deps, signal);
  } finally {
    for (const socket of sockets) socket?.close();
    encoder.close();
  }
}

/** Links that are to lose all that they carry. */
interface Blocking {
  ids: readonly string[];
}

function controlOf(
  { bond, sockets, address }: Running,
  blocking: Blocking,
  now: () => number,
): BondControl {
  return {
    setLinks: (links) => bond.setLinks(links, now()),
    block: (ids) => {
      blocking.ids = ids;
      for (const socket of sockets) socket?.block(ids);
    },
    snapshot: () => bond.snapshot(now()),
    get needsV6() {
      return address.isV6Only;
    },
  };
}

interface Running {
  readonly bond: Bond;
  readonly sockets: readonly (LinkSocket | undefined)[];
  readonly address: ReceiverAddress;
}

/** Ticks the bond and opens sockets, until `signal` aborts. Rejects with what a tick throws. */
function runTicks(running: Running, deps: BondDeps, signal: AbortSignal): Promise<void> {
  const { bond, sockets } = running;
  const { clock } = deps;
  const report = openReport(running, deps);
  let tickedMs = clock.monotonicMs();
  const tick = () => {
    const nowMs = clock.monotonicMs();
    if (nowMs - tickedMs < TICK_MS) return;
    tickedMs = nowMs;
    for (const socket of sockets) socket?.ensureOpen(nowMs);
    bond.tick(nowMs);
    report(nowMs);
  };
  return new Promise((resolve, reject) => {
    const end = onEachTurn(() => {
      try {
        tick();
      } catch (error) {
        end();
        reject(error);
      }
    });
    const stop = () => {
      end();
      resolve();
    };
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** Reports figures and switches once a second, and tries the receiver's next address. */
function openReport(
  { bond, sockets, address }: Running,
  { clock, log, onSnapshot }: BondDeps,
): (nowMs: number) => void {
  let reportedMs = clock.monotonicMs();
  let switchedMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    if (nowMs - reportedMs < SNAPSHOT_MS) return;
    reportedMs = nowMs;
    const snapshot = bond.snapshot(nowMs);
    for (const { atMs, link, from, to, reason } of snapshot.switches) {
      if (atMs > switchedMs) log.info('link changed', { link, from, to, reason });
    }
    switchedMs = Math.max(switchedMs, snapshot.switches.at(-1)?.atMs ?? switchedMs);
    onSnapshot?.(snapshot);
    if (
      address.check(
        snapshot.links.some(({ state }) => state !== 'out'),
        nowMs,
      )
    ) {
      log.info('no link registered; trying the next address of the receiver');
      for (const socket of sockets) socket?.rebind();
    }
    const strange = address.checkFamilies(bond.standings(), nowMs);
    if (strange.length > 0) log.info('another receiver answered; trying its next address');
    for (const slot of strange) sockets[slot]?.rebind();
  };
}
