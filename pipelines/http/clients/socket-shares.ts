/** The shares of a plain Node.js server: its sockets, each found by its peer, as TLS puts another one above it. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { systemClock } from '../../../hal/os/clock.ts';
import { cutOff } from '../../../hal/os/tcp/cut-off.ts';
import { addressKeyOf, isOneOfMany } from './address-key.ts';
import { hearEveryRequest, lacksHost } from './every-request.ts';
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

/**
 * No browser and no proxy sends a request before the one before is answered. Of who sends thousands
 * Node begins all in one turn of the event loop: those of one phone held it for three seconds and
 * more, after which systemd restarts the box.
 */
const PIPELINED_MAX = 4;

export class SocketShares {
  readonly #shares: ConnectionShares<OpenSocket>;
  readonly #byPeer = new Map<string, OpenSocket>();
  /** Requests without an answer. */
  readonly #pending = new WeakMap<Socket, number>();

  /**
   * Admits all connections of the server from now on, and their requests.
   *
   * @param onRequest Gets those that are admitted: the server has no other listener for them.
   */
  constructor(
    server: Server,
    counts: ConnectionCounts,
    onRequest: RequestListener,
    nowMs = systemClock.monotonicMs,
  ) {
    this.#shares = new ConnectionShares(counts, nowMs);
    server.on('connection', (socket: Socket) => this.#admit(socket));
    hearEveryRequest(server);
    server.on('request', (...[request, response]: Parameters<RequestListener>) => {
      if (!this.#begin(request.socket, response)) return;
      if (lacksHost(request)) response.writeHead(400, { Connection: 'close' }).end();
      else onRequest(request, response);
    });
    server.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
  }

  /**
   * A request begins: its connection is not idle until its response has closed.
   *
   * @returns False where it is one too many.
   */
  #begin(socket: Socket, response: ServerResponse): boolean {
    const connection = this.#byPeer.get(peerOf(socket));
    this.#count(socket, connection, 1);
    response.once('close', () => this.#count(socket, connection, -1));
    if ((this.#pending.get(socket) ?? 0) <= PIPELINED_MAX) return true;
    cutOff(socket);
    return false;
  }

  #count(socket: Socket, connection: OpenSocket | undefined, by: 1 | -1): void {
    this.#pending.set(socket, (this.#pending.get(socket) ?? 0) + by);
    if (connection !== undefined) this.#shares.count(connection, by);
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
