import { periodS, TELEMETRY, type TelemetryName } from './payloads/topics.ts';

export interface Due {
  readonly name: TelemetryName;
  /** It is over: its retained state is cleared. */
  readonly isCleared: boolean;
}

/**
 * Says which topics are due. Pure but for what it remembers: when each went out
 * and what a change of it is.
 *
 * When the box goes live or idle all are due at once, as what is retained expires
 * by the old period.
 */
export class TelemetryPlan {
  readonly #sentMs = new Map<TelemetryName, number>();
  readonly #changeKeys = new Map<TelemetryName, string>();
  #wasLive: boolean | undefined;

  /**
   * @param nowMs Monotonic.
   * @param changes What must be told at once, as one text for each topic.
   */
  due(
    nowMs: number,
    isLive: boolean,
    changes: Readonly<Partial<Record<TelemetryName, string>>>,
  ): readonly Due[] {
    if (this.#wasLive !== isLive) this.#sentMs.clear();
    this.#wasLive = isLive;
    return TELEMETRY.flatMap((name): readonly Due[] => {
      const every = periodS(name, isLive);
      const sentMs = this.#sentMs.get(name);
      if (every === undefined) return sentMs === undefined ? [{ name, isCleared: true }] : [];
      const isDue = sentMs === undefined || nowMs - sentMs >= every * 1000;
      const hasChanged = this.#changeKeys.get(name) !== changes[name];
      return isDue || hasChanged ? [{ name, isCleared: false }] : [];
    });
  }

  /** What `due` named went out; what is not noted stays due. */
  sent(name: TelemetryName, nowMs: number, change: string | undefined): void {
    this.#sentMs.set(name, nowMs);
    if (change !== undefined) this.#changeKeys.set(name, change);
    else this.#changeKeys.delete(name);
  }

  /** All are due again: the broker may have forgotten everything. */
  restart(): void {
    this.#wasLive = undefined;
  }
}
