/** The SRTLA relay: joins the links of each bonding sender into one SRT connection. */
import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { pause } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import type { Endpoint } from '../core/config.ts';
import { isSrtla, parseSrtla, renderReply } from '../wire/packet.ts';
import { isSrtData, readControlType, readSequence, SRT_ACK, SRT_NAK } from '../wire/srt.ts';
import { type RelayGroup, RelayGroups, type RelayLink } from './groups.ts';
import { type Output, openOutput } from './output.ts';
import { type RelaySnapshot, renderRelaySnapshot } from './snapshot.ts';

/** Several senders may burst at once. */
const BUFFER_BYTES = 4_000_000;
const REAP_MS = 1000;

export interface RelayOptions {
  /** Where bonding senders send to. */
  readonly listen: Endpoint;
  /** The SRT listener; it sees one UDP peer for each group. */
  readonly srt: Endpoint;
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
  { listen, srt }: RelayOptions,
  deps: RelayDeps,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { clock, log, onStart, onSnapshot, isReachable = () => true } = deps;
  const socket = await openRelaySocket(listen);
  const relay = new Relay(socket, srt, deps);
  socket.on('error', (error) => log.warn('relay port failed', { reason: error.message }));
  socket.on('message', (packet, { address, port }) => {
    if (isReachable(address)) relay.onDatagram(packet, address, port, clock.monotonicMs());
  });
  const { address: host, port } = socket.address();
  onStart?.({ host, port });
  try {
    while (await pause(clock, REAP_MS, signal)) {
      relay.reap(clock.monotonicMs());
      onSnapshot?.(relay.snapshot(clock.monotonicMs()));
    }
  } finally {
    relay.close();
  }
}

async function openRelaySocket({ host, port }: Endpoint): Promise<Socket> {
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER_BYTES,
    sendBufferSize: BUFFER_BYTES,
    lookup: (name, _options, done) => done(null, name, 4),
  });
  // With this lookup the socket listens before bind returns.
  const isListening = once(socket, 'listening');
  socket.bind(port, host);
  await isListening;
  return socket;
}

/** The groups with their sockets towards the SRT listener. */
class Relay {
  readonly #socket: Socket;
  readonly #srt: Endpoint;
  readonly #deps: RelayDeps;
  readonly #groups = new RelayGroups(randomBytes);
  readonly #outputs = new Map<RelayGroup, Output>();
  #strayTotal = 0;

  constructor(socket: Socket, srt: Endpoint, deps: RelayDeps) {
    this.#socket = socket;
    this.#srt = srt;
    this.#deps = deps;
  }

  onDatagram(packet: Buffer, address: string, port: number, nowMs: number): void {
    const link = this.#groups.find(address, port);
    if (link === undefined) {
      if (!this.#register(packet, address, port, nowMs)) this.#strayTotal += 1;
      return;
    }
    this.#groups.noteReceived(link, packet.length, nowMs);
    if (isSrtla(packet)) this.#onSrtla(link, packet, nowMs);
    else this.#onSrt(link, packet);
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
  #register(packet: Buffer, address: string, port: number, nowMs: number): boolean {
    if (!isSrtla(packet)) return false;
    const parsed = parseSrtla(packet);
    if (parsed?.kind !== 'reg1' && parsed?.kind !== 'reg2') return false;
    const reply =
      parsed.kind === 'reg1'
        ? this.#groups.onReg1(parsed.id, address, port, nowMs)
        : this.#groups.onReg2(parsed.id, address, port, nowMs);
    if (reply !== undefined) this.#send(renderReply(reply), { address, port });
    return reply !== undefined;
  }

  #onSrtla(link: RelayLink, packet: Buffer, nowMs: number): void {
    const parsed = parseSrtla(packet);
    if (parsed?.kind === 'keepalive') {
      if (parsed.telemetry !== undefined) link.telemetry = parsed.telemetry;
      this.#send(packet, link);
    } else if (parsed?.kind === 'reg1' || parsed?.kind === 'reg2') {
      this.#register(packet, link.address, link.port, nowMs);
    }
  }

  #onSrt(link: RelayLink, packet: Buffer): void {
    const isData = isSrtData(packet);
    if (!isData && readControlType(packet) < 0) return;
    link.group.lastLink = link;
    this.#outputOf(link.group).send(packet);
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
    group.isAnswered = true;
    const type = readControlType(packet);
    if (type === SRT_ACK || type === SRT_NAK) {
      for (const link of group.links) this.#send(packet, link);
      return;
    }
    const link = group.lastLink ?? group.links[0];
    if (link !== undefined) this.#send(packet, link);
  }

  #send(packet: Buffer, { address, port }: { readonly address: string; readonly port: number }) {
    if (this.#deps.isReachable?.(address) === false) return;
    this.#socket.send(packet, port, address, ignore);
  }
}

function ignore(): void {}
