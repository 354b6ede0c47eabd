/** Title, mark and cover of the page: what it shows of the drop besides the moving picture. */
import type { Drop, DropInfo } from './drop-info.ts';
import {
  forNext,
  type Notice,
  renderNotice,
  renderStart,
  renderTime,
  type View,
} from './notice.ts';
import { type Still, stillOf } from './pictures/still.ts';
import { element } from './root.ts';
import { fill } from './text/fill.ts';
import { announce, texts, write } from './texts.ts';

export class Cover {
  readonly #info: DropInfo;
  #drop: Drop | undefined;
  #view: View = {
    isPlaying: false,
    needsTap: false,
    hasPlayed: false,
    hasEnded: false,
    drop: undefined,
    isUnreachable: false,
  };
  #state: Notice['state'] | undefined;
  /** The start of the drop that was live last, as it was planned. */
  #heldStartsAt: string | undefined;
  #showsDelay = false;

  constructor(info: DropInfo) {
    this.#info = info;
    element('badge').addEventListener('click', () => {
      this.#showsDelay = !this.#showsDelay;
    });
  }

  get state(): Notice['state'] | undefined {
    return this.#state;
  }

  get hasEnded(): boolean {
    return this.#view.hasEnded;
  }

  setDrop(drop: Drop): void {
    this.#drop = drop;
    const { startsAt, isOver = false, liveSince = '' } = drop;
    if (liveSince !== '') this.#heldStartsAt = startsAt;
    this.#view = forNext(this.#view, drop, this.#heldStartsAt, this.#info.planNowMs());
    this.set({ drop: { startsAt, isOver }, isUnreachable: false });
    write(element('title'), drop.title);
    document.title = drop.title;
    showStill(stillOf(drop));
    this.#showPreview();
  }

  set(change: Partial<View>): void {
    this.#view = { ...this.#view, ...change };
    if (this.#view.isPlaying) this.#view = { ...this.#view, hasPlayed: true };
    this.render();
  }

  /** To be called at least once a second. @param latencyMs Undefined while it is not known. */
  render(latencyMs?: number): void {
    const text = texts();
    const { state, message, countdown } = renderNotice(this.#view, text, this.#info.planNowMs());
    document.body.dataset['state'] = state;
    document.body.classList.toggle('playing', state === 'live');
    write(element('message'), message);
    write(element('countdown'), countdown);
    this.#showStart(state);
    this.#showPlay(state);
    element('replay').hidden = state !== 'ended' || this.#drop?.hasReplay !== true;
    this.#showBadge(latencyMs);
    if (state === this.#state) return;
    const wasKnown = this.#state !== undefined;
    this.#state = state;
    this.#showPreview();
    if (state === 'live' && wasKnown) announce(text.liveNow);
  }

  /** Of the coming drop. One that has just ended is not taken for the next before the box has said so. */
  #showStart(state: Notice['state']): void {
    const drop = this.#drop;
    const isComing = state === 'before' || (state === 'ended' && drop?.isOver === true);
    const { lang } = document.documentElement;
    const said = { text: texts(), lang };
    const start = isComing && drop ? renderStart(drop, said, this.#info.planNowMs()) : '';
    write(element('starts'), start);
    element('calendar').hidden = start === '';
  }

  /** Before a drop, over its still, what the last one looked like; not in place of its own picture. */
  #showPreview(): void {
    const { picture, preview } = this.#drop ?? {};
    const isBefore = this.#state === 'before' && picture === undefined;
    showLoop(isBefore && !savesMotion() ? preview : undefined);
  }

  /** The focus does not get lost with the button. */
  #showPlay(state: Notice['state']): void {
    const play = element('play');
    const hadFocus = document.activeElement === play;
    play.hidden = state !== 'tap';
    if (hadFocus && state === 'live') element('mute').focus({ preventScroll: true });
  }

  #showBadge(latencyMs: number | undefined): void {
    const text = texts();
    write(element('live'), text.live);
    element('badge').title = text.showDelay;
    const sinceMs = Date.parse(this.#drop?.liveSince ?? '');
    const elapsedS = Math.max(0, Math.floor((this.#info.nowMs() - sinceMs) / 1000));
    const elapsed = Number.isNaN(elapsedS) ? '' : renderTime(elapsedS);
    const seconds = ((latencyMs ?? 0) / 1000).toFixed(2);
    const delay = latencyMs === undefined ? '' : fill(text.behind, { seconds });
    write(element('elapsed'), this.#showsDelay ? delay : elapsed);
  }
}

/** A picture that is shown stays, though a box that has just started has it in one size only. */
function showStill({ key, sources, srcset }: Still): void {
  const still = element('still');
  if (still.dataset['shown'] === key) return;
  still.dataset['shown'] = key;
  const offered = sources.map((source) =>
    Object.assign(document.createElement('source'), { ...source, sizes: '100vw' }),
  );
  const image = Object.assign(document.createElement('img'), { alt: '', sizes: '100vw', srcset });
  image.addEventListener('error', () => image.remove());
  still.replaceChildren(...offered, ...(srcset === '' ? [] : [image]));
}

/** A guest who does not want movement, or pays for each byte. */
function savesMotion(): boolean {
  const { connection } = navigator as Navigator & { connection?: { readonly saveData?: boolean } };
  return matchMedia('(prefers-reduced-motion: reduce)').matches || connection?.saveData === true;
}

/** @param path Undefined: none. */
function showLoop(path: string | undefined): void {
  const cover = element('cover');
  const shown = cover.querySelector<HTMLVideoElement>('#loop');
  if (shown?.dataset['path'] === path) return;
  shown?.remove();
  if (path === undefined) return;
  const loop = document.createElement('video');
  Object.assign(loop, { id: 'loop', muted: true, loop: true, autoplay: true, playsInline: true });
  Object.assign(loop, { src: path, disableRemotePlayback: true });
  loop.dataset['path'] = path;
  loop.ariaHidden = 'true';
  // Left where it is: it would be fetched again with each report.
  loop.addEventListener('error', () => {
    loop.hidden = true;
  });
  element('still').after(loop);
}
