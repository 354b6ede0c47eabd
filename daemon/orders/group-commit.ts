/** Group commit: records of the same moment are one write and one sync, and are acknowledged after it. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { LedgerFile } from './ledger-file.ts';
import type { OrderRecord } from './record.ts';

/** A commit's line stays below half a megabyte. */
const RECORDS_MAX = 1_500;
const RETRY_MS = 1_000;
const MARK_EVERY_MS = 1_000;

interface Waiting {
  readonly records: readonly OrderRecord[];
  readonly resolve: (seq: number) => void;
  readonly reject: (error: Error) => void;
}

export interface GroupCommitDeps {
  readonly clock: Clock;
  readonly log: Log;
}

export class GroupCommit implements AsyncDisposable {
  readonly #file: LedgerFile;
  readonly #deps: GroupCommitDeps;
  readonly #ending = new AbortController();
  #waiting: Waiting[] = [];
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

  /**
   * Resolves with the number of the first record when all of them are on the disk, and all
   * that were added before. Nothing is added where `records` is empty.
   */
  add(records: readonly OrderRecord[]): Promise<number> {
    if (this.#ending.signal.aborted) return Promise.reject(new Error('the box ends'));
    const done = new Promise<number>((resolve, reject) => {
      this.#waiting.push({ records, resolve, reject });
    });
    this.#writing ??= this.#keepWriting();
    return done;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ending.abort();
    await this.#writing;
    await this.#marking;
    if (!this.#isMarked) await this.#mark();
    await this.#file.close();
  }

  async #keepWriting(): Promise<void> {
    // Orders of the same turn are one write.
    await undefined;
    while (this.#waiting.length > 0) {
      if (await this.#tryWrite()) continue;
      if (this.#ending.signal.aborted) {
        this.#giveUp();
        break;
      }
      await pause(this.#deps.clock, RETRY_MS, this.#ending.signal);
    }
    this.#writing = undefined;
  }

  /** False while the disk takes none. Logs each reason once. */
  async #tryWrite(): Promise<boolean> {
    const { log } = this.#deps;
    const batch = this.#nextBatch();
    const records = batch.flatMap((one) => one.records);
    let seq = this.#file.nextSeq;
    try {
      if (records.length > 0) await this.#file.append(records);
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== this.#fault) log.error('orders cannot be saved', { reason });
      this.#fault = reason;
      return false;
    }
    if (this.#fault !== undefined) log.info('orders are saved again');
    this.#fault = undefined;
    this.#waiting.splice(0, batch.length);
    for (const one of batch) {
      one.resolve(seq);
      seq += one.records.length;
    }
    this.#isMarked = false;
    this.#marking ??= this.#keepMarking();
    return true;
  }

  #nextBatch(): readonly Waiting[] {
    let count = 0;
    const last = this.#waiting.findIndex(({ records }) => {
      count += records.length;
      return count > RECORDS_MAX;
    });
    return this.#waiting.slice(0, last < 0 ? undefined : Math.max(1, last));
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
      this.#deps.log.warn('order mark not saved', { reason: messageOf(error) });
    }
  }

  #giveUp(): void {
    const why = new Error(`the box ends, and orders cannot be saved: ${this.#fault ?? ''}`);
    for (const { reject } of this.#waiting.splice(0)) reject(why);
  }
}
