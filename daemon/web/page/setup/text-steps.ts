/** Steps with one text each: the name of the box, the PIN, the title of the first drop. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { labelTexts, stageTexts, setUpTexts as text } from '../text/texts.ts';
import { h, setText } from '../ui/dom.ts';
import { changeSettings, readSetting } from './request.ts';
import { field, type StepPage } from './step.ts';

const NAME_MAX = 32;

/** What a person calls it, as a name of the network: `Café Central` is `cafe-central`. */
export function networkName(given: string): string {
  const plain = given.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const words = plain.replace(/ß/g, 'ss').replace(/[^a-z0-9]+/g, '-');
  return words.replace(/^-+/, '').slice(0, NAME_MAX).replace(/-+$/, '');
}

export async function openName(): Promise<StepPage> {
  const setting = await readSetting('box.name');
  const { element, input } = field(labelTexts.name, { name: 'name', maxlength: '64' });
  input.value = String(setting?.value ?? '');
  const shown = h('p', { class: 'hint', role: 'status' });
  const show = () => {
    const name = networkName(input.value);
    setText(shown, name === '' ? '' : fill(text.nameAs, { name }));
  };
  input.addEventListener('input', show);
  show();
  return {
    ...{ title: text.nameTitle, hint: text.nameHint },
    body: lockable(setting?.isLocked === true, input, h('div', {}, element, shown)),
    save: async () =>
      setting?.isLocked === true
        ? undefined
        : await changeSettings({ 'box.name': networkName(input.value) }),
  };
}

const PIN = /^[\x21-\x7e]{4,64}$/;

export async function openPin(): Promise<StepPage> {
  const setting = await readSetting('operator.pin_file');
  // Shown as it is typed: nobody looks on, and it is typed once.
  const { element, input } = field(text.pinLabel, {
    ...{ name: 'pin', maxlength: '64', inputmode: 'numeric' },
    autocomplete: 'new-password',
  });
  return {
    ...{ title: stageTexts.pin, hint: text.pinHint },
    body: lockable(setting?.isLocked === true, input, element),
    save: async () => {
      if (setting?.isLocked === true) return undefined;
      // Chosen before: somebody has come back to it.
      if (input.value === '' && setting?.isSet === true) return undefined;
      if (!PIN.test(input.value)) return text.pinShort;
      return await changeSettings({ 'operator.pin_file': { set: input.value } });
    },
  };
}

export async function openTitle(): Promise<StepPage> {
  const setting = await readSetting('drop.title');
  const { element, input } = field(labelTexts['drop.title'], { name: 'title', maxlength: '80' });
  input.value = setting?.isSet === true ? String(setting.value) : '';
  input.placeholder = String(setting?.preset ?? '');
  return {
    ...{ title: text.titleTitle, hint: text.titleHint },
    body: lockable(setting?.isLocked === true, input, element),
    save: async () =>
      setting?.isLocked === true || input.value === ''
        ? undefined
        : await changeSettings({ 'drop.title': input.value }),
  };
}

function lockable(isLocked: boolean, input: HTMLInputElement, body: HTMLElement): HTMLElement {
  if (!isLocked) return body;
  input.disabled = true;
  return h('div', {}, body, h('p', { class: 'lock' }, text.inFile));
}
