/** The chapters of the replay: one begins at each MARK, where its clip does. */

import type { ChapterOnPage } from '../drop-json.ts';
import { renderTime } from '../notice.ts';
import { element } from '../root.ts';
import { clipName } from '../share-and-clips.ts';
import type { ScrubBar } from './scrub-bar.ts';

export class Chapters {
  readonly #video: HTMLVideoElement;
  readonly #bar: ScrubBar;
  #chapters: readonly ChapterOnPage[] = [];

  constructor(video: HTMLVideoElement, bar: ScrubBar) {
    this.#video = video;
    this.#bar = bar;
    video.addEventListener('timeupdate', () => this.#markCurrent());
    video.addEventListener('durationchange', () => this.render());
  }

  show(chapters: readonly ChapterOnPage[]): void {
    const inOrder = [...chapters].sort((a, b) => a.startS - b.startS);
    if (JSON.stringify(inOrder) === JSON.stringify(this.#chapters)) return;
    this.#chapters = inOrder;
    this.render();
  }

  render(): void {
    element('chapters').hidden = this.#chapters.length === 0;
    element('chapter-list').replaceChildren(
      ...this.#chapters.map((chapter) => this.#renderOne(chapter)),
    );
    this.#bar.setTicks(this.#chapters.map(({ startS }) => startS));
    this.#markCurrent();
  }

  #renderOne(chapter: ChapterOnPage): HTMLElement {
    const { startS } = chapter;
    const item = document.createElement('li');
    const button = Object.assign(document.createElement('button'), { type: 'button' });
    const time = document.createElement('span');
    time.textContent = renderTime(Math.floor(startS));
    button.append(time, ` ${clipName(chapter)}`);
    button.addEventListener('click', () => {
      this.#video.currentTime = startS;
      this.#video.play().catch(() => undefined);
    });
    item.append(button);
    return item;
  }

  #markCurrent(): void {
    const nowS = this.#video.currentTime;
    const current = this.#chapters.findLastIndex(({ startS }) => startS <= nowS + 0.01);
    for (const [i, button] of [...document.querySelectorAll('#chapter-list button')].entries()) {
      if (i === current) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
    }
  }
}
