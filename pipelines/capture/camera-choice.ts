/** Which of two cameras is on air. Pure: times come in. */

export type CameraKind = 'camera' | 'camera2';

/** A camera without a frame for so long is away, and the other one takes its place. */
const AWAY_US = 2_000_000;
/** The chosen one is taken again when it has sent frames for so long. */
const BACK_US = 3_000_000;
/** A longer pause ends a stretch of frames. */
const PAUSE_US = 500_000;

interface Stretch {
  readonly sinceUs: number;
  readonly lastUs: number;
}

/** The camera that was chosen, or the other one while that is away. */
export class CameraChoice {
  #chosen: CameraKind = 'camera';
  #onAir: CameraKind = 'camera';
  /** When the choice was made: a camera gets its time to send a frame. */
  #chosenUs: number;
  readonly #stretches = new Map<CameraKind, Stretch>();

  constructor(nowUs: number) {
    this.#chosenUs = nowUs;
  }

  choose(kind: CameraKind, nowUs: number): void {
    this.#chosen = kind;
    this.#chosenUs = nowUs;
    this.#onAir = kind;
  }

  /** A frame of this camera has come. */
  noteFrame(kind: CameraKind, nowUs: number): void {
    const before = this.#stretches.get(kind);
    const isOne = before !== undefined && nowUs - before.lastUs <= PAUSE_US;
    this.#stretches.set(kind, { sinceUs: isOne ? before.sinceUs : nowUs, lastUs: nowUs });
  }

  onAir(nowUs: number): CameraKind {
    const other = this.#chosen === 'camera' ? 'camera2' : 'camera';
    if (this.#onAir === this.#chosen) {
      const lastUs = this.#stretches.get(this.#chosen)?.lastUs ?? Number.NEGATIVE_INFINITY;
      const isAway = nowUs - Math.max(lastUs, this.#chosenUs) >= AWAY_US;
      if (isAway && this.#isSending(other, nowUs)) this.#onAir = other;
    } else {
      const stretch = this.#stretches.get(this.#chosen);
      const isBack =
        stretch !== undefined &&
        this.#isSending(this.#chosen, nowUs) &&
        (nowUs - stretch.sinceUs >= BACK_US || !this.#isSending(other, nowUs));
      if (isBack) this.#onAir = this.#chosen;
    }
    return this.#onAir;
  }

  #isSending(kind: CameraKind, nowUs: number): boolean {
    const lastUs = this.#stretches.get(kind)?.lastUs;
    return lastUs !== undefined && nowUs - lastUs <= PAUSE_US;
  }
}
