/** The form of a coming drop. It stays open until the box has taken what it says. */

import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { PlannedDrop } from '../../../config/drop-list/parse.ts';
import type { DropDetails } from '../../../drops/command.ts';
import { crewTexts, fromBox, labelTexts, stageTexts, planTexts as text } from '../text/texts.ts';
import { answerOf, STAYS } from '../ui/dialog.ts';
import { h, setText } from '../ui/dom.ts';
import { fileField } from '../ui/file-field.ts';
import { toLocalInput, toTimestamp } from '../ui/local-time.ts';
import { type Outcome, runCommand } from '../ui/request.ts';
import { withSession } from '../ui/sign-in-again.ts';
import { articlesFields } from './articles.ts';
import { destinationsField } from './destinations-field.ts';
import { changedKeys, idOfTitle } from './drop-fields.ts';
import { type Field, field, input, select } from './field.ts';
import { lookFields } from './look-fields.ts';
import { overlayFields } from './overlay-fields.ts';

/** Keys as in drops.yaml; `null` takes one away. */
type Wanted = Readonly<Record<string, unknown>>;

const PROFILES = [
  ['', text.asNeeded],
  ['laptop', text.allRenditions],
  ['phone', text.ofPhones],
  ['low-data', text.lowestOnly],
] as const;

const HEARTS = [
  ['', text.lookUsual],
  ['true', text.heartsOn],
  ['false', text.heartsOff],
] as const;

/**
 * Resolves with whether it was saved.
 *
 * @param id Undefined for a new drop.
 * @param taken Ids of the list.
 */
export async function editDrop(id: string | undefined, taken: readonly string[]): Promise<boolean> {
  let details = await readDrop(id);
  const used = [...taken];
  const parts = openParts(details);
  const first = parts.read();
  const no = h('button', { type: 'button' }, stageTexts.cancel);
  const save = h('button', { type: 'submit', class: 'main' }, crewTexts.save);
  const message = h('p', { class: 'fault', role: 'alert' });
  const form = h(
    'form',
    { method: 'dialog', class: 'drop-form' },
    ...parts.elements,
    message,
    h('div', { class: 'row answers below' }, no, save),
  );
  const title = id === undefined ? text.addDrop : text.changeDrop;
  const heading = h('h2', { id: 'dialog-title', class: 'question' }, title);
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title', ...STAYS }, heading, form);

  const send = async (): Promise<boolean> => {
    const changes = changedKeys(id === undefined ? {} : first, parts.read());
    if (Object.keys(changes).length === 0) return true;
    const name = id ?? idOfTitle(String(changes['title']), used);
    // Of what this person changes: what another one changes stays as that one has it.
    const seen = id === undefined ? ['id'] : Object.keys(changes);
    const tags = Object.fromEntries(seen.map((key) => [key, details.tags[key] ?? '']));
    const outcome = await runCommand('drops', undefined, { do: 'set', ...changes, id: name, tags });
    if (outcome.status === 'done') return true;
    setText(message, await explain(outcome, name));
    showFirst(form, message);
    return false;
  };
  const explain = async (outcome: Refused, name: string): Promise<string> => {
    if (outcome.code === 'CHANGED') {
      // A second press adds this one beside the other's.
      if (id === undefined) {
        used.push(name);
        return text.addedMeanwhile;
      }
      // A second press puts this in the other's place: by then that was read.
      details = await readDrop(id);
      return fill(text.changedMeanwhile, { values: describeTheirs(details, outcome) });
    }
    return showFaults(outcome, parts.showFault);
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    parts.clearFaults();
    save.disabled = true;
    setText(message, '');
    withSession(send)
      .then((isSaved) => isSaved && dialog.close('yes'))
      .catch((error: unknown) => setText(message, String((error as Error).message)))
      .finally(() => {
        save.disabled = false;
      });
  });
  return await answerOf(dialog, no, parts.focused);
}

/** A long form: what is red may be far from the button. */
function showFirst(form: HTMLElement, message: HTMLElement): void {
  const [fault = message] = form.querySelectorAll('.fault:not(:empty)');
  fault.scrollIntoView({ block: 'center' });
}

/** Each fault beside its field; returns what to say of them all. */
function showFaults(
  { faults, detail }: Refused,
  show: (fault: { readonly path: string; readonly reason: string }) => boolean,
): string {
  const left = (faults ?? []).filter((fault) => !show(fault));
  const isShown = faults !== undefined && left.length === 0;
  const reason = left.length > 0 ? left.map(textOf).join('; ') : fromBox(detail);
  return isShown ? text.lookAtFields : fill(text.notSaved, { reason });
}

