/** The pauses between connections to a broker, and what is logged of them. */
import { pause } from '../../../hal/os/async.ts';
import type { ClockAndLog } from '../../../hal/os/log.ts';
import type { Connection } from '../client/connection.ts';
import { limitsInWords } from './state.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
/** After a connection of this length the pause starts over. */
const HEALTHY_MS = 30_000;
/** The clock was set: TLS may have failed since certificates were not valid at the old time. */
const CLOCK_STEP_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

export interface RetryDeps extends ClockAndLog {
  /** 0 to 1: spreads the reconnects of several boxes. */
  readonly random?: () => number;
}

/** Doubles the pause from one second to a minute, and logs each reason once. */
export class Retry {
  readonly #deps: RetryDeps;
  #pauseMs = FIRST_PAUSE_MS;
  #reported: string | undefined;
  /** Of the wall clock over the monotonic one, when the last attempt began. */
  #offsetMs: number;

  constructor(deps: RetryDeps) {
    this.#deps = deps;
    this.#offsetMs = this.#offset();
  }

  connected({ protocol, limits }: Pick<Connection, 'protocol' | 'limits'>): void {
    this.#reported = undefined;
    this.#deps.log.info('broker connected', { protocol, limits: limitsInWords(limits).join(', ') });
  }

  failed(reason: string): void {
    if (this.#reported !== reason) this.#deps.log.warn('broker away', { reason });
    this.#reported = reason;
  }

  /**
   * Waits for the next attempt, or until the clock is set if that comes first.
   *
   * @param lastedMs How long the attempt, and the connection after it, lasted.
   */
  async pause(lastedMs: number, signal: AbortSignal): Promise<void> {
    const { clock, random = Math.random } = this.#deps;
    if (lastedMs >= HEALTHY_MS) this.#pauseMs = FIRST_PAUSE_MS;
    const untilMs = clock.monotonicMs() + this.#pauseMs * (0.8 + 0.4 * random());
    this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_PAUSE_MS);
    for (;;) {
      const leftMs = untilMs - clock.monotonicMs();
      if (leftMs <= 0 || !(await pause(clock, Math.min(LOOK_EVERY_MS, leftMs), signal))) break;
      if (Math.abs(this.#offset() - this.#offsetMs) < CLOCK_STEP_MS) continue;
      this.#pauseMs = FIRST_PAUSE_MS;
      break;
    }
    this.#offsetMs = this.#offset();
  }

  #offset(): number {
    const { clock } = this.#deps;
    return clock.wallMs() - clock.monotonicMs();
  }
}
