/** The open connections of the viewers' server, within their limits. */
import { constants, type Http2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Clock } from '../../../hal/os/clock.ts';
import { plainAddress } from '../../../hal/os/tcp/plain-address.ts';
import { addressKeyOf } from './address-key.ts';
import { type ClientAddress, ClientAddresses } from './client-address.ts';
import { Connection } from './connection.ts';
import { Counts } from './counts.ts';

export interface ConnectionLimits {
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

/** Of replies that clients have not read: for one address, and for all. */
const QUEUED_PER_ADDRESS_MAX_BYTES = 96_000_000;
const QUEUED_MAX_BYTES = 256_000_000;
/** An address at its limit gets a new connection in place of one that was idle this long. */
const REPLACED_AFTER_MS = 1_000;
/** Of all connections, those of addresses of which a single host may have as many as it likes. */
const MANY_SHARE = 0.75;
/** Where all connections, or those of such addresses, are taken, this share of them is closed at once. */
const REPLACED_SHARE = 0.01;

/**
 * Owns all connections: each ends when its client leaves, does not read or sends nothing,
 * at the latest at a sweep that depends on no event of Node's.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #isTrusted: (address: string) => boolean;
  readonly #all = new Set<Connection>();
  /** By socket or session: what a request names. */
  readonly #byCarrier = new WeakMap<object, Connection>();
  /** By the client's port, until TLS is finished. */
  readonly #byPeer = new Map<string, Connection>();
  readonly addresses = new ClientAddresses();
  /** Connections by the address of this machine, without those from itself and from proxies. */
  readonly #reached = new Counts();
  /** Connections of addresses of which one host may have many. */
  #ofMany = 0;

  /** @param isTrusted True for a proxy, which the limits of one address are not for. */
  constructor(
    limits: ConnectionLimits,
    clock: Pick<Clock, 'monotonicMs'>,
    isTrusted: (address: string) => boolean = () => false,
  ) {
    this.#limits = limits;
    this.#clock = clock;
    this.#isTrusted = isTrusted;
  }

  get count(): number {
    return this.#all.size;
  }

  /** The address of this machine at which most clients came in; undefined where there are none. */
  get reachedAt(): string | undefined {
    return this.#reached.most;
  }

  /** The connection of a socket or an HTTP/2 session; undefined where it is closed. */
  of(carrier: object | undefined): Connection | undefined {
    return carrier && this.#byCarrier.get(carrier);
  }

  /** @returns how many connections were refused, or closed in favour of this one. */
  admit(socket: Socket): number {
    socket.on('error', () => undefined);
    const nowMs = this.#clock.monotonicMs();
    const { remoteAddress } = socket;
    // The client has reset it already.
    if (remoteAddress === undefined) return this.#refuse(socket, 0);
    const address = this.addresses.get(addressKeyOf(remoteAddress), nowMs);
    address.isProxy = this.#isTrusted(remoteAddress);
    const replaced = this.#makeRoom(address, nowMs);
    if (address.isRefused(nowMs) || replaced === undefined) return this.#refuse(socket, 1);
    const connection = new Connection(socket, address, nowMs);
    this.#all.add(connection);
    if (address.isOneOfMany) this.#ofMany += 1;
    this.#byCarrier.set(socket, connection);
    const peer = peerOf(socket);
    this.#byPeer.set(peer, connection);
    connection.join();
    const leave = address.isProxy ? undefined : this.#enter(socket);
    socket.once('close', () => {
      leave?.();
      if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
      this.#forget(connection);
    });
    return replaced;
  }

  /** TLS is finished on a connection that was admitted. */
  setSecure(socket: Socket): void {
    socket.on('error', () => undefined);
    const connection = this.#byPeer.get(peerOf(socket));
    // Without a peer's address the client has left.
    if (connection === undefined) {
      socket.destroy();
      return;
    }
    connection.setSecure(socket);
    this.#byCarrier.set(socket, connection);
  }

  setSession(session: Http2Session): void {
    session.on('error', () => undefined);
    const connection = session.destroyed ? undefined : this.#byPeer.get(peerOf(session.socket));
    if (connection === undefined) {
      session.destroy();
      return;
    }
    connection.setSession(session);
    this.#byCarrier.set(session, connection);
  }