type Refused = Exclude<Outcome, { status: 'done' }>;

const textOf = ({ path, reason }: { readonly path: string; readonly reason: string }) =>
  `${path} ${fromBox(reason)}`;

/** @throws Error with the box's reason. */
async function readDrop(id: string | undefined): Promise<DropDetails> {
  const args = id === undefined ? { do: 'get' } : { do: 'get', id };
  const outcome = await runCommand('drops', undefined, args);
  if (outcome.status !== 'done') throw new Error(fromBox(outcome.detail));
  return outcome.result as DropDetails;
}

const orNull = (value: string) => (value === '' ? null : value);

function openParts({ drop, destinations }: DropDetails) {
  const before: Partial<PlannedDrop> = drop ?? {};
  const title = input({ required: '', maxlength: '120', value: before.title ?? '' });
  const starts = timeInput(before.starts_at);
  const ends = timeInput(before.ends_at);
  const picture = pictureInput(before.picture_file);
  const profile = chosen(PROFILES, before.profile);
  const hearts = chosen(HEARTS, before.reactions === undefined ? '' : String(before.reactions));
  const look = lookFields(before.look);
  const overlay = overlayFields(before.overlay);
  const sentTo = destinationsField(destinations, before.destinations);
  const articles = articlesFields(before.catalogue ?? []);
  /** By their keys in drops.yaml. */
  const fields = {
    title: field(labelTexts['drop.title'], title),
    starts_at: field(text.starts, starts),
    ends_at: field(labelTexts['drop.ends_at'], ends),
    picture_file: field(stageTexts.picture, fileField(picture, 'picture')),
    profile: field(labelTexts['drop.profile'], profile),
    reactions: field(text.hearts, hearts),
  };
  const placeOf = (path: string): HTMLElement | undefined =>
    (fields as Readonly<Record<string, Field>>)[path]?.fault ??
    overlay.placeOf(path) ??
    (/^destinations\b/.test(path) ? sentTo.fault : undefined);
  return {
    focused: title,
    elements: [
      ...Object.values(fields).map(({ element }) => element),
      ...[...look.labels, overlay.element, sentTo.element, articles.element],
    ],
    read: (): Wanted => {
      const items = articles.read();
      return {
        title: title.value.trim(),
        starts_at: orNull(toTimestamp(starts.value)),
        ends_at: orNull(toTimestamp(ends.value)),
        picture_file: orNull(picture.value.trim()),
        profile: orNull(profile.value),
        reactions: hearts.value === '' ? null : hearts.value === 'true',
        look: look.read(),
        overlay: overlay.read(),
        destinations: sentTo.read(),
        catalogue: items.length === 0 ? null : items,
      };
    },
    clearFaults: () => {
      articles.clearFaults();
      const places = [...Object.values(fields).map(({ fault }) => fault), ...overlay.places];
      for (const place of [...places, sentTo.fault]) setText(place, '');
    },
    /** Beside its field; false where it has none. */
    showFault: ({ path, reason }: { readonly path: string; readonly reason: string }): boolean => {
      const place = placeOf(path);
      if (place !== undefined) setText(place, fromBox(reason));
      return place !== undefined || articles.showFault(path, reason);
    },
  };
}

/** What somebody else has put where this person changes something. */
function describeTheirs(
  { drop }: DropDetails,
  { faults = [] }: { readonly faults?: readonly { readonly path: string }[] },
): string {
  const names: Readonly<Record<string, string>> = {
    ...{
      title: labelTexts['drop.title'],
      starts_at: text.starts,
      ends_at: labelTexts['drop.ends_at'],
    },
    ...{
      picture_file: stageTexts.picture,
      profile: labelTexts['drop.profile'],
      reactions: text.hearts,
      look: labelTexts['drop.look.name'],
    },
    ...{ destinations: text.isSentTo, catalogue: text.itemsForSale },
    overlay: crewTexts.inPicture,
  };
  return faults
    .map(({ path }) => {
      const value = (drop as Wanted | null)?.[path];
      return `${names[path] ?? path}: ${shown(value)}`;
    })
    .join('; ');
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '–';
  if (!Array.isArray(value))
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  return value
    .map((one: { readonly name?: string } | string) => (typeof one === 'string' ? one : one.name))
    .join(', ');
}

const pictureInput = (value = '') =>
  input({ maxlength: '500', value, placeholder: text.pictureHint });

function chosen(choices: Parameters<typeof select>[0], value = ''): HTMLSelectElement {
  const control = select(choices);
  control.value = value;
  return control;
}

const timeInput = (value = '') => input({ type: 'datetime-local', value: toLocalInput(value) });
