/** What a step of the set-up is, and the controls that steps share. */
import { h } from '../ui/dom.ts';

export interface StepPage {
  readonly title: string;
  readonly hint: string;
  readonly body: HTMLElement;
  /** Saves the answer; resolves with what is wrong with it. */
  save(): Promise<string | undefined>;
  /** Stops what runs in it. */
  close?(): void;
}

/** A text field with its label. */
export function field(label: string, attributes: Readonly<Record<string, string>>) {
  const id = `setup-${attributes['name']}`;
  const input = h('input', { id, autocomplete: 'off', ...attributes });
  const element = h('div', { class: 'field' }, h('label', { for: id }, label), input);
  return { element, input };
}

export interface Option {
  readonly value: string;
  readonly label: string;
  /** Smaller, after it. */
  readonly note?: string;
  readonly isOff?: boolean;
}

/** One of several, each as large as a thumb. */
export function choices(name: string, onChange: (value: string) => void) {
  const element = h('div', { class: 'choices', role: 'radiogroup' });
  let chosen: string | undefined;
  return {
    element,
    value: () => chosen,
    show: (options: readonly Option[], value: string | undefined) => {
      chosen = options.find((one) => one.value === value)?.value;
      element.replaceChildren(
        ...options.map((option) => {
          const input = h('input', { type: 'radio', name, value: option.value });
          input.checked = option.value === chosen;
          input.disabled = option.isOff === true;
          input.addEventListener('change', () => {
            chosen = option.value;
            onChange(option.value);
          });
          const note = option.note === undefined ? undefined : h('small', {}, option.note);
          return h('label', { class: 'choice' }, input, h('span', {}, option.label), note);
        }),
      );
    },
  };
}
