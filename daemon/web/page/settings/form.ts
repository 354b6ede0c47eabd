/** The settings as a form: sections that open, and what of it was changed. */
import type { ShownSetting } from '../../../settings/settings.ts';
import type { SettingsPage } from '../../crew/settings-answers.ts';
import { fromBox } from '../text/texts.ts';
import { h, setText } from '../ui/dom.ts';
import type { Editor, EditorContext } from './context.ts';
import { openField } from './editor.ts';
import { fullLabelOf, keyPath, sectionOf } from './label.ts';
import { OTHER, SAYS, SECTIONS } from './words.ts';

interface Entry {
  readonly setting: ShownSetting;
  readonly editor: Editor;
  /** As it was read from the box. */
  readonly first: string;
}

export interface SettingsForm {
  readonly element: HTMLElement;
  /** Opens the section of keys that begin so. */
  open(prefix: string): void;
  /** By path, as the box takes them. */
  changes(): Readonly<Record<string, unknown>>;
  /** Shows each beside its field; returns those that have none. */
  showFaults(
    faults: readonly { readonly path: string; readonly reason: string }[],
  ): readonly string[];
}

/** @param extras Elements at the end of sections, by their titles. */
export function openForm(
  page: SettingsPage,
  extras: Readonly<Record<string, readonly HTMLElement[]>>,
  onChange: () => void,
): SettingsForm {
  const entries: Entry[] = [];
  const sections = [...SECTIONS, [OTHER, ['']] as const].flatMap(([title, prefixes]) => {
    const mine = page.settings.filter(
      ({ path, field }) => field.kind !== 'file-only' && sectionOf(path) === title,
    );
    if (mine.length === 0) return [];
    const fields = mine.map((setting) => {
      const on = { isLocked: setting.isLocked, help: page.help, onChange };
      const editor = openSetting(setting, on);
      entries.push({ setting, editor, first: JSON.stringify(editor.read() ?? null) });
      return editor.element;
    });
    const about = prefixes[0] === undefined ? undefined : page.help[prefixes[0]];
    const hint = about === undefined ? undefined : h('p', { class: 'help' }, about);
    return h(
      'details',
      { class: 'card section' },
      h('summary', {}, title),
      hint,
      h('div', { class: 'fields' }, ...fields),
      ...(extras[title] ?? []),
    );
  });
  const element = h('div', { class: 'sections' }, ...sections);
  return {
    element,
    open: (prefix) => {
      const field = element.querySelector(`[data-path="${prefix}"], [data-path^="${prefix}."]`);
      field?.closest('details')?.setAttribute('open', '');
      field?.closest('details')?.scrollIntoView({ block: 'start' });
    },
    changes: () =>
      Object.fromEntries(
        entries.flatMap(({ setting, editor, first }) => {
          const value = editor.read() ?? null;
          return JSON.stringify(value) === first ? [] : [[setting.path, value]];
        }),
      ),
    showFaults: (faults) => {
      for (const place of element.querySelectorAll('.fault')) setText(place, '');
      const left = faults.filter(({ path, reason }) => !showFault(element, path, reason));
      element.querySelector<HTMLElement>('.fault:not(:empty)')?.scrollIntoView({ block: 'center' });
      return left.map(({ path, reason }) => `${fullLabelOf(path)}: ${fromBox(reason)}`);
    },
  };
}

/** One that may be left out as a whole has a switch for that. */
function openSetting(setting: ShownSetting, on: EditorContext): Editor {
  const { path, field, value, isOptional } = setting;
  if (!isOptional || field.kind !== 'object') {
    const editor = openField(path, field, value, on);
    const isEmpty = (read: unknown) => isOptional && Array.isArray(read) && read.length === 0;
    const read = () => {
      const found = editor.read();
      return isEmpty(found) ? undefined : found;
    };
    return { element: editor.element, read };
  }
  const editor = openField(path, field, value ?? undefined, on);
  const inner = editor.element.querySelector<HTMLElement>('.fields');
  const use = h('input', { type: 'checkbox', id: `use-${path}` });
  use.checked = value !== undefined && value !== null;
  use.disabled = on.isLocked;
  const show = () => {
    if (inner !== null) inner.hidden = !use.checked;
  };
  use.addEventListener('input', () => {
    show();
    on.onChange();
  });
  show();
  const label = h('label', { for: use.id }, SAYS.use);
  inner?.before(h('div', { class: 'check' }, use, label));
  return { element: editor.element, read: () => (use.checked ? editor.read() : undefined) };
}

/** At the field itself, or at the nearest one that it lies in. */
function showFault(form: HTMLElement, path: string, reason: string): boolean {
  const keys = path.split('.');
  let field: HTMLElement | undefined;
  let rest: readonly string[] = [];
  for (let length = keys.length; length > 0 && field === undefined; length -= 1) {
    const start = keys.slice(0, length).join('.');
    field = form.querySelector<HTMLElement>(`[data-path="${CSS.escape(start)}"]`) ?? undefined;
    rest = keys.slice(length);
    // Rows are counted by where they stand now.
    if (/\.\d+(?:\.|$)/.test(start)) field = undefined;
  }
  for (const key of rest) {
    const inner = field && innerField(field, key);
    if (inner === undefined) break;
    field = inner;
  }
  const places = [...(field?.querySelectorAll('.fault') ?? [])];
  const own = places.find((place) => place.closest('.field') === field);
  if (field === undefined || own === undefined) return false;
  setText(own, [own.textContent, fromBox(reason)].filter((text) => text !== '').join('; '));
  field.closest('details')?.setAttribute('open', '');
  return true;
}

function innerField(field: HTMLElement, key: string): HTMLElement | undefined {
  if (/^\d+$/.test(key)) {
    return (
      field.querySelectorAll('.item')[Number(key)]?.querySelector<HTMLElement>('.field') ??
      undefined
    );
  }
  const inner = [...field.querySelectorAll<HTMLElement>('.field')];
  return inner.find(({ dataset }) => keyPath(dataset['path'] ?? '').endsWith(`.${key}`));
}
