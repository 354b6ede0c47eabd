/** A relay that delays, drops and limits the datagrams of each link. */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the impairment relay does to one link, each way. */
export interface Impairment {
  readonly delayMs: number;
  /** Added, wandering between 0 and this; packets of a link keep their order. */
  readonly jitterMs: number;
  /** 0 to 1. */
  readonly lossRatio: number;
  /** Of what waits, each way; undefined for no limit. */
  readonly rateBps?: number;
  /** Swallows everything silently. */
  readonly isBlackHole: boolean;
  /** Loses the next datagram of this SRTLA type going this way, once over all links. */
  readonly losing?: { readonly type: number; readonly way: 'up' | 'down' };
}

interface Waiting {
  readonly dueMs: number;
  readonly packet: Buffer;
  readonly send: (packet: Buffer) => void;
}

/** What a limited link holds before it drops. */
const QUEUE_MS = 200;

interface Direction {
  jitterMs: number;
  /** When its last packet has left the limit. */
  freeMs: number;
  lastDueMs: number;
  readonly queue: Waiting[];
}

/**
 * A UDP relay that stands for the Internet: it takes the datagrams of all links on one
 * port, tells the links apart by source address and passes them on, late or not at
 * all. Each client port gets its own socket towards `target`, as behind a NAT.
 */
export async function runImpairment(
  listen: { host: string; port: number },
  target: { host: string; port: number },
  /** Source address -> what to do to it; looked up for each datagram. */
  impairments: ReadonlyMap<string, Impairment>,
  /** Each datagram of a link as it comes, before anything is done to it. */
  onUp: (address: string, packet: Buffer) => void = () => undefined,
): Promise<void> {
  const front = openSocket(listen.host);
  const directions = new Map<string, Direction>();
  const clients = new Map<string, Socket>();
  let hasLost = false;
  const pass = (way: string, address: string, packet: Buffer, send: (packet: Buffer) => void) => {
    const impairment = impairments.get(address);
    if (impairment === undefined || impairment.isBlackHole) return;
    if (Math.random() < impairment.lossRatio) return;
    const { losing } = impairment;
    if (!hasLost && losing?.way === way && packet.readUInt16BE(0) === losing.type) {
      hasLost = true;
      return;
    }
    const key = `${way} ${address}`;
    const direction = directions.get(key) ?? { jitterMs: 0, freeMs: 0, lastDueMs: 0, queue: [] };
    directions.set(key, direction);
    direction.jitterMs = wander(direction.jitterMs, impairment.jitterMs);
    const nowMs = performance.now();
    const startMs = Math.max(nowMs, direction.freeMs);
    if (startMs - nowMs > QUEUE_MS) return;
    const { rateBps = Number.POSITIVE_INFINITY } = impairment;
    direction.freeMs = startMs + (packet.length * 8_000) / rateBps;
    const lateMs = impairment.delayMs + direction.jitterMs;
    const dueMs = Math.max(direction.lastDueMs, direction.freeMs + lateMs);
    direction.lastDueMs = dueMs;
    direction.queue.push({ dueMs, packet, send });
  };
  front.on('message', (packet, { address, port }) => {
    const key = `${address}:${port}`;
    let back = clients.get(key);
    if (back === undefined) {
      back = openSocket(target.host);
      back.on('message', (reply) =>
        pass('down', address, reply, (late) => front.send(late, port, address)),
      );
      back.bind(0, target.host);
      clients.set(key, back);
    }
    const socket = back;
    onUp(address, packet);
    pass('up', address, packet, (late) => socket.send(late, target.port, target.host));
  });
  front.bind(listen.port, listen.host);
  for (;;) {
    await sleep(1);
    const nowMs = performance.now();
    for (const { queue } of directions.values()) flush(queue, nowMs);
  }
}

function flush(queue: Waiting[], nowMs: number): void {
  let due = 0;
  while ((queue[due]?.dueMs ?? Number.POSITIVE_INFINITY) <= nowMs) due += 1;
  for (const { packet, send } of queue.splice(0, due)) send(packet);
}

/** A bounded random walk, so that jitter comes in waves as radio's does. */
function wander(jitterMs: number, maxMs: number): number {
  return Math.min(maxMs, Math.max(0, jitterMs + (Math.random() - 0.5) * maxMs * 0.4));
}

/** For addresses of the same kind as `of`. */
function openSocket(of: string): Socket {
  const family = isIPv6(of) ? 6 : 4;
  const socket = createSocket({
    type: `udp${family}`,
    recvBufferSize: 4_000_000,
    sendBufferSize: 4_000_000,
    lookup: (host, _options, done) => done(null, host, family),
  });
  return socket.on('error', () => undefined);
}
