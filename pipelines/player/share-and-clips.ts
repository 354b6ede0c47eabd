/** What stands below the picture: the link of the page, and the clips of the drop. */
import encodeQR from 'qr';
import type { ClipSummary } from './drop-json.ts';
import { element, ownUrl, ROOT, urlForOthers } from './root.ts';
import { fill } from './text/fill.ts';
import { announce, inLanguage, setLabel, texts } from './texts.ts';

export function connectSharing(): void {
  const url = ownUrl();
  const link = element('link') as HTMLAnchorElement;
  link.href = url.href;
  link.textContent = url.host + (url.pathname === '/' ? '' : url.pathname);
  element('code').replaceChildren(renderQr(url.href));
  const button = element('share');
  button.addEventListener('click', () => void share(url, document.title));
}

export function renderQr(url: string): Element {
  const code = new DOMParser().parseFromString(encodeQR(url, 'svg'), 'image/svg+xml');
  return document.importNode(code.documentElement, true);
}

/** The browser's own way to share, else the link is copied. */
async function share(url: URL, title: string): Promise<void> {
  try {
    if (typeof navigator.share === 'function') {
      await navigator.share({ title, url: url.href });
      return;
    }
    // Only pages by HTTPS may write to the clipboard; the old way works by HTTP, too.
    if (navigator.clipboard === undefined) copySelected(url.href);
    else await navigator.clipboard.writeText(url.href);
    announce(texts().copied);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    prompt(texts().share, url.href);
  }
}

/** @throws Error where the browser does not copy it. */
function copySelected(text: string): void {
  const before = document.activeElement;
  const field = Object.assign(document.createElement('textarea'), { value: text, readOnly: true });
  field.className = 'aside';
  document.body.append(field);
  try {
    field.select();
    if (!document.execCommand('copy')) throw new Error('not copied');
  } finally {
    field.remove();
    if (before instanceof HTMLElement) before.focus({ preventScroll: true });
  }
}

/** The name of a clip: what the crew called it, or its number. */
export function clipName({ label, number }: Pick<ClipSummary, 'label' | 'number'>): string {
  return label ?? fill(texts().clip, { number: String(number) });
}

export class ClipList {
  #clips: readonly ClipSummary[] | undefined;

  /** @param clips Newest first. A clip that was not there before is announced. */
  show(clips: readonly ClipSummary[]): void {
    const known = this.#clips;
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(clips)) return;
    this.#clips = clips;
    this.render();
    const isKnown = (id: string) => known?.some((clip) => clip.id === id);
    const isNew = known !== undefined && clips.some(({ id }) => !isKnown(id));
    if (isNew) announce(texts().newClip);
  }

  render(): void {
    const clips = this.#clips ?? [];
    element('clips').hidden = clips.length === 0;
    element('clip-list').replaceChildren(...clips.map((clip) => renderClip(clip, clipName(clip))));
  }
}

function renderClip({ id, posters }: ClipSummary, name: string): HTMLElement {
  const text = texts();
  const item = document.createElement('li');
  const page = document.createElement('a');
  page.href = inLanguage(new URL(`clip/${id}`, ROOT)).href;
  const caption = Object.assign(document.createElement('span'), { textContent: name });
  page.append(renderStill(posters), caption);
  const save = document.createElement('a');
  Object.assign(save, { href: new URL(`clips/clip-${id}.mp4`, ROOT).href, download: '' });
  const button = Object.assign(document.createElement('button'), { type: 'button' });
  button.addEventListener('click', () => void share(urlForOthers(`clip/${id}`), name));
  for (const [control, icon, label] of [
    [button, '#icon-share', text.share],
    [save, '#icon-save', text.save],
  ] as const) {
    control.className = 'icon';
    control.append(renderIcon(icon));
    setLabel(control, `${label}: ${name}`);
  }
  item.append(page, button, save);
  return item;
}

/** @param symbol Of the page's HTML. */
function renderIcon(symbol: string): SVGElement {
  const names = 'http://www.w3.org/2000/svg';
  const icon = document.createElementNS(names, 'svg');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(names, 'use');
  use.setAttribute('href', symbol);
  icon.append(use);
  return icon;
}

/** A place for the poster, which comes a moment after the clip. */
function renderStill(posters: ClipSummary['posters']): HTMLElement {
  const still = document.createElement('span');
  still.className = 'still';
  if (posters.length === 0) return still;
  const srcset = posters
    .map(({ widthPx, path }) => `${new URL(path, ROOT).href} ${widthPx}w`)
    .join(', ');
  const [width, height] = [112, 63];
  const image = Object.assign(document.createElement('img'), { alt: '', sizes: '7rem', srcset });
  Object.assign(image, { width, height, loading: 'lazy' });
  image.addEventListener('error', () => image.remove());
  still.append(image);
  return still;
}
