import { randomBytes } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { type Clock, isAbort } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import type { Endpoint } from '../core/config.ts';
import { isSrtla, parseSrtla, renderSrtla, type SrtlaPacket } from '../wire/packet.ts';
import { isSrtData, readControlType, readSequence, SRT_ACK, SRT_NAK } from '../wire/srt.ts';
import { type RelayGroup, RelayGroups, type RelayLink } from './groups.ts';
import { type Outlet, openOutlet } from './output.ts';
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
}

/**
 * An SRTLA receiver: takes SRT packets from the links of each group and gives them to
 * the SRT listener from one port, and its answers back. Runs until `signal` aborts;
 * rejects only when the port cannot be had.
 */
export async function runRelay(
  options: RelayOptions,
  deps: RelayDeps,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { clock, log } = deps;
  const groups = new RelayGroups(randomBytes);
  const outlets = new Map<RelayGroup, Outlet>();
  const socket = createSocket({
    type: 'udp4',
    recvBufferSize: BUFFER_BYTES,
    sendBufferSize: BUFFER_BYTES,
    lookup: (host, _options, done) => done(null, host, 4),
  });
  // With this lookup the socket listens before bind returns.
  const isListening = once(socket, 'listening');
  socket.bind(options.listen.port, options.listen.host);
  await isListening;
  socket.on('error', (error) => log.warn('relay port', { reason: error.message }));
  let strayTotal = 0;

  const outletOf = (group: RelayGroup): Outlet => {
    const known = outlets.get(group);
    if (known !== undefined) return known;
    const outlet = openOutlet(options.srt, {
      clock,
      log: log.with({ group: group.number }),
      onPacket: (packet) => answer(socket, group, packet),
    });
    outlets.set(group, outlet);
    log.info('group carries', { group: group.number });
    return outlet;
  };
  socket.on('message', (packet, { address, port }) => {
    const nowMs = clock.monotonicMs();
    const link = groups.find(address, port);
    if (link === undefined) {
      if (!register(groups, socket, packet, address, port, nowMs)) strayTotal += 1;
      return;
    }
    groups.noteHeard(link, packet.length, nowMs);
    if (isSrtla(packet)) onSrtla(groups, socket, link, packet, nowMs);
    else onSrt(groups, socket, outletOf, link, packet);
  });

  const { address: host, port } = socket.address();
  deps.onStart?.({ host, port });
  try {
    while (!signal.aborted) {
      await clock.sleep(REAP_MS, signal);
      for (const group of groups.reap(clock.monotonicMs())) {
        outlets.get(group)?.close();
        outlets.delete(group);
        log.info('group ended', { group: group.number });
      }
      deps.onSnapshot?.(renderRelaySnapshot(groups, strayTotal, clock.monotonicMs()));
    }
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
  } finally {
    for (const outlet of outlets.values()) outlet.close();
    socket.close();
  }
}

/** REG1 and REG2 of an address outside all groups; false for everything else. */
function register(
  groups: RelayGroups,
  socket: Socket,
  packet: Buffer,
  address: string,
  port: number,
  nowMs: number,
): boolean {
  if (!isSrtla(packet)) return false;
  const parsed = parseSrtla(packet);
  if (parsed?.kind !== 'reg1' && parsed?.kind !== 'reg2') return false;
  const reply =
    parsed.kind === 'reg1'
      ? groups.ask(parsed.id, address, port, nowMs)
      : groups.join(parsed.id, address, port, nowMs);
  if (reply !== undefined) socket.send(renderSrtla(reply), port, address, ignore);
  return reply !== undefined;
}

function onSrtla(
  groups: RelayGroups,
  socket: Socket,
  link: RelayLink,
  packet: Buffer,
  nowMs: number,
): void {
  const parsed: SrtlaPacket | undefined = parseSrtla(packet);
  if (parsed?.kind === 'keepalive') {
    if (parsed.telemetry !== undefined) link.telemetry = parsed.telemetry;
    socket.send(packet, link.port, link.address, ignore);
  } else if (parsed?.kind === 'reg1' || parsed?.kind === 'reg2') {
    register(groups, socket, packet, link.address, link.port, nowMs);
  }
}

function onSrt(
  groups: RelayGroups,
  socket: Socket,
  outletOf: (group: RelayGroup) => Outlet,
  link: RelayLink,
  packet: Buffer,
): void {
  const isData = isSrtData(packet);
  if (!isData && readControlType(packet) < 0) return;
  link.group.lastLink = link;
  outletOf(link.group).send(packet);
  if (!isData) return;
  const ack = groups.noteData(link, readSequence(packet));
  if (ack !== undefined) socket.send(renderSrtla(ack), link.port, link.address, ignore);
}

/** The listener's packets: ACKs and NAKs by every link, the rest by the one last heard. */
function answer(socket: Socket, group: RelayGroup, packet: Buffer): void {
  const type = readControlType(packet);
  if (type === SRT_ACK || type === SRT_NAK) {
    for (const link of group.links) socket.send(packet, link.port, link.address, ignore);
    return;
  }
  const link = group.lastLink ?? group.links[0];
  if (link !== undefined) socket.send(packet, link.port, link.address, ignore);
}

function ignore(): void {}
