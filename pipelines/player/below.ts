/** What stands below the picture: the link of the page, and the clips of the drop. */
import encodeQR from 'qr';
import { fill } from './text/languages.ts';
import { announce, texts } from './texts.ts';

const element = (id: string) => document.getElementById(id) as HTMLElement;

/** The address for other guests, without what is this guest's own. */
function pageUrl(): URL {
  return new URL('./', document.baseURI);
}

export function connectSharing(): void {
  const url = pageUrl();
  const link = element('link') as HTMLAnchorElement;
  link.href = url.href;
  link.textContent = url.host + (url.pathname === '/' ? '' : url.pathname);
  const code = new DOMParser().parseFromString(encodeQR(url.href, 'svg'), 'image/svg+xml');
  element('code').replaceChildren(document.importNode(code.documentElement, true));
  const button = element('share');
  button.addEventListener('click', () => void share(button, url, document.title));
}

/** The browser's own way to share, else the link is copied. */
async function share(button: HTMLElement, url: URL, title: string): Promise<void> {
  try {
    if (typeof navigator.share === 'function') {
      await navigator.share({ title, url: url.href });
      return;
    }
    // Only pages by HTTPS may write to the clipboard.
    if (navigator.clipboard === undefined) throw new Error('no clipboard');
    await navigator.clipboard.writeText(url.href);
    announce(texts().copied);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return;
    prompt(button.textContent ?? '', url.href);
  }
}

export class ClipList {
  #ids: readonly string[] | undefined;

  /** @param ids Newest first. A clip that was not there before is announced. */
  show(ids: readonly string[]): void {
    const known = this.#ids;
    if (known?.join() === ids.join()) return;
    this.#ids = ids;
    this.render();
    const isNew = known !== undefined && ids.some((id) => !known.includes(id));
    if (isNew) announce(texts().newClip);
  }

  render(): void {
    const ids = this.#ids ?? [];
    element('clips').hidden = ids.length === 0;
    element('clip-list').replaceChildren(
      ...ids.map((id, i) => renderClip(id, String(ids.length - i))),
    );
  }
}

function renderClip(id: string, number: string): HTMLElement {
  const text = texts();
  const item = document.createElement('li');
  const name = fill(text.clip, { number });
  const page = Object.assign(document.createElement('a'), {
    href: `clip/${id}`,
    textContent: name,
  });
  const save = Object.assign(document.createElement('a'), {
    href: `clips/clip-${id}.mp4`,
    download: '',
    className: 'action',
    textContent: text.save,
  });
  const button = Object.assign(document.createElement('button'), {
    type: 'button',
    className: 'action',
    textContent: text.share,
  });
  for (const control of [save, button])
    control.setAttribute('aria-label', `${control.textContent}: ${name}`);
  button.addEventListener('click', () => void share(button, new URL(page.href), name));
  item.append(page, button, save);
  return item;
}
