/** The ledger's file on a disk whose steps fail by dice. */
import type { FileHandle } from 'node:fs/promises';
import type { LedgerHandle } from '../../daemon/orders/ledger-file.ts';
import type { Dice } from './scenario.ts';

/** They fail before, half-way or after they have had their effect. */
export class FailingFile implements LedgerHandle {
  faultShare = 0;
  /** The power is off: nothing is written, and all fails. */
  isGone = false;
  syncedBytes = 0;
  readonly #dice: Dice;
  #file: FileHandle | undefined;
  #bytes = 0;
  #running = 0;

  constructor(dice: Dice) {
    this.#dice = dice;
  }

  begin(file: FileHandle, bytes: number): void {
    this.#file = file;
    this.#bytes = bytes;
    this.syncedBytes = bytes;
    this.isGone = false;
  }

  /** Resolves when it is idle. */
  async settled(): Promise<void> {
    for (let idle = 0; idle < 3; idle = this.#running === 0 ? idle + 1 : 0) {
      await new Promise(setImmediate);
    }
  }

  readonly write: LedgerHandle['write'] = (async (
    bytes: Buffer,
    from: number,
    length: number,
    at: number,
  ) => {
    return await this.step(async (share) => {
      const written = await this.#real.write(bytes, from, Math.floor(length * share), at);
      this.#bytes = Math.max(this.#bytes, at + written.bytesWritten);
      this.syncedBytes = Math.min(this.syncedBytes, at);
      return written;
    });
  }) as LedgerHandle['write'];

  async datasync(): Promise<void> {
    await this.step(async (share) => {
      if (share === 1) this.syncedBytes = this.#bytes;
    });
  }

  async truncate(bytes = 0): Promise<void> {
    await this.step(async (share) => {
      if (share < 1) return;
      await this.#real.truncate(bytes);
      this.#bytes = bytes;
      this.syncedBytes = Math.min(this.syncedBytes, bytes);
    });
  }

  async close(): Promise<void> {
    await this.#real.close();
  }

  get #real(): FileHandle {
    return this.#file as FileHandle;
  }

  /** @param work Given how much of it is done. */
  async step<T>(work: (share: number) => Promise<T>): Promise<T> {
    this.#running += 1;
    try {
      if (this.isGone) throw new Error('EIO: the power is off');
      if (!this.#dice.isTrue(this.faultShare)) return await work(1);
      const share = this.#dice.pick([0, 0.5, 1]);
      if (share > 0) await work(share);
      throw new Error('EIO');
    } finally {
      this.#running -= 1;
    }
  }
}
