/** Plays by WebRTC where that works, and goes back to it, without a pause, where it works again. */
import type { Player } from '../live.ts';
import { WhepFailed, WhepTries } from './tries.ts';
import { connectWhep, openWhep, type WhepConnection, type WhepOptions } from './whep.ts';

/** Of this page in this tab: no packets came to it before it was loaded again. */
const STORED_AS = 'venuebox-webrtc-silent';

/** For a page that has another player in reserve. */
export class WhepChoice {
  readonly #video: HTMLVideoElement;
  #tries = new WhepTries();
  /** It gets packets, and is to be played next. */
  #connected: WhepConnection | undefined;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    if (wasSilent()) this.#tries.fail('silent', performance.now());
  }

  /** It has not failed just now. */
  get isDue(): boolean {
    return this.#connected !== undefined || this.#waitMs() === 0;
  }

  /** It failed, or was put off, and is to be tried while another player is on screen. */
  get isAwaited(): boolean {
    return this.#tries.isPutOff;
  }

  /** There was no stream: pages that waited for it do not all ask at once. */
  spread(): void {
    this.#tries.spread(performance.now());
  }

  /** A new stream begins: what failed with the one before no longer counts. */
  forgive(): void {
    this.#tries = new WhepTries();
  }

  /** Rejects as {@link openWhep}. */
  async open(options: WhepOptions, signal: AbortSignal): Promise<Player> {
    const connected = this.#connected;
    this.#connected = undefined;
    if (connected !== undefined) return connected.play(this.#video, signal);
    this.#tries.start(performance.now());
    try {
      const player = await openWhep(this.#video, options, signal);
      setSilent(false);
      return player;
    } catch (error) {
      if (isSilent(error) && !signal.aborted) setSilent(true);
      throw error;
    }
  }

  /** True where an error is WebRTC's: another player is to take its place at once. */
  hasFailed(error: unknown): boolean {
    if (!(error instanceof WhepFailed)) return false;
    this.#tries.fail(error.why, performance.now(), error.afterMs);
    return true;
  }

  /**
   * Connects again in the background while another player is on screen, and aborts that once
   * packets arrive: the picture goes on until then.
   *
   * @returns what ends it: the other player has ended.
   */
  comeBack(options: WhepOptions, attempt: AbortController): () => void {
    const over = new AbortController();
    const end = () => over.abort();
    attempt.signal.addEventListener('abort', end, { once: true });
    void this.#keepConnecting(options, attempt, over.signal);
    return end;
  }

  async #keepConnecting(
    options: WhepOptions,
    attempt: AbortController,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      await untilAborted(signal, this.#waitMs());
      if (signal.aborted) return;
      this.#tries.start(performance.now());
      try {
        const connected = await connectWhep(options, signal);
        if (signal.aborted) return connected.close();
        setSilent(false);
        this.close();
        this.#connected = connected;
        return attempt.abort();
      } catch (error) {
        if (signal.aborted) return;
        const { why, afterMs } = error instanceof WhepFailed ? error : new WhepFailed('');
        this.#tries.fail(why, performance.now(), afterMs);
      }
    }
  }

  /** Ends a connection that is not played yet. */
  close(): void {
    this.#connected?.close();
    this.#connected = undefined;
  }

  #waitMs(): number {
    return this.#tries.waitMs(performance.now());
  }
}

function isSilent(error: unknown): boolean {
  return error instanceof WhepFailed && error.why === 'silent';
}

/** A browser may store nothing, or refuse to say. */
function wasSilent(): boolean {
  try {
    return sessionStorage.getItem(STORED_AS) !== null;
  } catch {
    return false;
  }
}

function setSilent(isSilent: boolean): void {
  try {
    if (isSilent) sessionStorage.setItem(STORED_AS, '1');
    else sessionStorage.removeItem(STORED_AS);
  } catch {
    // The next page finds out by itself.
  }
}

/** Resolves then, or after the time. */
function untilAborted(signal: AbortSignal, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, timeoutMs);
    signal.addEventListener('abort', end);
  });
}
