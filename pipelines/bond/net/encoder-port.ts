/** The local UDP port that an SRT encoder connects to. */
import { promises as dns } from 'node:dns';
import { isIP } from 'node:net';
import type { Peer } from '../../../hal/os/udp/peers.ts';
import { openUdp } from '../../../hal/os/udp/socket.ts';
import type { Endpoint } from '../core/config.ts';
import {
  readControlType,
  readSocketId,
  renderShutdown,
  SRT_HANDSHAKE,
  SRT_SHUTDOWN,
} from '../wire/srt.ts';

const BUFFER_BYTES = 2_000_000;

/** Sees each packet between an SRT encoder and the bond or socket that carries it. */
export interface SrtTap {
  /** @returns false where the packet must not go on. */
  fromEncoder(packet: Buffer, nowMs: number): boolean;
  toEncoder(packet: Buffer, nowMs: number): void;
}

export interface EncoderPort {
  readonly listening: Endpoint;
  send(packet: Buffer): void;
  /**
   * Ends the encoder's connection, as the receiver would: it calls again at once, where its own
   * time-out takes five seconds.
   */
  hangUp(): void;
  close(): void;
}

/** A connected encoder that is silent for this long may be replaced: SRT sends every second. */
const SILENT_MS = 1500;

export interface EncoderPortEvents {
  readonly onPacket: (packet: Buffer) => void;
  /** With the system's code. The port goes on. */
  readonly onError: (code: string) => void;
  /** A clock that never steps back. */
  readonly now: () => number;
}

/** A name of this machine, like localhost, as an address. Rejects where it is unknown. */
export async function localEndpoint({ host, port }: Endpoint): Promise<Endpoint> {
  if (isIP(host) !== 0) return { host, port };
  return { host: (await dns.lookup(host, 4)).address, port };
}

/**
 * The encoder is the peer that sent a handshake; packets of others are dropped, handshakes
 * too while it is connected: until an end closes the connection or it is silent for 1.5 s.
 *
 * Throws when the port cannot be had.
 */
export function openEncoderPort(
  { host, port }: Endpoint,
  { onPacket, onError, now }: EncoderPortEvents,
): EncoderPort {
  let known: Peer | undefined;
  let connectedMs = Number.NEGATIVE_INFINITY;
  /** An end has closed the connection: what is still on its way is no sign of life. */
  let isClosed = false;
  /** Of the encoder, in the connection that it has. */
  let socketId: number | undefined;
  const socket = openUdp(
    { local: { host, port }, bufferBytes: BUFFER_BYTES },
    {
      onPacket: (packet, from) => {
        const type = readControlType(packet);
        if (from?.port !== known?.port || from?.host !== known?.host) {
          if (type !== SRT_HANDSHAKE) return;
          if (!isClosed && now() - connectedMs < SILENT_MS) return;
          known = from;
        }
        if (type === SRT_HANDSHAKE || type === SRT_SHUTDOWN) isClosed = type === SRT_SHUTDOWN;
        else connectedMs = now();
        onPacket(packet);
      },
      onError,
    },
  );
  const send = (packet: Buffer) => {
    if (known === undefined) return;
    const type = readControlType(packet);
    if (type >= 0) socketId = readSocketId(packet);
    if (type === SRT_SHUTDOWN) isClosed = true;
    socket.send(packet, known);
  };
  return {
    listening: socket.local,
    send,
    hangUp: () => {
      if (socketId !== undefined) send(renderShutdown(socketId));
      socketId = undefined;
    },
    close: () => socket.close(),
  };
}
