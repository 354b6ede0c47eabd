/**
 * How fragments reach the disk, so that a file can be opened whenever its disk is pulled.
 *
 * ffmpeg 5.1 does not open a file that ends inside a moof. So the fragments of one sync
 * are first written under the header of a free box, which players skip, also where the
 * file ends inside it. Once they are synced, the eight bytes of the first moof's header
 * take its place:
 *
 * ```
 * 00002f74 free | mfhd traf, mdat, moof, mdat    written, synced
 * 000000a0 moof                                  written over the first eight bytes
 * ```
 */

const HEADER_BYTES = 8;
/** A disk writes a sector of this size completely or not at all. */
const SECTOR_BYTES = 512;

/** An empty free box. */
const PADDING = Buffer.from([0, 0, 0, HEADER_BYTES, ...Buffer.from('free', 'latin1')]);
const MFHD_BYTES = 16;

export interface HiddenBatch {
  /** To be written first, where the batch belongs. */
  readonly hidden: Buffer;
  /** To be written over its first bytes, once all of it is on the disk. */
  readonly header: Buffer;
}

/** @param chunks Complete fragments, a moof first. */
export function hideBatch(chunks: readonly Buffer[]): HiddenBatch {
  const hidden = Buffer.concat(chunks);
  const header = Buffer.from(hidden.subarray(0, HEADER_BYTES));
  writeHeader(hidden, hidden.length, 'free');
  return { hidden, header };
}

/** The header of a moof by what lies behind it, whatever lies in its place; undefined where that is no moof. */
export function headerOf(bytes: Buffer): Buffer | undefined {
  const trafAt = HEADER_BYTES + MFHD_BYTES;
  if (bytes.length < trafAt + HEADER_BYTES) return undefined;
  const hasMfhd = typeAt(bytes, HEADER_BYTES) === 'mfhd';
  if (!hasMfhd || typeAt(bytes, trafAt) !== 'traf') return undefined;
  const header = Buffer.alloc(HEADER_BYTES);
  writeHeader(header, (trafAt + bytes.readUInt32BE(trafAt)) % 2 ** 32, 'moof');
  return header;
}

/** Of a box that players skip. */
export function freeHeader(bytes: number): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  writeHeader(header, bytes, 'free');
  return header;
}

/** What follows media that ends at this offset, so that the next header lies in one sector. */
export function paddingAt(offset: number): Buffer | undefined {
  return offset % SECTOR_BYTES > SECTOR_BYTES - HEADER_BYTES ? PADDING : undefined;
}

/** How many bytes of padding `bytes` start with. */
export function paddingOf(bytes: Buffer): number {
  return bytes.subarray(0, HEADER_BYTES).equals(PADDING) ? HEADER_BYTES : 0;
}

function writeHeader(bytes: Buffer, size: number, type: string): void {
  bytes.writeUInt32BE(size, 0);
  bytes.write(type, 4, 'latin1');
}

function typeAt(bytes: Buffer, at: number): string {
  return bytes.toString('latin1', at + 4, at + 8);
}
