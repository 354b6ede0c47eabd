/** Which telemetry topics are due. */
import { PERIODIC, type PeriodicName, periodS } from './payloads/topics.ts';

export interface Due {
  readonly name: PeriodicName;
  /** The topic is not published any more: its retained state is cleared. */
  readonly isCleared: boolean;
}

/**
 * Remembers when each topic was published, and with which states.
 *
 * When the box goes live or idle all are due at once, as retained messages expire by the
 * old period.
 */
export class TelemetryPlan {
  readonly #sentMs = new Map<PeriodicName, number>();
  readonly #changeKeys = new Map<PeriodicName, string>();
  #wasLive: boolean | undefined;

  /**
   * @param nowMs Monotonic.
   * @param changes By topic: another text than before is published at once.
   */
  due(
    nowMs: number,
    isLive: boolean,
    changes: Readonly<Partial<Record<PeriodicName, string>>>,
  ): readonly Due[] {
    if (this.#wasLive !== isLive) this.#sentMs.clear();
    this.#wasLive = isLive;
    return PERIODIC.flatMap((name): readonly Due[] => {
      const every = periodS(name, isLive);
      const sentMs = this.#sentMs.get(name);
      if (every === undefined) return sentMs === undefined ? [{ name, isCleared: true }] : [];
      const isDue = sentMs === undefined || nowMs - sentMs >= every * 1000;
      const hasChanged = this.#changeKeys.get(name) !== changes[name];
      return isDue || hasChanged ? [{ name, isCleared: false }] : [];
    });
  }

  /** A topic that was due was published. */
  sent(name: PeriodicName, nowMs: number, change: string | undefined): void {
    this.#sentMs.set(name, nowMs);
    if (change !== undefined) this.#changeKeys.set(name, change);
    else this.#changeKeys.delete(name);
  }

  /** All are due again: the broker may have forgotten everything. */
  restart(): void {
    this.#wasLive = undefined;
  }
}
