/** Finds the records in a pushed stream's bytes, however they are cut up on the way. Pure. */
import { HEADER_BYTES, type RecordHeader, readHeader } from './record.ts';

export interface ReadRecord {
  readonly header: RecordHeader;
  /** A copy that its reader owns: header and payload. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** When its first byte was added, by the clock of {@link RecordReader.add}. */
  readonly begunMs: number;
}

/** The bytes are not those of a pushed stream. */
export class InvalidRecord extends Error {}

/** Holds one incomplete record at most; its size is limited by the format. */
export class RecordReader {
  readonly #head = new Uint8Array(HEADER_BYTES);
  #header: RecordHeader | undefined;
  #bytes: Uint8Array<ArrayBuffer> = this.#head;
  #filled = 0;
  #begunMs = 0;

  /** @returns the records that are complete with these bytes. @throws InvalidRecord */
  add(chunk: Uint8Array, nowMs: number): readonly ReadRecord[] {
    const found: ReadRecord[] = [];
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#filled === 0) this.#begunMs = nowMs;
      const taken = rest.subarray(0, this.#bytes.length - this.#filled);
      this.#bytes.set(taken, this.#filled);
      this.#filled += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#filled === HEADER_BYTES && this.#header === undefined) this.#begin();
      if (this.#header === undefined || this.#filled < this.#bytes.length) continue;
      found.push({ header: this.#header, bytes: this.#bytes, begunMs: this.#begunMs });
      this.#header = undefined;
      this.#bytes = this.#head;
      this.#filled = 0;
    }
    return found;
  }

  #begin(): void {
    const header = readHeader(new DataView(this.#head.buffer));
    if (header === undefined) throw new InvalidRecord('this is not a pushed stream');
    this.#header = header;
    this.#bytes = new Uint8Array(HEADER_BYTES + header.payloadBytes);
    this.#bytes.set(this.#head);
  }
}
