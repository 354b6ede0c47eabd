/** The shares of a plain Node.js server: its sockets, each found by its peer, as TLS puts another one above it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { systemClock } from '../../../hal/os/clock.ts';
import { addressKeyOf, isOneOfMany } from './address-key.ts';
import { type ConnectionCounts, ConnectionShares, type SharedConnection } from './shares.ts';

class OpenSocket implements SharedConnection {
  readonly address: string;
  readonly isOneOfMany: boolean;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.address = addressKeyOf(socket.remoteAddress);
    this.isOneOfMany = isOneOfMany(this.address);
    this.#socket = socket;
  }

  close(): void {
    this.#socket.destroy();
  }
}

export class SocketShares {
  readonly #shares: ConnectionShares<OpenSocket>;
  readonly #byPeer = new Map<string, OpenSocket>();

  /** Admits all connections of the server from now on. */
  constructor(server: Server, counts: ConnectionCounts, nowMs = systemClock.monotonicMs) {
    this.#shares = new ConnectionShares(counts, nowMs);
    server.on('connection', (socket: Socket) => this.#admit(socket));
    server.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
  }

  /** A request begins, of a connection that is not idle until its response has closed. */
  follow({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#byPeer.get(peerOf(socket));
    if (connection === undefined) return;
    this.#shares.count(connection, 1);
    response.once('close', () => this.#shares.count(connection, -1));
  }

  /** Who has signed in, or signs orders: a proxy has all of them in connections of one address. */
  setKnown({ socket }: IncomingMessage): void {
    const connection = this.#byPeer.get(peerOf(socket));
    if (connection !== undefined) this.#shares.setKnown(connection);
  }

  #admit(socket: Socket): void {
    socket.on('error', () => undefined);
    const peer = peerOf(socket);
    const connection = new OpenSocket(socket);
    this.#byPeer.set(peer, connection);
    this.#shares.add(connection);
    socket.once('close', () => {
      this.#shares.remove(connection);
      if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    });
  }
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
