/** Group commit: records of the same moment are one write and one sync, and are acknowledged after it. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { ShopState } from '../model/orders.ts';
import type { Announcements } from './announcements.ts';
import type { Book } from './book.ts';
import type { ConfirmedList } from './confirmed-list.ts';
import { LedgerFault, type LedgerFile, openLedgerFile } from './ledger-file.ts';
import type { OrderRecord } from './record.ts';

/**
 * A commit's line stays below some 1.5 MB. Of a rush the first orders are answered while the next
 * ones are on their way to the disk; with fewer records in a line there would be more syncs, each
 * of which takes a slow card some tens of milliseconds.
 */
const RECORDS_MAX = 4_096;
const RETRY_MS = 1_000;
const MARK_EVERY_MS = 1_000;

/** Records that become one line. All who wait for one share its promise. */
interface Batch {
  readonly records: OrderRecord[];
  readonly written: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface GroupCommitDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly isClockFree?: () => boolean;
  /** Records that are on the disk now, with the number of the first; before they are acknowledged. */
  readonly onWritten: (seq: number, records: readonly OrderRecord[]) => void;
}

export class GroupCommit implements AsyncDisposable {
  readonly #file: LedgerFile;
  readonly #deps: GroupCommitDeps;
  readonly #ending = new AbortController();
  /** The oldest first; the first one is being written. */
  readonly #batches: Batch[] = [];
  #isOpen = false;
  #writing: Promise<void> | undefined;
  #marking: Promise<void> | undefined;
  #isMarked = true;
  #fault: string | undefined;

  constructor(file: LedgerFile, deps: GroupCommitDeps) {
    this.#file = file;
    this.#deps = deps;
  }

  /** Why the disk takes no records now. */
  get fault(): string | undefined {
    return this.#fault;
  }

  get bytes(): number {
    return this.#file.bytes;
  }

  /** Resolves when it is on the disk, and all that were added before. */
  add(record: OrderRecord): Promise<void> {
    if (this.#ending.signal.aborted) return Promise.reject(new Error('the box ends'));
    const { records, written } = this.#batch();
    records.push(record);
    return written;
  }

  /** Resolves when all that was added is on the disk. */
  async settled(): Promise<void> {
    await this.#batches.at(-1)?.written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#writing;
    await this.#marking;
    if (!this.#isMarked) await this.#mark();
    await this.#file.close();
  }

  #batch(): Batch {
    const last = this.#batches.at(-1);
    if (this.#isOpen && last !== undefined && last.records.length < RECORDS_MAX) return last;
    const batch = newBatch();
    this.#batches.push(batch);
    this.#isOpen = true;
    this.#writing ??= this.#keepWriting();
    return batch;
  }

  async #keepWriting(): Promise<void> {
    // Orders of the same turn are one write.
    await undefined;
    for (let batch = this.#batches[0]; batch !== undefined; batch = this.#batches[0]) {
      if (this.#batches.length === 1) this.#isOpen = false;
      if (await this.#tryWrite(batch)) {
        this.#batches.shift();
        continue;
      }
      if (this.#ending.signal.aborted) {
        this.#giveUp();
        break;
      }
      await pause(this.#deps.clock, RETRY_MS, this.#ending.signal);
    }
    this.#writing = undefined;
  }

  /** False while the disk takes none. Logs each reason once. */
  async #tryWrite({ records, resolve }: Batch): Promise<boolean> {
    const { log, isClockFree } = this.#deps;
    const seq = this.#file.nextSeq;
    try {
      await this.#file.append(records, isClockFree?.() === true);
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== this.#fault) log.error('orders cannot be saved', { reason });
      this.#fault = reason;
      return false;
    }
    if (this.#fault !== undefined) log.info('orders are saved again');
    this.#fault = undefined;
    this.#deps.onWritten(seq, records);
    // Behind the start of the next write: thousands of answers go out while the disk works.
    queueMicrotask(resolve);
    this.#isMarked = false;
    this.#marking ??= this.#keepMarking();
    return true;
  }

  /** The mark follows by a second at most: it must not slow an order down. */
  async #keepMarking(): Promise<void> {
    await pause(this.#deps.clock, MARK_EVERY_MS, this.#ending.signal);
    await this.#mark();
    this.#marking = undefined;
    if (!this.#isMarked && !this.#ending.signal.aborted) this.#marking = this.#keepMarking();
  }

  async #mark(): Promise<void> {
    this.#isMarked = true;
    try {
      await this.#file.mark();
    } catch (error) {
      this.#deps.log.warn('acknowledged orders not saved', { reason: messageOf(error) });
    }
  }

  #giveUp(): void {
    const why = new Error(`the box ends, and orders cannot be saved: ${this.#fault ?? ''}`);
    for (const { reject } of this.#batches.splice(0)) reject(why);
  }
}

function newBatch(): Batch {
  let settle: Pick<Batch, 'resolve' | 'reject'> | undefined;
  const written = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { records: [], written, ...(settle as Pick<Batch, 'resolve' | 'reject'>) };
}

/** What is filled with the ledger's records. */
export interface LedgerReaders {
  readonly book: Book;
  readonly confirmed: ConfirmedList;
  readonly announcements: Announcements;
}

export interface OpenedLedger {
  readonly ledger?: GroupCommit;
  readonly fault?: NonNullable<ShopState['fault']>;
}

/**
 * Never rejects: then there is a fault.
 *
 * @param before Why it could not be opened the last time; logged once.
 */
export async function openLedger(
  deps: Omit<GroupCommitDeps, 'onWritten'> & { readonly folder: string },
  { book, confirmed, announcements }: LedgerReaders,
  before?: OpenedLedger['fault'],
): Promise<OpenedLedger> {
  const { folder, log } = deps;
  try {
    const { file, records } = await openLedgerFile(folder, log);
    for (const { seq, record } of records) {
      book.apply(record);
      confirmed.note(seq, record);
    }
    log.info('order ledger open', { orders: book.size, bytes: file.bytes });
    const onWritten = announcements.add.bind(announcements);
    return { ledger: new GroupCommit(file, { ...deps, onWritten }) };
  } catch (error) {
    const reason = messageOf(error);
    const kind = error instanceof LedgerFault ? error.kind : 'not-saved';
    if (reason !== before?.reason) {
      log.error('order ledger not open, no order is taken', { kind, reason });
    }
    return { fault: { kind, reason } };
  }
}
