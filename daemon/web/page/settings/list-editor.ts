/** Controls for lists, and for secrets by their names. */
import type { Field } from '../../../config/form/form.ts';
import { stageTexts } from '../text/texts.ts';
import { h } from '../ui/dom.ts';
import type { ControlContext, Editor } from './context.ts';
import { SAYS } from './words.ts';

interface Row {
  readonly element: HTMLElement;
  readonly read: () => unknown;
}

/** One row for each item, with a button that removes it, and one that adds a row. */
function openRows(first: readonly Row[], addRow: () => Row, on: ControlContext) {
  let rows: readonly Row[] = [];
  const list = h('div', { class: 'rows' });
  const put = (row: Row) => {
    const remove = h('button', { type: 'button', class: 'quiet' }, stageTexts.remove);
    remove.disabled = on.isLocked;
    const item = h('div', { class: 'item' }, row.element, remove);
    remove.addEventListener('click', () => {
      rows = rows.filter((other) => other !== row);
      item.remove();
      on.onChange();
    });
    rows = [...rows, row];
    list.append(item);
  };
  for (const row of first) put(row);
  const add = h('button', { type: 'button', class: 'quiet' }, SAYS.add);
  add.disabled = on.isLocked;
  add.addEventListener('click', () => {
    put(addRow());
    list.lastElementChild?.querySelector('input, select')?.dispatchEvent(new Event('focus'));
    on.onChange();
  });
  return { element: h('div', {}, list, add), rows: () => rows };
}

export function listEditor(path: string, item: Field, value: unknown, on: ControlContext): Editor {
  let next = 0;
  const open = (one: unknown): Row => {
    const index = next;
    next += 1;
    return on.openField(`${path}.${index}`, item, one, on);
  };
  const values = Array.isArray(value) ? value : [];
  const { element, rows } = openRows(values.map(open), () => open(undefined), on);
  return {
    element,
    read: () => rows().map((row) => row.read() ?? null),
  };
}

/** For the PINs of SIM cards: whose each is, and the secret itself. */
export function secretsEditor(value: unknown, on: ControlContext): Editor {
  const names = Object.keys((value ?? {}) as object);
  const open = (name: string | undefined): Row => {
    const key = h('input', { type: 'text', 'aria-label': SAYS.whose, spellcheck: 'false' });
    key.value = name ?? '';
    key.disabled = on.isLocked || name !== undefined;
    const secret = h('input', {
      ...{ type: 'password', autocomplete: 'new-password', 'aria-label': SAYS.setNew },
      placeholder: name === undefined ? SAYS.notSet : `${SAYS.isSet}. ${SAYS.setNew}`,
    });
    secret.disabled = on.isLocked;
    for (const input of [key, secret]) input.addEventListener('input', on.onChange);
    return {
      element: h('div', { class: 'row' }, key, secret),
      read: () => [key.value, secret.value === '' ? true : { set: secret.value }],
    };
  };
  const { element, rows } = openRows(names.map(open), () => open(undefined), on);
  return {
    element,
    read: () => {
      const pairs = rows().map((row) => row.read() as [string, unknown]);
      return Object.fromEntries(pairs.filter(([name]) => name !== ''));
    },
  };
}
