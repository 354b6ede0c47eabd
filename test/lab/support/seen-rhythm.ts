/** Recognises the rhythm of a lamp from when it was on and off. */
import { RHYTHMS, type RhythmName } from '../../../hal/gpio/rhythm.ts';

/** A lamp that was on, or off, for so long. */
interface Phase {
  readonly isOn: boolean;
  readonly ms: number;
}

/** Longer than any rhythm rests: what stays so long is steady, or off. */
const STILL_MS = 3_000;
const KEPT_PHASES = 24;

/** What an eye makes of a lamp: looks go in, the rhythm comes out. Slow kernels stretch it. */
export class SeenRhythm {
  #phases: Phase[] = [];
  #isOn: boolean | undefined;
  #sinceMs = 0;
  #nowMs = 0;

  look(isOn: boolean, atMs: number): void {
    this.#nowMs = atMs;
    if (isOn === this.#isOn) return;
    if (this.#isOn !== undefined) {
      const phase = { isOn: this.#isOn, ms: atMs - this.#sinceMs };
      this.#phases = [...this.#phases, phase].slice(-KEPT_PHASES);
    }
    this.#isOn = isOn;
    this.#sinceMs = atMs;
  }

  /** undefined while it is none of the rhythms, or not yet distinguished from another. */
  rhythm(): RhythmName | undefined {
    if (this.#nowMs - this.#sinceMs > STILL_MS) return this.#isOn ? 'steady' : 'off';
    const names = Object.keys(RHYTHMS) as RhythmName[];
    return names.find((name) => isLike(this.#phases, RHYTHMS[name]));
  }

  toString(): string {
    const phases = this.#phases.map(({ isOn, ms }) => `${isOn ? 'on' : 'off'} ${Math.round(ms)}`);
    return `${phases.join(', ')}, then ${this.#isOn ? 'on' : 'off'}`;
  }
}

/** One whole turn and the beginning of the next, whichever phase came first. */
function isLike(phases: readonly Phase[], rhythm: readonly number[]): boolean {
  if (rhythm.length < 2) return false;
  const seen = phases.slice(-Math.max(rhythm.length + 1, MIN_FLICKERS));
  const least = rhythm.every((ms) => ms < 150) ? MIN_FLICKERS : rhythm.length + 1;
  const wanted = seen.slice(-least);
  if (wanted.length < least) return false;
  return rhythm.some((_, turn) =>
    wanted.every(({ isOn, ms }, index) => {
      const place = (turn + index) % rhythm.length;
      const expectedMs = rhythm[place] ?? 0;
      return isOn === (place % 2 === 0) && Math.abs(ms - expectedMs) < 80 + expectedMs * 0.3;
    }),
  );
}

/** Three short flashes are a part of other rhythms, too. */
const MIN_FLICKERS = 7;
