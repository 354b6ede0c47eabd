/** Where the box is, as this page sees it: also below a sub path of a proxy. */

/** Pages below the live page say so in `data-root`. */
const TO_ROOT = document.body.dataset['root'] ?? './';
export const ROOT = new URL(TO_ROOT, document.baseURI);

/** The address of this page for other guests: the one that is set, or this one without what is this guest's own. */
export function ownUrl(): URL {
  return givenUrl() ?? new URL(location.pathname.replace(/\/index\.html$/, '/'), location.href);
}

/** The address of another page for other guests, who may be elsewhere. @param path Below the root. */
export function urlForOthers(path: string): URL {
  const given = givenUrl();
  return new URL(path, given === undefined ? ROOT : new URL(TO_ROOT, given));
}

function givenUrl(): URL | undefined {
  const given = document.querySelector<HTMLMetaElement>('meta[name="given-address"]');
  return given === null ? undefined : new URL(given.content);
}

export function element(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}
