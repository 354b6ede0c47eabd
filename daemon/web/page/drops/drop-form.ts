/** The form of a coming drop. */
import type { PlannedDropInfo } from '../../../model/planned-drops.ts';
import { planTexts as text } from '../text/texts.ts';
import { answerOf, closeOnSubmit } from '../ui/dialog.ts';
import { h } from '../ui/dom.ts';
import { toLocalInput, toTimestamp } from '../ui/local-time.ts';
import { idOfTitle } from './drop-fields.ts';
import { lookFields } from './look-fields.ts';

/** Keys as in drops.yaml; `null` takes one away. */
type Wanted = Readonly<Record<string, unknown>>;

const PROFILES = [
  ['', text.asNeeded],
  ['laptop', text.allRenditions],
  ['phone', text.ofPhones],
  ['low-data', text.lowestOnly],
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
  const title = field(text.title, { required: '', maxlength: '120', value: before?.title ?? '' });
  const starts = field(text.starts, {
    type: 'datetime-local',
    value: toLocalInput(before?.startsAt ?? ''),
  });
  const ends = field(text.plannedEnd, {
    type: 'datetime-local',
    value: toLocalInput(before?.endsAt ?? ''),
  });
  const picture = field(text.picture, {
    ...{ maxlength: '500', value: before?.pictureFile ?? '' },
    placeholder: text.pictureHint,
  });
  const profile = h('select', {}, ...PROFILES.map(([value, name]) => h('option', { value }, name)));
  profile.value = before?.profile ?? '';
  const look = lookFields(before?.look);
  const no = h('button', { type: 'button' }, text.cancel);
  const form = h(
    'form',
    { method: 'dialog', class: 'drop-form' },
    ...[title, starts, ends, picture].map(({ label }) => label),
    h('label', {}, text.forGuests, profile),
    ...look.labels,
    h(
      'div',
      { class: 'row answers below' },
      no,
      h('button', { type: 'submit', class: 'main' }, text.save),
    ),
  );
  const heading = h(
    'h2',
    { id: 'dialog-title', class: 'question' },
    before === undefined ? text.addDrop : text.changeDrop,
  );
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, heading, form);
  const orNull = (value: string) => (value === '' ? null : value);
  const read = (): Wanted => ({
    id: before?.id ?? idOfTitle(title.input.value, taken),
    title: title.input.value.trim(),
    starts_at: orNull(toTimestamp(starts.input.value)),
    ends_at: orNull(toTimestamp(ends.input.value)),
    picture_file: orNull(picture.input.value.trim()),
    profile: orNull(profile.value),
    look: look.read(),
  });
  closeOnSubmit(form, dialog);
  return answerOf(dialog, no, title.input).then((isSaved) => (isSaved ? read() : undefined));
}

function field(name: string, attributes: Readonly<Record<string, string>>) {
  const input = h('input', attributes);
  return { input, label: h('label', {}, name, input) };
}
