/** Finds an element of the page, which has all that are asked for. */
export function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
