/** A page that is older than its box is loaded again, once nobody loses anything by it. */

/** What a person has written or sent, and is not on the box yet. */
export function setUnsaved(element: Element, isUnsaved: boolean): void {
  element.toggleAttribute('data-unsaved', isUnsaved);
}

/** Something is filled in, tried or sent. */
const IN_USE = 'dialog[open], #settings, [data-unsaved]';

let isReloading = false;

/** To be called again until it does: another call does not begin a reload that is on again. */
export function reloadUnused(isSending: boolean): void {
  if (isReloading || isSending || document.querySelector(IN_USE) !== null) return;
  isReloading = true;
  location.reload();
}