  /** A burst of stream resets: the client's connection ends, and its address is refused for a while. */
  punish(connection: Connection): void {
    if (!connection.address.isProxy) connection.address.refuse(this.#clock.monotonicMs());
    connection.closeWith(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    this.#forget(connection);
  }

  /** Closes what is over, and whose client does not read; returns how many did not read. */
  sweep(): number {
    const nowMs = this.#clock.monotonicMs();
    let dropped = 0;
    for (const connection of this.#all) {
      const isStuck = connection.isStuck(nowMs);
      if (isStuck) dropped += 1;
      if (isStuck || connection.isClosed || connection.isOver(nowMs)) this.close(connection);
    }
    this.addresses.forgetOld(nowMs);
    return dropped + this.#limitQueued();
  }

  closeAll(): void {
    for (const connection of this.#all) this.close(connection);
  }

  /** Counts it until the function is called. */
  #enter({ localAddress = '', remoteAddress = '' }: Socket): () => void {
    const [at, from] = [plainAddress(localAddress), plainAddress(remoteAddress)];
    if (at === from || from.startsWith('127.')) return () => undefined;
    this.#reached.add(at, 1);
    return () => this.#reached.add(at, -1);
  }

  #refuse(socket: Socket, count: number): number {
    socket.destroy();
    return count;
  }

  close(connection: Connection): void {
    connection.close();
    this.#forget(connection);
  }

  #forget(connection: Connection): void {
    if (!this.#all.delete(connection)) return;
    if (connection.address.isOneOfMany) this.#ofMany -= 1;
    connection.leave();
  }

  /** @returns how many connections were closed for a new one; undefined where there is no room. */
  #makeRoom(address: ClientAddress, nowMs: number): number | undefined {
    const { maxConnections, maxConnectionsPerAddress } = this.#limits;
    const own = address.connections;
    if (!address.isProxy && own >= maxConnectionsPerAddress)
      return this.#replaceOwn(address, nowMs);
    const share = Math.max(1, Math.floor(maxConnections * REPLACED_SHARE));
    const isMany = address.isOneOfMany && !address.isProxy;
    if (isMany && this.#ofMany >= maxConnections * MANY_SHARE)
      return this.#replaceIn((one) => one.isOneOfMany, nowMs, share);
    if (this.#all.size < maxConnections) return 0;
    const largest = this.addresses.largest();
    if (largest === undefined || largest.connections <= own + 1) {
      return this.#replaceOwn(address, nowMs);
    }
    const count = Math.min(share, largest.connections - own - 1);
    const ending = this.#longestIdle((one) => one === largest).slice(0, count);
    for (const connection of ending) this.close(connection);
    return ending.length;
  }

  #replaceOwn(address: ClientAddress, nowMs: number): number | undefined {
    return this.#replaceIn((one) => one === address, nowMs);
  }

  /** @param count At most so many are closed. */
  #replaceIn(isOf: (one: ClientAddress) => boolean, nowMs: number, count = 1): number | undefined {
    const ending = this.#longestIdle(isOf)
      .slice(0, count)
      .filter(({ isIdle, activeMs }) => isIdle && nowMs - activeMs >= REPLACED_AFTER_MS);
    for (const connection of ending) this.close(connection);
    return ending.length > 0 ? ending.length : undefined;
  }

  #of(isOf: (address: ClientAddress) => boolean): Connection[] {
    return [...this.#all].filter(({ address }) => isOf(address));
  }

  #longestIdle(isOf: (address: ClientAddress) => boolean): readonly Connection[] {
    return this.#of(isOf).sort(
      (a, b) => Number(b.isIdle) - Number(a.isIdle) || a.activeMs - b.activeMs,
    );
  }

  /** Drops the connections with the most unread bytes where an address, or all, have too many. */
  #limitQueued(): number {
    let dropped = 0;
    let total = 0;
    let largest: ClientAddress | undefined;
    for (const address of this.addresses.all()) {
      dropped += this.#dropQueued(address, QUEUED_PER_ADDRESS_MAX_BYTES);
      total += address.queuedBytes;
      if (address.queuedBytes > (largest?.queuedBytes ?? 0)) largest = address;
    }
    if (largest === undefined || total <= QUEUED_MAX_BYTES) return dropped;
    const excess = total - QUEUED_MAX_BYTES;
    return dropped + this.#dropQueued(largest, Math.max(0, largest.queuedBytes - excess));
  }

  #dropQueued(address: ClientAddress, maxBytes: number): number {
    if (address.queuedBytes <= maxBytes) return 0;
    let excess = address.queuedBytes - maxBytes;
    let dropped = 0;
    const largestFirst = this.#of((one) => one === address).sort(
      (a, b) => b.queuedBytes - a.queuedBytes,
    );
    for (const connection of largestFirst) {
      if (excess <= 0) break;
      excess -= connection.queuedBytes;
      dropped += 1;
      this.close(connection);
    }
    return dropped;
  }
}

/** Two listening ports may have clients with the same port. */
function peerOf({ remoteAddress, remotePort, localPort }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localPort}`;
}
