/** Where the box is, as this page sees it: also below a sub path of a proxy. */

/** Pages below the live page say so in `data-root`. */
export const ROOT = new URL(document.body.dataset['root'] ?? './', document.baseURI);

/** The address of this page for other guests: the one that is set, or this one without what is this guest's own. */
export function ownUrl(): URL {
  const given = document.querySelector<HTMLMetaElement>('meta[name="given-address"]');
  if (given !== null) return new URL(given.content);
  return new URL(location.pathname.replace(/\/index\.html$/, '/'), location.href);
}

export function element(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}
