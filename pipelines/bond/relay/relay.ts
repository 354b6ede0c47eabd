/** The SRTLA relay: joins the links of each bonding sender into one SRT connection. */
import { randomBytes } from 'node:crypto';
import { pause } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import type { Peer } from '../../../hal/os/udp/peers.ts';
import { openUdp, type UdpEvents, type UdpSocket } from '../../../hal/os/udp/socket.ts';
import { DATAGRAM_HEADER_BYTES, type Endpoint } from '../core/config.ts';
import { isSrtla, parseSrtla, renderReply } from '../wire/packet.ts';
import { isProved } from '../wire/secret.ts';
import { isSrtData, readControlType, readSequence, SRT_ACK, SRT_NAK } from '../wire/srt.ts';
import { type RelayGroup, RelayGroups, type RelayLink } from './groups.ts';
import { type Output, openOutput } from './output.ts';
import { type RelaySnapshot, renderRelaySnapshot } from './snapshot.ts';

/** Several senders may burst at once. */
const BUFFER_BYTES = 4_000_000;
const REAP_MS = 1000;

export interface RelayOptions {
  /** Where bonding senders send to: `::` for IPv4 and IPv6. */
  readonly listen: Endpoint;
  /** The SRT listener; it sees one UDP peer for each group. */
  readonly srt: Endpoint;
  /** Only senders that know it can register; without one, every sender can. */
  readonly secret?: string;
}

export interface RelayDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly onStart?: (listening: Endpoint) => void;
  /** Called once a second. */
  readonly onSnapshot?: (snapshot: RelaySnapshot) => void;
  /** False for an address whose datagrams are lost both ways: the demo unplugs a link so. */
  readonly isReachable?: (address: string) => boolean;
}

/**
 * Takes SRT packets from the links of each group, sends them to the SRT listener from one
 * port, and its answers back. Runs until `signal` aborts; rejects only when the port
 * cannot be had.
 */
export async function runRelay(
  options: RelayOptions,
  deps: RelayDeps,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { clock, log, onStart, onSnapshot, isReachable = () => true } = deps;
  const socket = openRelaySocket(options.listen, {
    onPacket: (packet, peer) => {
      if (peer !== undefined && isReachable(peer.host)) {
        relay.onDatagram(packet, peer, clock.monotonicMs());
      }
    },
    onError: (reason) => log.debug('relay port failed', { reason }),
  });
  const relay = new Relay(socket, options, deps);
  onStart?.(socket.local);
  try {
    while (await pause(clock, REAP_MS, signal)) {
      relay.reap(clock.monotonicMs());
      onSnapshot?.(relay.snapshot(clock.monotonicMs()));
    }
  } finally {
    relay.close();
  }
}

/** A reply leaves from the address that was asked: a sender's socket takes no other. */
function openRelaySocket(local: Endpoint, events: UdpEvents): UdpSocket {
  try {
    return openUdp({ local, bufferBytes: BUFFER_BYTES }, events);
  } catch (error) {
    // A kernel without IPv6.
    if (local.host !== '::' || (error as { code?: string }).code !== 'EAFNOSUPPORT') throw error;
    return openUdp({ local: { ...local, host: '0.0.0.0' }, bufferBytes: BUFFER_BYTES }, events);
  }
}

/** The groups with their sockets towards the SRT listener. */
class Relay {
  readonly #socket: UdpSocket;
  readonly #srt: Endpoint;
  readonly #deps: RelayDeps;
  readonly #groups: RelayGroups;
  /** With the local address that each link sends to. */
  readonly #peers = new WeakMap<RelayLink, Peer>();
  readonly #outputs = new Map<RelayGroup, Output>();
  #strayTotal = 0;

