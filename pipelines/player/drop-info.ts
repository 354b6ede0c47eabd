/** What the box reports about the drop (`drop.json`), and the box's clock. */
import type { DropReport } from './drop-report.ts';
import { ROOT } from './root.ts';

const TIMEOUT_MS = 4_000;
/** An answer that took longer gives the clock too roughly. */
const CLOCK_MAX_MS = 1_500;

/** An older box reports less. */
export type Drop = Pick<DropReport, 'title' | 'startsAt' | 'now'> & Partial<DropReport>;

export class DropInfo {
  /** How far this device's clock is behind the box's. */
  #clockOffsetMs: number | undefined;

  /** Unix time in ms, by the box's clock. */
  readonly nowMs = (): number => Date.now() + (this.#clockOffsetMs ?? 0);

  /** Rejects where the box does not answer. */
  async read(): Promise<Drop> {
    const sentMs = Date.now();
    const response = await fetch(new URL('drop.json', ROOT), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const drop = (await response.json()) as Drop;
    const receivedMs = Date.now();
    const isQuick = receivedMs - sentMs < CLOCK_MAX_MS;
    if (isQuick || this.#clockOffsetMs === undefined) {
      this.#clockOffsetMs = Date.parse(drop.now) - (sentMs + receivedMs) / 2;
    }
    return drop;
  }
}
