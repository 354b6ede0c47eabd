import { type FileHandle, open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { SESSION_CHARS } from './record.ts';

/** What the broker has: every event up to and with this one. */
export interface Cursor {
  readonly session: string;
  readonly ackedSeq: number;
}

const SLOT_BYTES = 32;

/**
 * A cursor on disk, in two slots written in turn, so that a power cut in one
 * write leaves the one before.
 *
 *     0         16         24      28    32
 *     | session | ackedSeq | write | crc |
 *
 * `write` counts the writes: the higher of the two is the newer.
 */
export class CursorFile {
  readonly #file: FileHandle;
  #writes: number;
  #wanted: Cursor | undefined;
  #writing: Promise<void> | undefined;

  private constructor(file: FileHandle, writes: number) {
    this.#file = file;
    this.#writes = writes;
  }

  /** Opens or makes it; tells what it held. Rejects when it can be neither read nor made. */
  static async open(path: string): Promise<{ file: CursorFile; cursor: Cursor | undefined }> {
    const file = await open(path, 'r+').catch(() => open(path, 'wx+', 0o600));
    const bytes = Buffer.alloc(2 * SLOT_BYTES);
    await file.read(bytes, 0, bytes.length, 0);
    const slots = [0, SLOT_BYTES].flatMap((at) => parseSlot(bytes.subarray(at)) ?? []);
    const newest = slots.toSorted((a, b) => b.write - a.write)[0];
    return { file: new CursorFile(file, newest?.write ?? 0), cursor: newest };
  }

  /** Resolves when it, or a later one, is on the disk. Several at once are one write. */
  async save(cursor: Cursor): Promise<void> {
    this.#wanted = cursor;
    while (this.#wanted !== undefined) {
      this.#writing ??= this.#write().finally(() => {
        this.#writing = undefined;
      });
      await this.#writing;
    }
  }

  async close(): Promise<void> {
    await this.#writing?.catch(() => undefined);
    await this.#file.close();
  }

  async #write(): Promise<void> {
    const cursor = this.#wanted;
    this.#wanted = undefined;
    if (cursor === undefined) return;
    const write = this.#writes + 1;
    await this.#file.write(
      renderSlot({ ...cursor, write }),
      0,
      SLOT_BYTES,
      (write % 2) * SLOT_BYTES,
    );
    await this.#file.datasync();
    this.#writes = write;
  }
}

interface Slot extends Cursor {
  readonly write: number;
}

function renderSlot({ session, ackedSeq, write }: Slot): Buffer {
  const bytes = Buffer.alloc(SLOT_BYTES);
  bytes.write(session, 0, SESSION_CHARS, 'latin1');
  bytes.writeBigUInt64LE(BigInt(ackedSeq), 16);
  bytes.writeUInt32LE(write, 24);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28);
  return bytes;
}

/** An empty slot is none: the CRC of zeros is not zero. */
function parseSlot(bytes: Buffer): Slot | undefined {
  if (bytes.readUInt32LE(28) !== crc32(bytes.subarray(0, 28))) return undefined;
  return {
    session: bytes.toString('latin1', 0, SESSION_CHARS),
    ackedSeq: Number(bytes.readBigUInt64LE(16)),
    write: bytes.readUInt32LE(24),
  };
}
