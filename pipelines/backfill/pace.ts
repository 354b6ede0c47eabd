/** Lets bytes go at a rate that may change at any time, down to none. */
import { pause } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import type { SendPath } from './messages.ts';

/** So often a pace of none is checked again. */
const CHECK_MS = 200;
/** A file that is held up longer is given up, and sent again later: servers wait no longer. */
const HELD_MAX_MS = 15_000;
/** Of a burst, so that the live stream's next packets do not queue behind it. */
export const CHUNK_BYTES = 8_192;

/** Of the time that the file takes at its rate, and for what has no rate. */
const SLACK = 3;
const LIMIT_MS = 60_000;
/** Timers wait no longer. */
const LIMIT_MAX_MS = 2 ** 31 - 1;

/** How long the far end may take for so many bytes that are sent at this rate. */
export function limitOf(bytes: number, bps: number): number {
  return Math.min(LIMIT_MAX_MS, LIMIT_MS + (SLACK * bytes * 8_000) / Math.max(1, bps));
}

/** There has been no room for a while. */
export class HeldUp extends Error {}

export class Pace {
  readonly #clock: Clock;
  sendPath: SendPath = { bps: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Waits until so many bytes may go. Rejects with {@link HeldUp}, also where files would now
   * leave from another address, and with the signal's reason when it aborts.
   */
  async take(bytes: number, from: SendPath, signal: AbortSignal): Promise<void> {
    await this.untilOpen(from, signal);
    await this.#clock.sleep((bytes * 8_000) / this.sendPath.bps, signal);
  }

  /** As {@link take}, for any number of bytes: what sends them has a limit of its own. */
  async untilOpen(from: SendPath, signal: AbortSignal): Promise<void> {
    let heldMs = 0;
    while (this.sendPath.bps <= 0) {
      if (heldMs >= HELD_MAX_MS) throw new HeldUp('the live stream needs the links');
      await this.#clock.sleep(CHECK_MS, signal);
      heldMs += CHECK_MS;
    }
    if (this.sendPath.localAddress !== from.localAddress) throw new HeldUp('another link has room');
  }

  /** Resolves once the way is no longer one that `isGood`, or `signal` aborts. */
  async untilNot(isGood: (sendPath: SendPath) => boolean, signal: AbortSignal): Promise<void> {
    while (isGood(this.sendPath) && (await pause(this.#clock, CHECK_MS, signal)));
  }
}
