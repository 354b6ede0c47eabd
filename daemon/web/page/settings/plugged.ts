/** Cameras and sound cards that are plugged in: chosen by their makers' names, not typed. */
import type { FoundDevices } from '../../../first-boot/devices.ts';
import { setUpTexts } from '../text/texts.ts';
import { h, setText } from '../ui/dom.ts';
import { askJson } from '../ui/request.ts';
import { SAYS } from './words.ts';

export interface Plugged {
  readonly driver: string;
  readonly device: string;
  readonly name: string;
}

/** Of the config. */
export type PluggedGroup = 'camera' | 'sound';

/** A program that lists cameras takes seconds. */
const TIMEOUT_MS = 30_000;

export async function readPlugged(group: PluggedGroup): Promise<readonly Plugged[]> {
  const found = (await askJson('GET', '/setup/devices', undefined, TIMEOUT_MS)) as FoundDevices;
  if (group === 'camera') return found.cameras;
  return found.sounds.map((one) => ({ driver: 'alsa', ...one }));
}

/** A button that lists them; one that is chosen is filled into the form, and not applied yet. */
export function openPlugged(group: PluggedGroup, onError: (error: unknown) => void): HTMLElement {
  const button = h('button', { type: 'button', class: 'quiet' }, SAYS.choosePlugged);
  const note = h('p', { class: 'hint', role: 'status' });
  const list = h('div', { class: 'choices' });
  const element = h('div', { class: 'rows' }, button, note, list);
  const none = group === 'camera' ? setUpTexts.noCamera : setUpTexts.noSoundCard;
  const choose = ({ driver, device, name }: Plugged) => {
    const isFilled = fill(element, { [`${group}.driver`]: driver, [`${group}.device`]: device });
    list.replaceChildren();
    setText(note, isFilled ? name : SAYS.locked);
  };
  const show = async () => {
    setText(note, '');
    const found = await readPlugged(group);
    setText(note, found.length === 0 ? none : '');
    const buttons = found.map((one) => {
      const take = h('button', { type: 'button' }, one.name);
      take.addEventListener('click', () => choose(one));
      return take;
    });
    list.replaceChildren(...buttons);
  };
  button.addEventListener('click', () => {
    button.disabled = true;
    show()
      .catch(onError)
      .finally(() => {
        button.disabled = false;
      });
  });
  return element;
}

/** @returns false where the config file has one of them. */
function fill(at: HTMLElement, values: Readonly<Record<string, string>>): boolean {
  const fields = Object.entries(values).map(([path, value]) => {
    const place = at.closest('.sections')?.querySelector(`[data-path="${path}"]`);
    const input = place?.querySelector<HTMLInputElement | HTMLSelectElement>('input, select');
    return { input: input?.disabled === false ? input : undefined, value };
  });
  if (fields.some(({ input }) => input === undefined)) return false;
  for (const { input, value } of fields) {
    if (input !== undefined) input.value = value;
    input?.dispatchEvent(new Event('input', { bubbles: true }));
  }
  return true;
}
