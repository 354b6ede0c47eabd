/** The encoder and the sink of the chain: numbered MPEG-TS packets. */
import { createSocket } from 'node:dgram';
import { setTimeout as sleep } from 'node:timers/promises';

/** Seven MPEG-TS packets, as SRT carries them. */
const PACKET_BYTES = 1316;
const TS_BYTES = 188;

export interface Feed {
  bitrateBps: number;
  sentTotal: number;
}

/** Sends numbered MPEG-TS null packets at an even rate, as an encoder would, for ever. */
export async function runFeed(feed: Feed, port: number): Promise<void> {
  const socket = createSocket({ type: 'udp4', sendBufferSize: 4_000_000 });
  await new Promise<void>((done) => socket.connect(port, '127.0.0.1', done));
  socket.on('error', () => undefined);
  let dueMs = performance.now();
  for (;;) {
    await sleep(1);
    if (feed.bitrateBps <= 0) dueMs = performance.now();
    dueMs = Math.max(dueMs, performance.now() - 200);
    while (feed.bitrateBps > 0 && dueMs <= performance.now()) {
      socket.send(renderNumbered(feed.sentTotal), () => undefined);
      feed.sentTotal += 1;
      dueMs += (PACKET_BYTES * 8000) / feed.bitrateBps;
    }
  }
}

function renderNumbered(number: number): Buffer {
  const packet = Buffer.alloc(PACKET_BYTES, 0xff);
  for (let at = 0; at < PACKET_BYTES; at += TS_BYTES) packet.writeUInt32BE(0x471fff10, at);
  packet.writeUInt32BE(number, 4);
  return packet;
}

/** SRT's header comes before the payload. */
const SRT_HEADER_BYTES = 16;

/** Of the payload of an SRT data packet; -1 for other packets. */
export function readNumber(packet: Buffer): number {
  if (packet.length !== SRT_HEADER_BYTES + PACKET_BYTES || (packet[0] ?? 0) & 0x80) return -1;
  return packet.readUInt32BE(SRT_HEADER_BYTES + 4);
}

export function countMissing(seen: ReadonlySet<number>, first: number, end: number): number {
  let missing = 0;
  for (let number = first; number < end; number += 1) if (!seen.has(number)) missing += 1;
  return missing;
}

/** What came out at the far end. */
export interface Arrivals {
  readonly received: number;
  readonly highest: number;
  /** When the last packet came, on this process's clock. */
  readonly lastMs: number;
  /** Longest time without a packet since the last {@link Sink.clearGap}. */
  readonly longestGapMs: number;
}

export interface Sink {
  read(): Arrivals;
  /** Numbers from `first` to before `end` that never came. */
  countMissing(first: number, end: number): number;
  clearGap(): void;
}

export async function openSink(port: number): Promise<Sink> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
  const seen = new Set<number>();
  let highest = -1;
  let lastMs = performance.now();
  let longestGapMs = 0;
  socket.on('message', (packet) => {
    const nowMs = performance.now();
    longestGapMs = Math.max(longestGapMs, nowMs - lastMs);
    lastMs = nowMs;
    for (let at = 0; at + PACKET_BYTES <= packet.length; at += PACKET_BYTES) {
      const number = packet.readUInt32BE(at + 4);
      seen.add(number);
      highest = Math.max(highest, number);
    }
  });
  await new Promise<void>((done) => socket.bind(port, '127.0.0.1', done));
  return {
    read: () => ({ received: seen.size, highest, lastMs, longestGapMs }),
    countMissing: (first, end) => countMissing(seen, first, end),
    clearGap: () => {
      longestGapMs = 0;
      lastMs = performance.now();
    },
  };
}