  constructor(socket: UdpSocket, { srt, secret }: RelayOptions, deps: RelayDeps) {
    this.#socket = socket;
    this.#srt = srt;
    this.#deps = deps;
    this.#groups = new RelayGroups(
      randomBytes,
      secret === undefined ? undefined : (id) => isProved(id, secret),
    );
  }

  onDatagram(packet: Buffer, peer: Peer, nowMs: number): void {
    const link = this.#groups.find(peer.host, peer.port);
    if (link === undefined) {
      if (!this.#register(packet, peer, nowMs)) this.#strayTotal += 1;
      return;
    }
    const srtla = isSrtla(packet) ? parseSrtla(packet) : undefined;
    const registers = srtla?.kind === 'reg1' || srtla?.kind === 'reg2';
    // Another sender has the address and port of this link, which is no sign of life of it: it is
    // refused until this link has timed out.
    if (registers && !srtla.id.equals(link.group.id)) {
      this.#register(packet, peer, nowMs);
      return;
    }
    this.#peers.set(link, peer);
    this.#groups.noteReceived(link, packet.length, nowMs);
    if (registers) {
      this.#register(packet, peer, nowMs);
    } else if (srtla?.kind === 'keepalive') {
      if (srtla.telemetry !== undefined) link.telemetry = srtla.telemetry;
      this.#reply(packet, peer);
    } else if (!isSrtla(packet)) {
      this.#onSrt(link, packet);
    }
  }

  reap(nowMs: number): void {
    for (const group of this.#groups.reap(nowMs)) {
      this.#outputs.get(group)?.close();
      this.#outputs.delete(group);
      this.#deps.log.info('group ended', { group: group.number });
    }
  }

  snapshot(nowMs: number): RelaySnapshot {
    return renderRelaySnapshot(this.#groups, this.#strayTotal, nowMs);
  }

  close(): void {
    for (const output of this.#outputs.values()) output.close();
    this.#socket.close();
  }

  /** Answers REG1 and REG2; false for everything else. */
  #register(packet: Buffer, peer: Peer, nowMs: number): boolean {
    const { host: address, port } = peer;
    if (!isSrtla(packet)) return false;
    const parsed = parseSrtla(packet);
    if (parsed?.kind !== 'reg1' && parsed?.kind !== 'reg2') return false;
    const reply =
      parsed.kind === 'reg1'
        ? this.#groups.onReg1(parsed.id, address, port, nowMs)
        : this.#groups.onReg2(parsed.id, address, port, nowMs);
    if (reply !== undefined) this.#reply(renderReply(reply), peer);
    return reply !== undefined;
  }

  #onSrt(link: RelayLink, packet: Buffer): void {
    const isData = isSrtData(packet);
    if (!isData && readControlType(packet) < 0) return;
    link.group.lastLink = link;
    // A copy: it is queued where the listener's address is not known yet.
    this.#outputOf(link.group).send(Buffer.from(packet));
    if (!isData) return;
    const ack = this.#groups.noteData(link, readSequence(packet));
    if (ack !== undefined) this.#send(renderReply(ack), link);
  }

  #outputOf(group: RelayGroup): Output {
    const known = this.#outputs.get(group);
    if (known !== undefined) return known;
    const log = this.#deps.log.with({ group: group.number });
    const output = openOutput(this.#srt, {
      clock: this.#deps.clock,
      log,
      onPacket: (packet) => this.#answer(group, packet),
    });
    this.#outputs.set(group, output);
    log.info('group started');
    return output;
  }

  /** ACKs and NAKs of the SRT listener go out by every link, the rest by the latest one. */
  #answer(group: RelayGroup, packet: Buffer): void {
    const type = readControlType(packet);
    if (type === SRT_ACK) group.ackedMs = this.#deps.clock.monotonicMs();
    if (type === SRT_ACK || type === SRT_NAK) {
      for (const link of group.links) this.#send(packet, link);
      return;
    }
    const link = group.lastLink ?? group.links[0];
    if (link !== undefined) this.#send(packet, link);
  }

  /** As much as the link's path may be sent. */
  #send(packet: Buffer, link: RelayLink): void {
    const peer = this.#peers.get(link);
    if (peer === undefined || !link.credit.take(packet.length + DATAGRAM_HEADER_BYTES)) return;
    this.#reply(packet, peer);
  }

  #reply(packet: Buffer, peer: Peer): void {
    if (this.#deps.isReachable?.(peer.host) !== false) this.#socket.send(packet, peer);
  }
}
