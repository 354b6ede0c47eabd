/** Helpers for the document. Text is always inserted as text, never as HTML. */

type Child = Node | string | undefined;

/** An element with attributes and children; `class` and `aria-…` as in HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

const SVG = 'http://www.w3.org/2000/svg';

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly SVGElement[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Writes only a new text, so that the same one causes no layout. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

export function setAttribute(element: Element, name: string, value: string | undefined): void {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

export function elementById(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

/** A section of the page, with a heading. */
export function card(id: string, title: string, ...children: readonly Child[]): HTMLElement {
  return h(
    'section',
    { id, class: 'card', 'aria-labelledby': `${id}-title` },
    h('h2', { id: `${id}-title` }, title),
    ...children,
  );
}

/** A line that says what came of a command; `fail` empties it, for what the header reports. */
export function openMessage(onError: (error: unknown) => void) {
  const message = h('p', { class: 'message', role: 'status' });
  const fail = (error: unknown): void => {
    setText(message, '');
    onError(error);
  };
  return { message, fail };
}

/** Updates a parent to one child for each item, by key; an element that stays keeps its focus. */
export function updateChildren<T, E extends Element>(
  parent: Element,
  items: readonly T[],
  keyOf: (item: T) => string,
  render: (item: T) => E,
  update?: (element: E, item: T) => void,
): void {
  const old = new Map([...parent.children].map((child) => [child.getAttribute('data-key'), child]));
  for (const [index, item] of items.entries()) {
    const key = keyOf(item);
    let element = old.get(key) as E | undefined;
    if (element === undefined) {
      element = render(item);
      element.setAttribute('data-key', key);
    }
    old.delete(key);
    if (parent.children[index] !== element)
      parent.insertBefore(element, parent.children[index] ?? null);
    update?.(element, item);
  }
  for (const left of old.values()) left.remove();
}

/** A longer value takes two columns. */
const WIDE_LENGTH = 13;

/** Rows of a name and a value; undefined values are left out. */
export function updateFacts(
  list: HTMLElement,
  rows: readonly (readonly [string, string | undefined])[],
) {
  const known = rows.filter((row): row is [string, string] => row[1] !== undefined);
  updateChildren(
    list,
    known,
    ([name]) => name,
    ([name]) => h('div', {}, h('dt', {}, name), h('dd')),
    (row, [, value]) => {
      setText(row.lastElementChild ?? row, value);
      setAttribute(row, 'class', value.length > WIDE_LENGTH ? 'wide' : undefined);
    },
  );
}
