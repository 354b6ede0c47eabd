/** The form of a coming drop. */
import type { PlannedDropInfo } from '../../../model/planned-drops.ts';
import { answerOf } from '../ui/dialog.ts';
import { h } from '../ui/dom.ts';
import { toLocalInput, toTimestamp } from '../ui/local-time.ts';
import { idOfTitle } from './drop-fields.ts';
import { lookFields } from './look-fields.ts';

/** Keys as in drops.yaml; `null` takes one away. */
type Wanted = Readonly<Record<string, unknown>>;

const PROFILES = [
  ['', 'as each device needs'],
  ['laptop', 'all renditions'],
  ['phone', 'those of phones'],
  ['low-data', 'the lowest only'],
] as const;

/**
 * Undefined where the person cancelled.
 *
 * @param taken Ids of the list.
 */
export function askForDrop(
  before: PlannedDropInfo | undefined,
  taken: readonly string[],
): Promise<Wanted | undefined> {
  const title = field('Title', { required: '', maxlength: '120', value: before?.title ?? '' });
  const starts = field('Starts', {
    type: 'datetime-local',
    value: toLocalInput(before?.startsAt ?? ''),
  });
  const ends = field('Planned end', {
    type: 'datetime-local',
    value: toLocalInput(before?.endsAt ?? ''),
  });
  const picture = field('Picture', {
    ...{ maxlength: '500', value: before?.pictureFile ?? '' },
    placeholder: 'a file on the box, JPEG, PNG or WebP',
  });
  const profile = h('select', {}, ...PROFILES.map(([value, text]) => h('option', { value }, text)));
  profile.value = before?.profile ?? '';
  const look = lookFields(before?.look);
  const no = h('button', { type: 'button' }, 'Cancel');
  const form = h(
    'form',
    { method: 'dialog', class: 'drop-form' },
    ...[title, starts, ends, picture].map(({ label }) => label),
    h('label', {}, 'Renditions for guests', profile),
    ...look.labels,
    h(
      'div',
      { class: 'row answers below' },
      no,
      h('button', { type: 'submit', class: 'main' }, 'Save'),
    ),
  );
  const heading = h(
    'h2',
    { id: 'dialog-title', class: 'question' },
    before === undefined ? 'Add a drop' : 'Change the drop',
  );
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, heading, form);
  const orNull = (text: string) => (text === '' ? null : text);
  const read = (): Wanted => ({
    id: before?.id ?? idOfTitle(title.input.value, taken),
    title: title.input.value.trim(),
    starts_at: orNull(toTimestamp(starts.input.value)),
    ends_at: orNull(toTimestamp(ends.input.value)),
    picture_file: orNull(picture.input.value.trim()),
    profile: orNull(profile.value),
    look: look.read(),
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    dialog.close('yes');
  });
  return answerOf(dialog, no, title.input).then((isSaved) => (isSaved ? read() : undefined));
}

function field(name: string, attributes: Readonly<Record<string, string>>) {
  const input = h('input', attributes);
  return { input, label: h('label', {}, name, input) };
}
