/** A field of the form of a drop, with the place for what is wrong with it. */
import { h } from '../ui/dom.ts';

export interface Field {
  readonly element: HTMLElement;
  readonly fault: HTMLElement;
}

export function field(label: string, control: HTMLElement, kind: '' | 'check' = ''): Field {
  const fault = h('small', { class: 'fault', role: 'alert' });
  const parts = kind === 'check' ? [control, h('span', {}, label)] : [label, control];
  return { element: h('label', kind === '' ? {} : { class: kind }, ...parts, fault), fault };
}

export const input = (attributes: Readonly<Record<string, string>>) =>
  h('input', { autocomplete: 'off', ...attributes });

export const select = (choices: readonly (readonly [value: string, name: string])[]) =>
  h('select', {}, ...choices.map(([value, name]) => h('option', { value }, name)));
