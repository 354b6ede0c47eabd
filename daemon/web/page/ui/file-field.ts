/** A field for a file of the box, which a person can send from the device in his hand. */
import { UPLOAD_ANSWER_MS, UPLOAD_MAX_BYTES } from '../../../model/look.ts';
import { fromBox, planTexts, stageTexts } from '../text/texts.ts';
import { h, setText } from './dom.ts';
import { ask, checked } from './request.ts';
import { withSession } from './sign-in-again.ts';

const KINDS = {
  picture: { accept: 'image/png,image/jpeg,image/webp', label: planTexts.choosePicture },
  cube: { accept: '.cube', label: planTexts.chooseLook },
} as const;

/** @param named Gets the name of the file on the box. */
export function fileField(named: HTMLInputElement, kind: keyof typeof KINDS): HTMLElement {
  const { accept, label } = KINDS[kind];
  const hidden = { class: 'unseen', tabindex: '-1', 'aria-label': label };
  const file = h('input', { type: 'file', accept, ...hidden });
  const choose = h('button', { type: 'button', class: 'quiet' }, label);
  const message = h('small', { role: 'status' });
  const fault = h('small', { class: 'fault', role: 'alert' });
  const send = async (chosen: File): Promise<string> => {
    if (chosen.size > UPLOAD_MAX_BYTES) return stageTexts.lookTooLarge;
    setText(message, stageTexts.saving);
    setText(fault, '');
    const path = `/look/${kind}?${encodeURIComponent(chosen.name.slice(0, 100))}`;
    const outcome = (await checked(await ask('PUT', path, chosen, UPLOAD_ANSWER_MS))) as
      | { readonly status: 'done'; readonly result: { readonly file: string } }
      | { readonly status: 'rejected'; readonly detail: string };
    if (outcome.status === 'rejected') return fromBox(outcome.detail);
    named.value = outcome.result.file;
    named.dispatchEvent(new Event('input', { bubbles: true }));
    return '';
  };
  choose.addEventListener('click', () => file.click());
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined) return;
    // Its form cannot be saved without it, nor is another one sent meanwhile.
    named.setCustomValidity(stageTexts.saving);
    choose.disabled = true;
    void withSession(() => send(chosen))
      .catch((error: unknown) => (error as Error).message)
      .then((text) => setText(fault, text))
      .finally(() => {
        setText(message, '');
        named.setCustomValidity('');
        choose.disabled = false;
        // The same file can be chosen again.
        file.value = '';
      });
  });
  return h('span', { class: 'file' }, named, choose, file, message, fault);
}
