/** Shows on a lamp for a moment that guests send hearts. Pure but for its state. */
import type { RhythmName } from '../../hal/gpio/rhythm.ts';
import type { LampName } from './lamps.ts';

/** From one report of the media process to the next, and a little longer. */
const SHOWN_MS = 1_500;
/** What says that nothing is wrong: no heart hides a fault. */
const WELL: readonly RhythmName[] = ['steady', 'flash', 'off'];

type Lamps = Readonly<Record<LampName, RhythmName>>;

export class HeartsLamp {
  readonly #lamp: () => LampName | 'none';
  #total = 0;
  #untilMs = Number.NEGATIVE_INFINITY;

  constructor(lamp: () => LampName | 'none') {
    this.#lamp = lamp;
  }

  /** @param total Hearts since the stream began; another stream begins with 0. */
  over(lamps: Lamps, total: number, nowMs: number): Lamps {
    if (total > this.#total) this.#untilMs = nowMs + SHOWN_MS;
    this.#total = total;
    const lamp = this.#lamp();
    const isShown = lamp !== 'none' && nowMs < this.#untilMs && WELL.includes(lamps[lamp]);
    return isShown ? { ...lamps, [lamp]: 'double' } : lamps;
  }
}
