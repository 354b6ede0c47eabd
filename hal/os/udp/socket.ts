/** UDP sockets that receive and send many datagrams with one system call. */
import { closeSync } from 'node:fs';
import * as libc from './libc.ts';
import { join, leave } from './loop.ts';
import { MESSAGES, Messages } from './messages.ts';
import { type Address, familyOf, MAX_NAME_BYTES, parseName, renderName } from './name.ts';
import { type Peer, Peers } from './peers.ts';

/** ICMP errors of earlier datagrams, each of which fails a call in place of a datagram. */
const MAX_ERRORS = 16;

/** For what sockets receive, in turn: a callback does not receive itself. */
let incoming: { readonly connected: Messages; readonly open: Messages } | undefined;

export interface UdpOptions {
  /** Port 0 for any. `::` takes IPv4 too. */
  readonly local: Address;
  /** Connects: only its datagrams come in, and its ICMP errors are reported. */
  readonly remote?: Address;
  /** Of the kernel, each way; it may allow less. */
  readonly bufferBytes: number;
}

export interface UdpEvents {
  /** `packet` is valid during the call. `peer` is undefined on a connected socket. */
  onPacket(packet: Buffer, peer: Peer | undefined): void;
  /** Receiving or sending failed, with the system's code. The socket goes on. */
  onError(code: string): void;
}

export interface UdpSocket {
  readonly local: Address;
  /** Queues a copy, which leaves within the turn. `peer` is for sockets that are not connected. */
  send(packet: Buffer, peer?: Peer): void;
  close(): void;
}

/** @throws Error with the system's code: EADDRINUSE, EADDRNOTAVAIL, ENETUNREACH, … */
export function openUdp(options: UdpOptions, events: UdpEvents): UdpSocket {
  return new BatchSocket(options, events);
}

class BatchSocket implements UdpSocket {
  readonly local: Address;
  readonly #fd: number;
  readonly #family: number;
  readonly #events: UdpEvents;
  readonly #peers: Peers | undefined;
  readonly #outgoing: Messages;
  /** Messages from `start` to before `end` are to be sent. */
  #start = 0;
  #end = 0;
  #isClosing = false;
  #isClosed = false;

  constructor({ local, remote, bufferBytes }: UdpOptions, events: UdpEvents) {
    this.#family = familyOf(local.host);
    this.#events = events;
    this.#peers = remote === undefined ? new Peers(this.#family) : undefined;
    this.#outgoing = new Messages(remote === undefined);
    this.#fd = libc.openDatagramSocket(this.#family);
    try {
      this.#configure(local, remote, bufferBytes);
      this.local = readLocal(this.#fd);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
    join(this);
  }

  send(packet: Buffer, peer?: Peer): void {
    if (this.#isClosing) return;
    if (this.#end === MESSAGES) this.flush();
    if (this.#end === MESSAGES) return;
    if (this.#outgoing.put(this.#end, packet, peer?.name, peer?.control)) this.#end += 1;
    else this.#events.onError('EMSGSIZE');
  }

  close(): void {
    // What is still to be sent may fail, and the owner that is informed may close again.
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.flush();
    this.#isClosed = true;
    leave(this);
    closeSync(this.#fd);
  }

  /** @returns how many datagrams came in: one call's at most, so that others have their turn. */
  receive(): number {
    incoming ??= { connected: new Messages(false), open: new Messages(true) };
    const messages = this.#peers === undefined ? incoming.connected : incoming.open;
    let count = -1;
    for (let errors = 0; count < 0 && errors < MAX_ERRORS && !this.#isClosed; errors += 1) {
      count = libc.receiveMany(this.#fd, messages.headers, MESSAGES);
      if (count >= 0) break;
      const code = libc.lastErrorCode();
      if (code === 'EAGAIN') return 0;
      this.#events.onError(code);
    }
    for (let index = 0; index < count && !this.#isClosed; index += 1) {
      const packet = messages.received(index);
      const peer = this.#peers?.of(messages.nameOf(index), messages.controlOf(index));
      this.#events.onPacket(packet, peer);
    }
    messages.clear(Math.max(0, count));
    return Math.max(0, count);
  }

  /** Sends what is queued; what the kernel has no room for stays until the next turn. */
  flush(): void {
    while (this.#start < this.#end && !this.#isClosed) {
      const headers = this.#outgoing.headersFrom(this.#start);
      const count = libc.sendMany(this.#fd, headers, this.#end - this.#start);
      if (count >= 0) {
        this.#start += count;
        continue;
      }
      const code = libc.lastErrorCode();
      if (code === 'EAGAIN') return;
      // The first one failed, and those behind it may not.
      this.#start += 1;
      this.#events.onError(code);
    }
    this.#start = 0;
    this.#end = 0;
  }

  #configure(local: Address, remote: Address | undefined, bufferBytes: number): void {
    const fd = this.#fd;
    libc.setOption(fd, libc.SOL_SOCKET, libc.SO_RCVBUF, bufferBytes);
    libc.setOption(fd, libc.SOL_SOCKET, libc.SO_SNDBUF, bufferBytes);
    if (this.#family === libc.AF_INET6) {
      libc.setOption(fd, libc.SOL_IPV6, libc.IPV6_V6ONLY, local.host === '::' ? 0 : 1);
    }
    if (remote === undefined) {
      if (this.#family === libc.AF_INET6) {
        libc.setOption(fd, libc.SOL_IPV6, libc.IPV6_RECVPKTINFO, 1);
      } else {
        libc.setOption(fd, libc.SOL_IP, libc.IP_PKTINFO, 1);
      }
    }
    libc.bind(fd, renderName(local, this.#family));
    if (remote !== undefined) libc.connect(fd, renderName(remote, this.#family));
  }
}

function readLocal(fd: number): Address {
  const name = Buffer.alloc(MAX_NAME_BYTES);
  libc.readName(fd, name);
  return parseName(name);
}
