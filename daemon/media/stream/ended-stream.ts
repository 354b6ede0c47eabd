/** How long the end of a drop is still served: what restarts the media process by itself waits. */
import type { Clock } from '../../../hal/os/clock.ts';
import { SERVED_MAX_MS } from '../../../pipelines/media/media-clock.ts';

/** After the playlist's own length, for viewers who are behind. */
const BEHIND_MS = 60_000;

interface OfConfig {
  readonly viewers: { readonly window_s: number };
}

/** The stream that the media process serves: it runs, or has ended. */
export class EndedStream {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #config: () => OfConfig;
  #beganMs: number;
  #hasEnded = false;
  #untilMs = 0;

  constructor(clock: Pick<Clock, 'monotonicMs'>, config: () => OfConfig) {
    this.#clock = clock;
    this.#config = config;
    this.#beganMs = clock.monotonicMs();
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** A media process starts. @returns whether it is to serve the stream that has ended. */
  handOver(): boolean {
    return this.leftMs() > 0;
  }

  /**
   * It serves. With the process before it the ended stream is gone, where it was not handed over,
   * or not saved, or cannot be read.
   */
  onServing(servesEnded: boolean): void {
    if (!servesEnded) this.begin();
  }

  /** Another stream begins. */
  begin(): void {
    this.#hasEnded = false;
    this.#untilMs = 0;
    this.#beganMs = this.#clock.monotonicMs();
  }

  /**
   * False where it has ended before.
   *
   * @param isSeen By viewers: it was a drop's, which was live.
   */
  end(isSeen: boolean): boolean {
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    if (!isSeen) return true;
    const nowMs = this.#clock.monotonicMs();
    const lengthMs = Math.min(this.#config().viewers.window_s * 1000, nowMs - this.#beganMs);
    this.#untilMs = nowMs + Math.min(lengthMs + BEHIND_MS, SERVED_MAX_MS);
    return true;
  }

  /** RFC 8216bis §6.2.2: what has left a playlist stays for its length, and viewers lag. */
  leftMs(): number {
    return Math.max(0, this.#untilMs - this.#clock.monotonicMs());
  }
}
