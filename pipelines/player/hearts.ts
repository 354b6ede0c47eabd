/** The heart that a guest sends by a tap, how many there are, and those of all guests in motion. */
import { element } from './root.ts';
import { fill } from './text/fill.ts';
import { setLabel, texts, write } from './texts.ts';

/** As many a second as the box counts of one guest. */
const TAP_EVERY_MS = 500;
/** In motion at once. */
const FLOATING_MAX = 12;
/** Hearts of others come with each report: they are spread over the time to the next one. */
const SPREAD_MS = 4_500;

export class Hearts {
  readonly #button = element('heart');
  readonly #floating = element('floating');
  /** By the box. */
  #total: number | undefined;
  /** Sent, and not in the total yet. */
  #own = 0;
  #tappedMs = Number.NEGATIVE_INFINITY;

  /** Taps so far. */
  sent = 0;

  constructor() {
    this.#button.addEventListener('click', () => {
      const nowMs = performance.now();
      if (nowMs - this.#tappedMs < TAP_EVERY_MS) return;
      this.#tappedMs = nowMs;
      this.#own += 1;
      this.sent += 1;
      this.#float();
      this.render();
    });
  }

  /** Off where the box takes none. */
  setOn(isOn: boolean): void {
    this.#button.hidden = !isOn;
  }

  /** @param reported How many of this guest's own the total has in it. */
  setTotal(total: number, reported: number): void {
    const others = this.#total === undefined ? 0 : total - this.#total - reported;
    this.#total = total;
    this.#own = Math.max(0, this.#own - reported);
    for (let i = 0; i < Math.min(others, FLOATING_MAX); i += 1) {
      setTimeout(() => this.#float(), Math.random() * SPREAD_MS);
    }
    this.render();
  }

  render(): void {
    const count = (this.#total ?? 0) + this.#own;
    const shown = count.toLocaleString(document.documentElement.lang);
    const text = texts();
    setLabel(this.#button, `${text.heart} (${fill(text.hearts, { count: shown })})`);
    write(element('heart-count'), count === 0 ? '' : shown);
  }

  /** Moves by the style sheet, and not at all where the guest wants less motion. */
  #float(): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches || document.hidden) return;
    if (this.#floating.childElementCount >= FLOATING_MAX) return;
    const heart = document.createElement('span');
    heart.textContent = '♥';
    heart.style.setProperty('--drift', `${Math.round(Math.random() * 60 - 45)}px`);
    heart.addEventListener('animationend', () => heart.remove());
    this.#floating.append(heart);
  }
}
