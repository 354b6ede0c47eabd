/** A SourceBuffer that takes appends one after the other and removes what was played. */
import { watchEviction } from './media-source.ts';

/** What is left behind the playback position, once there are TRIM_AT_S of it. */
const BACK_BUFFER_S = 12;
const TRIM_AT_S = 20;
/** The same where a browser has no more memory: the GOP that plays is longer than this in no stream of ours. */
const BACK_BUFFER_MIN_S = 7;
/** The browser accepts no more media: the player has to be opened again. */
export class BufferLost extends Error {}

/** Appends that may wait; a longer queue means that the buffer has failed. */
const QUEUE_MAX = 200;

export class TrackBuffer {
  readonly #buffer: SourceBuffer;
  readonly #queue: { readonly bytes: BufferSource; readonly done: () => void }[] = [];
  /** The init section that was appended last. */
  initUrl = '';
  /** Unix time of the end of what was appended last, in ms; undefined where nothing can follow it. */
  endDateMs: number | undefined;
  #isAppending = false;
  /** Until `updateend`, which comes a task later than `updating` becomes false. */
  #isUpdating = false;
  #failed: unknown;
  /** As far as it was last known. */
  #playedS = 0;

  readonly #onAppend: () => void;

  /**
   * @param onEvicted The browser has removed media that ended here.
   * @param onAppend More is about to be added: nothing has less buffered than now.
   */
  constructor(
    source: MediaSource,
    mime: string,
    onEvicted: (endS: number) => void,
    onAppend: () => void,
  ) {
    this.#onAppend = onAppend;
    this.#buffer = source.addSourceBuffer(mime);
    this.#buffer.mode = 'segments';
    watchEviction(this.#buffer, onEvicted);
    this.#buffer.addEventListener('updateend', () => {
      this.#isUpdating = false;
      this.#next();
    });
    this.#buffer.addEventListener('error', () => {
      this.#failed = new BufferLost(`the browser cannot decode ${mime}`);
    });
  }

  /** Resolves when the bytes are buffered. Rejects with {@link BufferLost}. */
  async append(bytes: BufferSource): Promise<void> {
    if (this.#failed !== undefined) throw this.#failed;
    if (this.#queue.length > QUEUE_MAX)
      throw new BufferLost(`more than ${QUEUE_MAX} appends are waiting`);
    await new Promise<void>((resolve, reject) => {
      const done = () => (this.#failed === undefined ? resolve() : reject(this.#failed));
      this.#queue.push({ bytes, done });
      if (this.#queue.length === 1) this.#start();
    });
  }

  get ranges(): readonly (readonly [startS: number, endS: number])[] {
    const { buffered } = this.#buffer;
    return Array.from({ length: buffered.length }, (_, i) => [buffered.start(i), buffered.end(i)]);
  }

  has(atS: number): boolean {
    return this.ranges.some(([startS, endS]) => startS <= atS && atS < endS);
  }

  /** Removes what lies far behind `playedS`. */
  trim(playedS: number): void {
    this.#playedS = playedS;
    const [start] = this.ranges[0] ?? [playedS];
    if (this.#isUpdating || playedS - start < TRIM_AT_S) return;
    this.#remove(start, playedS - BACK_BUFFER_S);
  }

  #start(): void {
    const head = this.#queue[0];
    if (head === undefined || this.#isUpdating || this.#buffer.updating) return;
    this.#isAppending = true;
    try {
      this.#onAppend();
      this.#buffer.appendBuffer(head.bytes);
      this.#isUpdating = true;
    } catch (error) {
      this.#isAppending = false;
      if (isFull(error) && this.#makeRoom()) return;
      this.#failed = new BufferLost(String(error));
      this.#next();
    }
  }

  /** Removes what was played; the append waits for that. @returns false where there is none. */
  #makeRoom(): boolean {
    const [startS] = this.ranges[0] ?? [this.#playedS];
    const endS = this.#playedS - BACK_BUFFER_MIN_S;
    if (endS <= startS) return false;
    this.#remove(startS, endS);
    return true;
  }

  #remove(startS: number, endS: number): void {
    this.#buffer.remove(startS, endS);
    this.#isUpdating = true;
  }

  #next(): void {
    if (this.#failed !== undefined) {
      for (const { done } of this.#queue.splice(0)) done();
      return;
    }
    // `updateend` follows a remove too, while an append waits.
    if (this.#isAppending) {
      this.#isAppending = false;
      this.#queue.shift()?.done();
    }
    this.#start();
  }
}

const isFull = (error: unknown) => (error as Error).name === 'QuotaExceededError';

/** Less than this is too little to play, or to skip a gap for. */
const COMMON_MIN_S = 0.1;

/** The newest time range that all buffers have. */
export function commonRange(
  buffers: readonly Pick<TrackBuffer, 'ranges'>[],
): readonly [number, number] | undefined {
  const newest = buffers.map(({ ranges }) => ranges.at(-1));
  if (newest.some((range) => range === undefined)) return undefined;
  const startS = Math.max(...newest.map((range) => range?.[0] ?? 0));
  const endS = Math.min(...newest.map((range) => range?.[1] ?? 0));
  return endS - startS > COMMON_MIN_S ? [startS, endS] : undefined;
}
