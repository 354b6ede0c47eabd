/** Plays by WebRTC where that works, and goes back to it, without a pause, where it works again. */
import type { Player } from '../live.ts';
import { WhepTries } from './tries.ts';
import {
  connectWhep,
  openWhep,
  type WhepConnection,
  WhepFailed,
  type WhepOptions,
} from './whep.ts';

/** For a page that has another player in reserve. */
export class WhepChoice {
  readonly #video: HTMLVideoElement;
  readonly #tries = new WhepTries();
  /** It gets packets, and is to be played next. */
  #connected: WhepConnection | undefined;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
  }

  /** It has not failed just now. */
  get isDue(): boolean {
    return this.#connected !== undefined || this.#waitMs() === 0;
  }

  /** Rejects as {@link openWhep}. */
  async open(options: WhepOptions, signal: AbortSignal): Promise<Player> {
    const connected = this.#connected;
    this.#connected = undefined;
    if (connected !== undefined) return connected.play(this.#video, signal);
    this.#tries.start(performance.now());
    return await openWhep(this.#video, options, signal);
  }

  /** True where an error is WebRTC's: another player is to take its place at once. */
  hasFailed(error: unknown): boolean {
    if (!(error instanceof WhepFailed)) return false;
    this.#tries.fail(error.why, performance.now());
    return true;
  }

  /**
   * Connects again in the background while another player is on screen, and aborts that once
   * packets arrive: the picture goes on until then.
   */
  comeBack(options: WhepOptions, attempt: AbortController): void {
    const timer = setTimeout(() => void this.#connect(options, attempt), this.#waitMs());
    attempt.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async #connect(options: WhepOptions, attempt: AbortController): Promise<void> {
    const { signal } = attempt;
    this.#tries.start(performance.now());
    try {
      const connected = await connectWhep(options, signal);
      if (signal.aborted) connected.close();
      else this.#connected = connected;
      attempt.abort();
    } catch (error) {
      if (signal.aborted) return;
      this.#tries.fail(error instanceof WhepFailed ? error.why : 'silent', performance.now());
      this.comeBack(options, attempt);
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
