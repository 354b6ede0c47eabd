/** The venue's branding on a page that is open while the crew changes it. */
import type { BrandingVersion } from './drop-json.ts';
import { element, ROOT } from './root.ts';

export class PageBranding {
  /** The page was made with the first. */
  #shown: BrandingVersion | undefined;

  show(look: BrandingVersion | undefined): void {
    const before = this.#shown;
    if (look === undefined) return;
    this.#shown = look;
    if (before === undefined) return;
    if (look.style !== before.style) showStyle(look.style);
    if (look.logo !== before.logo) showLogo(look.logo);
  }
}

/** The old style stays until the new one is there. */
function showStyle(version: string): void {
  const old = document.querySelector<HTMLLinkElement>('link[href*="brand.css"]');
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = new URL(`brand.css?${encodeURIComponent(version)}`, ROOT).href;
  link.addEventListener('load', () => old?.remove());
  link.addEventListener('error', () => link.remove());
  document.head.append(link);
}

function showLogo(path: string): void {
  document.getElementById('logo')?.remove();
  if (path === '') return;
  const logo = Object.assign(new Image(), { id: 'logo', alt: '', src: new URL(path, ROOT).href });
  element('title').before(logo);
}
