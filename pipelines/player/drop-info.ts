/** What the box reports about the drop (`drop.json`), and the box's clock. */
import { BoxClock, planAheadMs } from './clock/box-clock.ts';
import type { DropJson } from './drop-json.ts';
import { timeoutSignal } from './playback/signals.ts';
import { ROOT } from './root.ts';

const TIMEOUT_MS = 4_000;

/** An older box reports less. */
export type Drop = Pick<DropJson, 'title' | 'startsAt' | 'now'> & Partial<DropJson>;

export class DropInfo {
  readonly #clock = new BoxClock();
  #isClockFree = false;
  #planAheadMs = 0;

  /** Unix time in ms, by the clock of the box's stream. */
  readonly nowMs = (): number => Date.now() + (this.#clock.offsetMs ?? 0);

  /** Unix time in ms, for what is planned: by the box's clock only where that was set. */
  readonly planNowMs = (): number =>
    this.#isClockFree ? Date.now() : this.nowMs() + this.#planAheadMs;

  /** Rejects where the box does not answer. */
  async read(): Promise<Drop> {
    const sentMs = Date.now();
    const response = await fetch(new URL('drop.json', ROOT), {
      signal: timeoutSignal(TIMEOUT_MS),
    });
    // Its head comes as soon as the box has answered; the body may take longer.
    const receivedMs = Date.now();
    const drop = (await response.json()) as Drop;
    const boxMs = Date.parse(drop.now);
    if (Number.isFinite(boxMs)) this.#clock.add({ sentMs, receivedMs, boxMs });
    this.#planAheadMs = planAheadMs(drop);
    this.#isClockFree = drop.isClockFree === true;
    return drop;
  }
}
