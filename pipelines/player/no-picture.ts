/** The message while there is no picture: whether one will come, or the drop is over. */
import type { DropInfo } from './drop-info.ts';
import type { Poster } from './poster.ts';

const WAITING = 'Waiting for the picture…';
const OVER = 'That was it. Thank you for being here.';

/** Many phones wait at once: they do not ask more often, and not all at the same moment. */
const ASK_EVERY_MS = 5_000 + 2_000 * Math.random();

export class NoPicture {
  readonly #info: DropInfo;
  readonly #poster: Poster;
  #isShown = false;
  #isOver = false;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(info: DropInfo, poster: Poster) {
    this.#info = info;
    this.#poster = poster;
  }

  get isShown(): boolean {
    return this.#isShown;
  }

  /** Shows the message; to be called again while it is shown, to ask the box now and then. */
  show(): void {
    const isNew = !this.#isShown;
    this.#isShown = true;
    if (!isNew && performance.now() - this.#askedMs < ASK_EVERY_MS) {
      this.#render();
      return;
    }
    this.#askedMs = performance.now();
    void this.#readIsOver().then((isOver) => {
      this.#isOver = isOver;
      this.#render();
    });
  }

  /** There is a picture again. */
  hide(): void {
    this.#isShown = false;
    this.#isOver = false;
    this.#poster.setMessage('');
  }

  /** The stream has ended for good. */
  end(): void {
    this.#isShown = false;
    this.#poster.setMessage('The stream has ended.');
  }

  /** A box that does not answer may still go on with the drop. */
  async #readIsOver(): Promise<boolean> {
    try {
      return (await this.#info.read()).isOver ?? false;
    } catch {
      return false;
    }
  }

  #render(): void {
    if (this.#isShown) this.#poster.setMessage(this.#isOver ? OVER : WAITING);
  }
}
