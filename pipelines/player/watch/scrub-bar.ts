/** A scrub bar for a finished movie: position, time, and where its chapters begin. */
import { renderTime } from '../notice.ts';
import { element } from '../root.ts';
import { fill } from '../text/fill.ts';
import { texts, write } from '../texts.ts';

/** As the arrow keys move it. */
const STEP_S = 5;

export class ScrubBar {
  readonly #video: HTMLVideoElement;
  readonly #input = element('scrub') as HTMLInputElement;
  /** The guest holds it: playback does not move it then. */
  #isHeld = false;

  constructor(video: HTMLVideoElement) {
    this.#video = video;
    const input = this.#input;
    const seek = () => {
      video.currentTime = Number(input.value);
      this.render();
    };
    input.addEventListener('input', seek);
    input.addEventListener('pointerdown', () => {
      this.#isHeld = true;
    });
    for (const event of ['pointerup', 'pointercancel', 'blur'])
      input.addEventListener(event, () => {
        this.#isHeld = false;
      });
    input.addEventListener('keydown', (event) => {
      const byS = { ArrowLeft: -STEP_S, ArrowDown: -STEP_S, ArrowRight: STEP_S, ArrowUp: STEP_S };
      const stepS = byS[event.key as keyof typeof byS];
      if (stepS === undefined) return;
      event.preventDefault();
      this.moveBy(stepS);
    });
    for (const event of ['timeupdate', 'durationchange', 'seeking', 'ended'])
      video.addEventListener(event, () => this.render());
    this.render();
  }

  /** Undefined while it is not known. */
  get durationS(): number | undefined {
    return Number.isFinite(this.#video.duration) ? this.#video.duration : undefined;
  }

  moveBy(s: number): void {
    const video = this.#video;
    video.currentTime = Math.max(0, Math.min(this.durationS ?? 0, video.currentTime + s));
  }

  render(): void {
    const input = this.#input;
    const durationS = this.durationS ?? 0;
    const nowS = this.#video.currentTime;
    input.disabled = durationS === 0;
    input.max = String(durationS);
    if (!this.#isHeld) input.value = String(nowS);
    const [time, length] = [nowS, durationS].map((s) => renderTime(Math.floor(s)));
    const position = fill(texts().positionOf, { time: time ?? '', length: length ?? '' });
    // Screen readers would read percents.
    input.setAttribute('aria-valuetext', position);
    input.style.setProperty('--played', `${durationS === 0 ? 0 : (100 * nowS) / durationS}%`);
    write(element('time'), `${time} / ${length}`);
  }

  /** Marks where chapters begin. */
  setTicks(startsS: readonly number[]): void {
    const durationS = this.durationS ?? Number.POSITIVE_INFINITY;
    const ticks = startsS.map((s) => {
      const tick = document.createElement('span');
      tick.style.left = `${(100 * s) / durationS}%`;
      return tick;
    });
    element('ticks').replaceChildren(...ticks);
  }
}
