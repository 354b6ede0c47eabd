/** One pushed stream as it comes in. */
import { type ReadRecord, RecordReader } from '../../../push/wire/reader.ts';
import { anySignal } from '../signals.ts';

/** Records come every second at least, while there is a stream. */
const SILENT_MAX_MS = 1_000;
/** The next key frame may be further away. */
const NEXT_MAX_MS = 12_000;

/** The box does not push this. */
export class PushRefused extends Error {
  readonly status: number;

  constructor(url: URL, status: number) {
    super(`${url.pathname}: ${status}`);
    this.status = status;
  }
}

/** Nothing came for too long, or the connection was lost. */
class PushLost extends Error {}

/** Reads as fast as the records are taken; the connection has the rest. */
export class PushStream {
  readonly #queue: ReadRecord[] = [];
  readonly #stop = new AbortController();
  readonly #response: Promise<ReadableStreamDefaultReader<Uint8Array>>;
  readonly #records = new RecordReader();
  readonly #silentMaxMs: number;

  /** @param isFromNext From the next key frame on, which may be further away. */
  constructor(url: URL, isFromNext: boolean, signal: AbortSignal) {
    this.#silentMaxMs = isFromNext ? NEXT_MAX_MS : SILENT_MAX_MS;
    this.#response = this.#open(url, anySignal(signal, this.#stop.signal));
    this.#response.catch(() => undefined);
  }

  /** Resolves when the queue has a record that `isWanted`. Rejects as {@link PushStream.read}. */
  async fill(isWanted: (record: ReadRecord) => boolean): Promise<void> {
    while (!this.#queue.some(isWanted)) await this.#receive();
  }

  /** The next record. Rejects with {@link PushRefused} or {@link PushLost}, or when aborted. */
  async read(): Promise<ReadRecord> {
    for (;;) {
      const first = this.#queue.shift();
      if (first !== undefined) return first;
      await this.#receive();
    }
  }

  close(): void {
    this.#stop.abort();
  }

  async #open(url: URL, signal: AbortSignal) {
    const response = await this.#within(fetch(url, { signal, cache: 'no-store' }));
    if (!response.ok) throw new PushRefused(url, response.status);
    if (response.body === null) throw new PushLost('no body');
    return response.body.getReader();
  }

  async #receive(): Promise<void> {
    const reader = await this.#response;
    const { value } = await this.#within(reader.read());
    if (value === undefined) throw new PushLost('the connection ended');
    this.#queue.push(...this.#records.add(value, performance.now()));
  }

  async #within<T>(work: Promise<T>): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const isLate = () => {
        reject(new PushLost(`nothing came in ${this.#silentMaxMs} ms`));
        this.close();
      };
      timer = setTimeout(isLate, this.#silentMaxMs);
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
