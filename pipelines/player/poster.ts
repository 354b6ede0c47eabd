/** What the page shows in place of the picture: the drop's title, a countdown or a message. */
import type { DropInfo } from './drop-info.ts';
import { type Countdown, renderNotice } from './notice.ts';

export interface PosterElements {
  readonly title: HTMLElement;
  readonly message: HTMLElement;
  readonly countdown: HTMLElement;
}

export class Poster {
  readonly #elements: PosterElements;
  readonly #info: DropInfo;
  #countdown: Countdown = { phase: 'unknown', isUnreachable: false };
  #message = '';

  constructor(elements: PosterElements, info: DropInfo) {
    this.#elements = elements;
    this.#info = info;
  }

  setTitle(title: string): void {
    this.#elements.title.textContent = title;
    document.title = title;
  }

  /** Has no effect once the drop has started. */
  setCountdown(next: Countdown): void {
    if (this.#countdown.phase !== 'started') this.#countdown = next;
    this.render();
  }

  /** Replaces the message; a countdown comes before it. */
  setMessage(message: string): void {
    this.#message = message;
    this.render();
  }

  /** To be called at least once a second, for the countdown. */
  render(): void {
    const text = renderNotice(this.#countdown, this.#message, this.#info.nowMs());
    write(this.#elements.message, text.message);
    write(this.#elements.countdown, text.countdown);
  }
}

/** Screen readers would read the same text aloud again where it is written again. */
function write(target: HTMLElement, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
