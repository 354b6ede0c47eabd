/** The local UDP port that an SRT encoder connects to. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Endpoint } from '../core/config.ts';
import { readControlType, SRT_HANDSHAKE, SRT_SHUTDOWN } from '../wire/srt.ts';

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
  close(): void;
}

/** A connected encoder that is silent for this long may be replaced: SRT sends every second. */
const SILENT_MS = 1500;

export interface EncoderPortEvents {
  readonly onPacket: (packet: Buffer) => void;
  readonly onError: (error: Error) => void;
  /** A clock that never steps back. */
  readonly now: () => number;
}

/**
 * The encoder is the peer that sent a handshake; packets of others are dropped, handshakes
 * too while it is connected: until it closes the connection or is silent for 1.5 s.
 *
 * Rejects when the port cannot be had.
 */
export async function openEncoderPort(
  { host, port }: Endpoint,
  { onPacket, onError, now }: EncoderPortEvents,
): Promise<EncoderPort> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER_BYTES,
    sendBufferSize: BUFFER_BYTES,
  });
  socket.bind(port, host);
  await once(socket, 'listening');
  let knownPort = 0;
  let knownAddress = '';
  let connectedMs = Number.NEGATIVE_INFINITY;
  const ignore = () => undefined;
  socket.on('error', onError);
  socket.on('message', (packet, from) => {
    const isKnown = from.port === knownPort && from.address === knownAddress;
    if (!isKnown) {
      if (readControlType(packet) !== SRT_HANDSHAKE) return;
      if (now() - connectedMs < SILENT_MS) return;
      knownPort = from.port;
      knownAddress = from.address;
    }
    const type = readControlType(packet);
    if (type === SRT_SHUTDOWN) connectedMs = Number.NEGATIVE_INFINITY;
    else if (type !== SRT_HANDSHAKE) connectedMs = now();
    onPacket(packet);
  });
  const { address, port: bound } = socket.address();
  return {
    listening: { host: address, port: bound },
    send: (packet) => {
      if (knownPort > 0) socket.send(packet, knownPort, knownAddress, ignore);
    },
    close: () => socket.close(),
  };
}
