import { createSocket, type Socket } from 'node:dgram';
import type { Endpoint, LinkConfig } from '../core/config.ts';

/** Room for half a second of 50 Mbit/s, within what Debian's kernels allow unasked for. */
const BUFFER_BYTES = 2_000_000;

/** A socket that could not be opened is tried again this often. */
const RETRY_MS = 1000;

/** These lose one packet and say nothing about the link. */
const TRANSIENT: ReadonlySet<string> = new Set(['EAGAIN', 'ENOBUFS', 'ENOMEM', 'EMSGSIZE']);

/** Every so many sends ask for their result: asking costs, and a dead device fails them all. */
const CHECK_EVERY = 8;

export interface LinkSocketEvents {
  /** Bound and connected: it can send. */
  onOpened(): void;
  onPacket(packet: Buffer): void;
  /** Sending or opening failed, with the system's code: `ENETUNREACH`, `EADDRNOTAVAIL`, … */
  onFailed(code: string): void;
}

/** One link's UDP socket. None of its methods throws; what fails is told by an event. */
export interface LinkSocket {
  send(packet: Buffer): void;
  /** Closes it and opens it again on another local port, where the port is not fixed. */
  rebind(): void;
  /** Opens what is not open, at most once a second. Call it every tick. */
  ensureOpen(nowMs: number): void;
  close(): void;
}

/**
 * The socket of one link: bound to its source address, connected to the receiver so
 * that the kernel neither looks up the route of each packet nor lets others talk to us.
 */
export function openLinkSocket(
  config: LinkConfig,
  receiver: Endpoint,
  events: LinkSocketEvents,
): LinkSocket {
  let socket: Socket | undefined;
  let isConnected = false;
  let sent = 0;
  let retryAtMs = Number.NEGATIVE_INFINITY;

  const drop = () => {
    const dropped = socket;
    socket = undefined;
    isConnected = false;
    dropped?.removeAllListeners().on('error', () => undefined);
    dropped?.close();
  };
  const fail = (error: Error) => {
    if (!isConnected) drop();
    events.onFailed(codeOf(error));
  };
  const afterSend = (error: Error | null) => {
    if (error !== null && !TRANSIENT.has(codeOf(error))) events.onFailed(codeOf(error));
  };
  const open = () => {
    const opening = createSocket({
      type: 'udp4',
      recvBufferSize: BUFFER_BYTES,
      sendBufferSize: BUFFER_BYTES,
    });
    socket = opening;
    opening.on('error', fail);
    opening.on('message', events.onPacket);
    opening.on('connect', () => {
      isConnected = true;
      events.onOpened();
    });
    opening.bind({ address: config.sourceAddress, port: config.sourcePort ?? 0 }, () => {
      // Without a callback, for that would be called for a failure too.
      if (socket === opening) opening.connect(receiver.port, receiver.host);
    });
  };

  return {
    send: (packet) => {
      if (!isConnected) return;
      sent += 1;
      if (sent % CHECK_EVERY === 0) socket?.send(packet, afterSend);
      else socket?.send(packet);
    },
    rebind: () => {
      drop();
      retryAtMs = Number.NEGATIVE_INFINITY;
    },
    ensureOpen: (nowMs) => {
      if (socket !== undefined || nowMs < retryAtMs) return;
      retryAtMs = nowMs + RETRY_MS;
      open();
    },
    close: drop,
  };
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message;
}
