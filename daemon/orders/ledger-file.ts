/** The ledger's file: opened, repaired where a crash tore it, and written to by one writer. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { syncFolder, writeAll } from '../../hal/os/durable.ts';
import { ifMissing } from '../../hal/os/errors.ts';
import { parseAs } from '../../hal/os/files/json.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import {
  BEFORE_FIRST,
  type LedgerEnd,
  renderCommit,
  renderHeader,
  type Scan,
  scanLedger,
} from './commit.ts';
import type { OrderRecord } from './record.ts';

const NAME = 'ledger.jsonl';
/** A ledger that was changed, put aside: while it is there no order is taken. */
const DAMAGED_NAME = 'ledger-damaged.jsonl';
/** How much of the ledger was acknowledged. It may be behind, and never ahead. */
const MARK_NAME = 'acknowledged.json';
/** A torn write, set aside for inspection. */
const TORN_NAME = 'ledger-torn.part';

const markSchema = v.object({ bytes: v.number(), hash: v.string() });

export function ledgerPath(folder: string): string {
  return join(folder, NAME);
}

/** Where one lies that was put aside. */
export function damagedPath(folder: string): string {
  return join(folder, DAMAGED_NAME);
}

/** The ledger cannot be believed, or only by a newer version of the program. Nothing of it is lost. */
export class LedgerFault extends Error {
  readonly kind: 'damaged' | 'newer';

  constructor(kind: LedgerFault['kind'], reason: string) {
    super(reason);
    this.name = 'LedgerFault';
    this.kind = kind;
  }
}

/** What can be tested without a disk that fails: the file, as far as it is written to. */
export type LedgerHandle = Pick<FileHandle, 'datasync' | 'truncate' | 'close' | 'write'>;

export interface OpenedLedger {
  readonly file: LedgerFile;
  /** The oldest first, with the number of each. */
  readonly records: readonly { readonly seq: number; readonly record: OrderRecord }[];
}

/** @throws LedgerFault, or the disk's error. */
export async function openLedgerFile(folder: string, log: Log): Promise<OpenedLedger> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = ledgerPath(folder);
  const aside = damagedPath(folder);
  if (await exists(aside)) throw new LedgerFault('damaged', 'it was damaged at an earlier start');
  const bytes = await readFile(path).catch(ifMissing);
  const scan = scanLedger(bytes ?? Buffer.alloc(0));
  // It stays: the newer version opens it again.
  if (scan.tail === 'newer') throw new LedgerFault('newer', newerLine(scan));
  const fault = scan.tail === 'damaged' ? `line ${scan.line} is not as it was written` : undefined;
  const lost = fault ?? (await lossOf(folder, scan));
  if (lost !== undefined) {
    if (bytes !== undefined) await rename(path, aside);
    else await saveFile(aside, '');
    await syncFolder(folder);
    throw new LedgerFault('damaged', lost);
  }
  if (scan.tail === 'torn') await keepTorn(folder, bytes?.subarray(scan.end.bytes), log);
  const file = await open(path, bytes === undefined ? 'w+' : 'r+', 0o600);
  const end = await prepare(file, folder, scan).catch(async (error: unknown) => {
    // It is tried again, and must not stay open each time.
    await file.close().catch(() => undefined);
    throw error;
  });
  const records = scan.commits.flatMap(({ seq, records: all }) =>
    all.map((record, i) => ({ seq: seq + i, record })),
  );
  return { file: new LedgerFile(folder, file, end), records };
}

export function newerLine({ line }: Pick<Scan, 'line'>): string {
  return `line ${line} was written by a newer version of the program`;
}

export class LedgerFile {
  readonly #folder: string;
  readonly #file: LedgerHandle;
  #end: LedgerEnd;
  /** What a failed write left could not be cut off. */
  #isTorn = false;

  constructor(folder: string, file: LedgerHandle, end: LedgerEnd) {
    this.#folder = folder;
    this.#file = file;
    this.#end = end;
  }

  get nextSeq(): number {
    return this.#end.nextSeq;
  }

  get bytes(): number {
    return this.#end.bytes;
  }

  /**
   * Resolves when the records are on the disk. Rejects with the file as it was.
   *
   * @param isClockFree The clock that their times are of was not synchronised.
   */
  async append(records: readonly OrderRecord[], isClockFree = false): Promise<void> {
    const { bytes: start, hash: before, nextSeq } = this.#end;
    const { bytes, hash } = renderCommit(before, {
      ...{ seq: nextSeq, records },
      ...(isClockFree && { clock: 'free' }),
    });
    try {
      // It would stand behind a line that is shorter.
      if (this.#isTorn) await this.#file.truncate(start);
      await writeAll(this.#file as FileHandle, bytes, start);
      await this.#file.datasync();
    } catch (error) {
      this.#isTorn = await this.#file.truncate(start).then(
        () => false,
        () => true,
      );
      throw error;
    }
    this.#isTorn = false;
    this.#end = { bytes: start + bytes.length, hash, nextSeq: nextSeq + records.length };
  }

  /** Notes on the disk that all of it was acknowledged. */
  async mark(): Promise<void> {
    const { bytes, hash } = this.#end;
    await saveFile(join(this.#folder, MARK_NAME), JSON.stringify({ bytes, hash }));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

async function prepare(file: FileHandle, folder: string, { end, tail }: Scan): Promise<LedgerEnd> {
  if (end.bytes === 0) return await begin(file, folder);
  if (tail === 'torn') await cut(file, end.bytes);
  return end;
}

async function begin(file: FileHandle, folder: string): Promise<LedgerEnd> {
  const bytes = renderHeader(randomBytes(8).toString('hex'));
  await file.truncate(0);
  await writeAll(file, bytes, 0);
  await file.datasync();
  await syncFolder(folder);
  return { bytes: bytes.length, hash: bytes.toString('latin1', 0, 64), nextSeq: 1 };
}

async function cut(file: FileHandle, bytes: number): Promise<void> {
  await file.truncate(bytes);
  await file.datasync();
}

/** The last torn write stays beside the ledger, within a limit. */
async function keepTorn(folder: string, tail: Buffer | undefined, log: Log): Promise<void> {
  const torn = tail ?? Buffer.alloc(0);
  log.warn('torn order removed, it was never acknowledged', { bytes: torn.length });
  const text = torn.subarray(0, 65_536).toString('latin1');
  // Nobody was answered for it: a full disk does not keep the shop shut.
  await saveFile(join(folder, TORN_NAME), text).catch((error: unknown) =>
    log.warn('torn order not kept', { reason: messageOf(error) }),
  );
}

/** Why acknowledged orders are not in the ledger; undefined where they are. */
export async function lossOf(
  folder: string,
  { hashes }: { readonly hashes: ReadonlyMap<number, string> },
): Promise<string | undefined> {
  const text = await readFile(join(folder, MARK_NAME), 'utf8').catch(() => '');
  const mark = parseMark(text);
  if (mark === undefined || mark.hash === BEFORE_FIRST) return undefined;
  if (hashes.get(mark.bytes) === mark.hash) return undefined;
  return `its first ${mark.bytes} bytes were acknowledged, and are not there as they were`;
}

/** A mark that cannot be read says nothing: the ledger's own hashes are checked all the same. */
function parseMark(text: string): v.InferOutput<typeof markSchema> | undefined {
  return parseAs(markSchema, text);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
