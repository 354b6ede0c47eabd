/** Memory for many datagrams at once, as recvmmsg(2) and sendmmsg(2) want it. */
import { addressOf, WORD_BYTES } from './libc.ts';
import { MAX_NAME_BYTES } from './name.ts';

/** The longest datagram: an Ethernet frame's. A longer one is cut off. */
const MAX_DATAGRAM_BYTES = 1504;
/** Datagrams that one call takes: 50 Mbit/s bring 24 in 5 ms. More at once overflow the next one's buffer. */
export const MESSAGES = 32;
/** cmsghdr with an in6_pktinfo, which is the longer one. */
const CONTROL_BYTES = 48;

/** Fields of struct mmsghdr, a word each with its padding, then the datagram's length. */
const NAME = 0;
const NAME_BYTES = 1;
const VECTOR = 2;
const VECTORS = 3;
const CONTROL = 4;
const CONTROL_LENGTH = 5;
const LENGTH = 7;
const HEADER_WORDS = 8;

/**
 * ```
 *  headers   struct mmsghdr, one a datagram
 *  vectors   struct iovec, one a datagram: where it lies, and how long it may be
 *  names     struct sockaddr of the peers
 *  controls  struct cmsghdr: the address of this machine that it was sent to
 *  bytes     the datagrams
 * ```
 */
export class Messages {
  /** All of them, for the system call. */
  readonly headers: Buffer;
  readonly #vectors: Buffer;
  readonly #names: Buffer;
  readonly #controls: Buffer;
  readonly #bytes: Buffer;
  readonly #hasPeers: boolean;

  /** @param hasPeers False where the socket is connected. */
  constructor(hasPeers: boolean) {
    this.#hasPeers = hasPeers;
    const sizes = [HEADER_WORDS * WORD_BYTES, 2 * WORD_BYTES, MAX_NAME_BYTES, CONTROL_BYTES];
    const parts = [...sizes, MAX_DATAGRAM_BYTES].map((bytes) => bytes * MESSAGES);
    // Buffer.alloc, as its memory stays in its place and starts with zeros.
    const memory = Buffer.alloc(parts.reduce((sum, bytes) => sum + bytes));
    const [headers, vectors, names, controls, bytes] = parts.map((_, part) => {
      const start = parts.slice(0, part).reduce((sum, before) => sum + before, 0);
      return memory.subarray(start, start + (parts[part] ?? 0));
    });
    this.headers = headers ?? memory;
    this.#vectors = vectors ?? memory;
    this.#names = names ?? memory;
    this.#controls = controls ?? memory;
    this.#bytes = bytes ?? memory;
    const base = addressOf(memory) - BigInt(memory.byteOffset - this.headers.byteOffset);
    for (let index = 0; index < MESSAGES; index += 1) this.#wire(index, base);
    this.clear(MESSAGES);
  }

  /** Makes room for datagrams in all messages, where `count` of them came in before. */
  clear(count: number): void {
    if (!this.#hasPeers) return;
    for (let index = 0; index < count; index += 1) {
      this.#setField(index, NAME_BYTES, MAX_NAME_BYTES);
      this.#setField(index, CONTROL_LENGTH, CONTROL_BYTES);
    }
  }

  /** The datagram that came in, valid until the next call. */
  received(index: number): Buffer {
    const start = index * MAX_DATAGRAM_BYTES;
    return this.#bytes.subarray(
      start,
      start + Math.min(MAX_DATAGRAM_BYTES, this.#field(index, LENGTH)),
    );
  }

  nameOf(index: number): Buffer {
    const start = index * MAX_NAME_BYTES;
    return this.#names.subarray(start, start + this.#field(index, NAME_BYTES));
  }

  controlOf(index: number): Buffer {
    const start = index * CONTROL_BYTES;
    return this.#controls.subarray(start, start + this.#field(index, CONTROL_LENGTH));
  }

  /** Copies a datagram in, to be sent. False where it is too long. */
  put(index: number, packet: Buffer, name?: Buffer, control?: Buffer): boolean {
    if (packet.length > MAX_DATAGRAM_BYTES) return false;
    packet.copy(this.#bytes, index * MAX_DATAGRAM_BYTES);
    this.#vectors.writeUInt32LE(packet.length, (2 * index + 1) * WORD_BYTES);
    if (!this.#hasPeers) return true;
    name?.copy(this.#names, index * MAX_NAME_BYTES);
    control?.copy(this.#controls, index * CONTROL_BYTES);
    this.#setField(index, NAME_BYTES, name?.length ?? 0);
    this.#setField(index, CONTROL_LENGTH, control?.length ?? 0);
    return true;
  }

  /** The headers from `index` on. */
  headersFrom(index: number): Buffer {
    return index === 0 ? this.headers : this.headers.subarray(index * HEADER_WORDS * WORD_BYTES);
  }

  #wire(index: number, base: bigint): void {
    const at = (part: Buffer, offset: number) =>
      base + BigInt(part.byteOffset - this.headers.byteOffset + offset);
    this.#setPointer(index, VECTOR, at(this.#vectors, 2 * index * WORD_BYTES));
    this.#setField(index, VECTORS, 1);
    this.#vectors.writeUInt32LE(MAX_DATAGRAM_BYTES, (2 * index + 1) * WORD_BYTES);
    writeWord(this.#vectors, 2 * index, at(this.#bytes, index * MAX_DATAGRAM_BYTES));
    if (!this.#hasPeers) return;
    this.#setPointer(index, NAME, at(this.#names, index * MAX_NAME_BYTES));
    this.#setPointer(index, CONTROL, at(this.#controls, index * CONTROL_BYTES));
  }

  #setPointer(index: number, field: number, value: bigint): void {
    writeWord(this.headers, index * HEADER_WORDS + field, value);
  }

  /** Fields of 4 bytes, and of a word whose upper half stays 0; all these machines are little-endian. */
  #setField(index: number, field: number, value: number): void {
    this.headers.writeUInt32LE(value, (index * HEADER_WORDS + field) * WORD_BYTES);
  }

  #field(index: number, field: number): number {
    return this.headers.readUInt32LE((index * HEADER_WORDS + field) * WORD_BYTES);
  }
}

function writeWord(memory: Buffer, word: number, value: bigint): void {
  if (WORD_BYTES === 8) memory.writeBigUInt64LE(value, word * 8);
  else memory.writeUInt32LE(Number(value), word * 4);
}
