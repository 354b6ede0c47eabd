import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import type { Endpoint } from '../core/config.ts';

/** A sender that comes back from an outage bursts. */
const BUFFER_BYTES = 4_000_000;

/** Packets kept until a group's socket is open: the handshake should not wait for its repeat. */
const MOST_EARLY = 32;

/** A listener whose name cannot be looked up is tried again this often. */
const RETRY_MS = 1000;

/** One group's socket towards the SRT listener. */
export interface Outlet {
  send(packet: Buffer): void;
  close(): void;
}

export interface OutletDeps {
  readonly clock: Clock;
  /** Says which group it is. */
  readonly log: Log;
  readonly onPacket: (packet: Buffer) => void;
  /** Node's own, unless a test has another. */
  readonly lookup?: SocketOptions['lookup'];
}

/**
 * Opens the group's socket and tries until the listener's name is known, or it is closed.
 * Never throws; what fails is logged, once for each code of the system.
 */
export function openOutlet(
  { host, port }: Endpoint,
  { clock, log, onPacket, lookup }: OutletDeps,
): Outlet {
  const closing = new AbortController();
  const told = new Set<string>();
  const early: Buffer[] = [];
  let socket: Socket | undefined;
  let isConnected = false;

  const drop = () => {
    socket?.removeAllListeners().on('error', ignore).close();
    socket = undefined;
  };
  const onError = (error: NodeJS.ErrnoException) => {
    const reason = error.code ?? error.message;
    // ECONNREFUSED while the listener is away; the sender's SRT repeats its handshake.
    if (!told.has(reason)) log.warn('no way to the SRT listener', { to: host, port, reason });
    told.add(reason);
    if (isConnected) return;
    drop();
    void clock.sleep(RETRY_MS, closing.signal).then(open, ignore);
  };
  const afterSend = (error: Error | null) => {
    if (error !== null && !closing.signal.aborted) onError(error);
  };
  const open = () => {
    const options = {
      type: 'udp4',
      recvBufferSize: BUFFER_BYTES,
      sendBufferSize: BUFFER_BYTES,
    } as const;
    const opening = createSocket(lookup === undefined ? options : { ...options, lookup });
    socket = opening;
    opening.on('error', onError);
    opening.on('message', onPacket);
    opening.on('connect', () => {
      isConnected = true;
      for (const packet of early.splice(0)) opening.send(packet, afterSend);
    });
    // Without a callback, for that would be called for a failure too.
    opening.connect(port, host);
  };

  open();
  return {
    send: (packet) => {
      if (isConnected) {
        socket?.send(packet, afterSend);
        return;
      }
      // The newest handshake is the one that somebody still waits for.
      if (early.length >= MOST_EARLY) early.shift();
      early.push(packet);
    },
    close: () => {
      closing.abort();
      drop();
    },
  };
}

function ignore(): void {}
