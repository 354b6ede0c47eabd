/** Controls for one value: made from its field, read as what the box takes. */
import type { Field } from '../../../config/form/form.ts';
import { stageTexts } from '../text/texts.ts';
import { h } from '../ui/dom.ts';
import { fileField } from '../ui/file-field.ts';
import { nameOf } from '../ui/language.ts';
import { toLocalInput, toTimestamp } from '../ui/local-time.ts';
import type { ControlContext, Editor, EditorContext } from './context.ts';
import { keyPath, labelOf } from './label.ts';
import { listEditor, secretsEditor } from './list-editor.ts';
import { SAYS } from './words.ts';

let ids = 0;

/** A field with its label, its help and a place for what is wrong with it. */
export function openField(path: string, field: Field, value: unknown, on: EditorContext): Editor {
  const id = `setting-${++ids}`;
  const help = helpFor(field, on.help[keyPath(path)]);
  const described = help === undefined ? `${id}-fault` : `${id}-help ${id}-fault`;
  const control = openControl(path, field, value, { ...on, id, described, openField });
  const hint = help === undefined ? undefined : h('p', { id: `${id}-help`, class: 'help' }, help);
  const fault = h('p', { id: `${id}-fault`, class: 'fault' });
  const locked = on.isLocked ? h('p', { class: 'lock' }, SAYS.locked) : undefined;
  const isGroup = field.kind === 'list' || field.kind === 'object' || field.kind === 'secrets';
  const label = isGroup
    ? h('span', { class: 'label', id: `${id}-label` }, labelOf(path))
    : h('label', { for: id }, labelOf(path));
  const parts =
    field.kind === 'flag'
      ? [h('div', { class: 'check' }, control.element, label)]
      : [label, control.element];
  const attributes = isGroup
    ? { class: 'field group', role: 'group', 'aria-labelledby': `${id}-label` }
    : { class: 'field' };
  const element = h('div', { ...attributes, 'data-path': path }, ...parts, hint, locked, fault);
  return { element, read: control.read };
}

/** The text is about the config file, where a secret is the name of a file. */
function helpFor({ kind }: Field, help: string | undefined): string | undefined {
  if (kind !== 'secret' && kind !== 'secrets') return help;
  return help?.replace(/\b(?:such )?(?:an? )?files? with (?:the )?/gi, '');
}

function openControl(path: string, field: Field, given: unknown, on: ControlContext): Editor {
  const value = given ?? field.preset;
  switch (field.kind) {
    case 'flag': {
      const input = h('input', { type: 'checkbox' });
      input.checked = value === true;
      return wired(input, on, () => input.checked);
    }
    case 'choice': {
      const options = field.choices.map((choice) =>
        h('option', { value: choice }, path === 'box.language' ? nameOf(choice) : choice),
      );
      const select = h('select', {}, ...options);
      select.value = typeof value === 'string' ? value : (field.choices[0] ?? '');
      return wired(select, on, () => select.value);
    }
    case 'number': {
      const limits = Object.entries({ min: field.min, max: field.max }).flatMap(([name, limit]) =>
        limit === undefined ? [] : [[name, String(limit)] as const],
      );
      const bounds = Object.fromEntries(limits);
      const input = h('input', { type: 'number', step: 'any', inputmode: 'decimal', ...bounds });
      input.value = typeof value === 'number' ? String(value) : '';
      return wired(input, on, () => (input.value === '' ? undefined : input.valueAsNumber));
    }
    case 'time': {
      const input = h('input', { type: 'datetime-local' });
      input.value = toLocalInput(typeof value === 'string' ? value : '');
      return wired(input, on, () => toTimestamp(input.value));
    }
    case 'secret':
      return secretEditor(value === true, on);
    case 'secrets':
      return secretsEditor(value, on);
    case 'list':
      return listEditor(path, field.item, value, on);
    case 'object':
      return objectEditor(path, field.fields, value, on);
    default: {
      const input = h('input', { type: 'text', autocomplete: 'off', spellcheck: 'false' });
      if (field.kind === 'text' && field.max !== undefined) input.maxLength = field.max;
      input.value = typeof value === 'string' ? value : '';
      const editor = wired(input, on, () => input.value);
      const kind = fileKindOf(path);
      if (kind === undefined || on.isLocked) return editor;
      return { ...editor, element: fileField(input, kind) };
    }
  }
}

/** Of a file that can be sent from the device in a person's hand. */
function fileKindOf(path: string): 'picture' | 'cube' | undefined {
  if (/\b(?:picture|sticker)_file$/.test(path)) return 'picture';
  return path.endsWith('cube_file') ? 'cube' : undefined;
}

function wired(
  input: HTMLInputElement | HTMLSelectElement,
  { id, described, isLocked, onChange }: ControlContext,
  read: () => unknown,
): Editor {
  input.id = id;
  input.setAttribute('aria-describedby', described);
  input.disabled = isLocked;
  input.addEventListener('input', onChange);
  return { element: input, read };
}

/** Sent as true where it stays as it is. */
function secretEditor(isSet: boolean, on: ControlContext): Editor {
  const input = h('input', {
    ...{ type: 'password', autocomplete: 'new-password' },
    placeholder: isSet ? `${SAYS.isSet}. ${SAYS.setNew}` : SAYS.notSet,
  });
  let isRemoved = false;
  const remove = h('button', { type: 'button', class: 'quiet' }, stageTexts.remove);
  remove.hidden = !isSet || on.isLocked;
  remove.addEventListener('click', () => {
    isRemoved = true;
    input.value = '';
    input.placeholder = SAYS.notSet;
    remove.hidden = true;
    on.onChange();
  });
  const { read } = wired(input, on, () =>
    input.value === '' ? isSet && !isRemoved : { set: input.value },
  );
  return { element: h('div', { class: 'row secret' }, input, remove), read };
}

/** Of keys that belong together; the keys that a form cannot show are left to the box. */
function objectEditor(
  path: string,
  fields: Readonly<Record<string, Field>>,
  value: unknown,
  on: EditorContext,
): Editor {
  const values = (value ?? {}) as Readonly<Record<string, unknown>>;
  const editors = Object.entries(fields)
    .filter(([, field]) => field.kind !== 'file-only')
    .map(([key, field]) => [key, openField(`${path}.${key}`, field, values[key], on)] as const);
  return {
    element: h('div', { class: 'fields' }, ...editors.map(([, { element }]) => element)),
    read: () =>
      Object.fromEntries(
        editors.flatMap(([key, editor]) => {
          const read = editor.read();
          // Where an empty text means something it is the default.
          const isLeftOut = read === undefined || (read === '' && fields[key]?.preset !== '');
          return isLeftOut ? [] : [[key, read]];
        }),
      ),
  };
}
