/** Reads and writes bits of H.264 syntax structures (ITU-T H.264 §7.3.1, §9.1). */

/** Reads fields of an RBSP. Past the end it throws a RangeError. */
export class BitReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** Bits read so far. */
  get position(): number {
    return this.#at;
  }

  /** u(n), of at most 32 bits. */
  u(bits: number): number {
    let value = 0;
    for (let i = 0; i < bits; i += 1) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError('the RBSP is too short');
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
      this.#at += 1;
    }
    return value;
  }

  flag(): boolean {
    return this.u(1) === 1;
  }

  /** ue(v): an unsigned Exp-Golomb code. */
  ue(): number {
    let zeros = 0;
    while (!this.flag()) zeros += 1;
    if (zeros > 31) throw new RangeError('the Exp-Golomb code is too long');
    return 2 ** zeros - 1 + this.u(zeros);
  }

  /** se(v): a signed Exp-Golomb code. */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** Writes an RBSP of at most the size that it is created with. */
export class BitWriter {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(maxBytes: number) {
    this.#bytes = Buffer.alloc(maxBytes);
  }

  /** u(n). */
  u(value: number, bits: number): void {
    for (let i = bits - 1; i >= 0; i -= 1) {
      if (Math.floor(value / 2 ** i) % 2 === 1) {
        this.#bytes[this.#at >> 3] = (this.#bytes[this.#at >> 3] ?? 0) | (0x80 >> (this.#at & 7));
      }
      this.#at += 1;
    }
  }

  ue(value: number): void {
    const bits = Math.floor(Math.log2(value + 1));
    this.u(0, bits);
    this.u(value + 1, bits + 1);
  }

  /** Bits `from` to `to` of other bytes. */
  copy(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to && (this.#at & 7) !== 0) {
      this.u(((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1, 1);
      at += 1;
    }
    const shift = at & 7;
    for (; to - at >= 8; at += 8) {
      const pair = ((bytes[at >> 3] ?? 0) << 8) | (bytes[(at >> 3) + 1] ?? 0);
      this.#bytes[this.#at >> 3] = (pair >> (8 - shift)) & 0xff;
      this.#at += 8;
    }
    for (; at < to; at += 1) this.u(((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1, 1);
  }

  /** Fills up the last byte. */
  align(bit: 0 | 1): void {
    while ((this.#at & 7) !== 0) this.u(bit, 1);
  }

  /** What was written, in complete bytes. */
  take(): Buffer {
    return this.#bytes.subarray(0, (this.#at + 7) >> 3);
  }
}

/** The RBSP of a NAL unit: its bytes without emulation prevention. */
export function unescapeNal(nal: Buffer): Buffer {
  const out = Buffer.allocUnsafe(nal.length);
  let [length, zeros] = [0, 0];
  for (const byte of nal) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    out[length] = byte;
    length += 1;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out.subarray(0, length);
}

/** A NAL unit of an RBSP: no three bytes in it look like a start code. */
export function escapeNal(rbsp: Buffer): Buffer {
  const out = Buffer.allocUnsafe(rbsp.length + Math.ceil(rbsp.length / 2) + 1);
  let [length, zeros] = [0, 0];
  for (const byte of rbsp) {
    if (zeros >= 2 && byte <= 3) {
      out[length] = 3;
      length += 1;
      zeros = 0;
    }
    out[length] = byte;
    length += 1;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out.subarray(0, length);
}
