import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import type { Endpoint } from './config.ts';
import { codeOf } from './link-socket.ts';

/** One group's socket towards the SRT listener. */
export interface Outlet {
  send(packet: Buffer): void;
  close(): void;
}

export interface OutletEvents {
  readonly onPacket: (packet: Buffer) => void;
  /** Something new is wrong, by its code: `ENOTFOUND`, `ECONNREFUSED` while nobody listens, … */
  readonly onTrouble: (code: string) => void;
  /** `dns.lookup`, or a test's own. */
  readonly lookup?: SocketOptions['lookup'];
}

/** Several senders may burst at once. */
const BUFFER_BYTES = 4_000_000;
/** Packets kept until the socket is open: the handshake should not wait for its repeat. */
const MOST_EARLY = 32;
/** A name that is not found, as at the start of a machine, is looked up again this often. */
const RETRY_MS = 1_000;

/** Opens it, and goes on trying until it is closed. */
export function openOutlet({ host, port }: Endpoint, events: OutletEvents): Outlet {
  const { onPacket, onTrouble, lookup } = events;
  let socket: Socket | undefined;
  let isConnected = false;
  let retry: NodeJS.Timeout | undefined;
  const early: Buffer[] = [];
  const told = new Set<string>();
  const tell = (error: Error) => {
    const code = codeOf(error);
    if (told.has(code)) return;
    told.add(code);
    onTrouble(code);
  };
  const open = () => {
    const opening = createSocket({
      type: 'udp4',
      recvBufferSize: BUFFER_BYTES,
      sendBufferSize: BUFFER_BYTES,
      ...(lookup === undefined ? {} : { lookup }),
    });
    socket = opening;
    opening.on('error', (error) => {
      tell(error);
      if (isConnected || socket !== opening) return;
      // One that failed to connect cannot do so again.
      opening.close();
      socket = undefined;
      retry = setTimeout(open, RETRY_MS);
    });
    opening.on('message', onPacket);
    opening.on('connect', () => {
      isConnected = true;
      for (const packet of early.splice(0)) opening.send(packet, ignore);
    });
    // Without a callback, for that would be called for a failure too.
    opening.connect(port, host);
  };
  open();
  return {
    send: (packet) => {
      // ECONNREFUSED while the listener is away; the sender's SRT repeats its handshake.
      if (isConnected) socket?.send(packet, (error) => error && tell(error));
      else if (early.length < MOST_EARLY) early.push(packet);
    },
    close: () => {
      clearTimeout(retry);
      const closing = socket;
      socket = undefined;
      closing?.close();
    },
  };
}

function ignore(): void {}
