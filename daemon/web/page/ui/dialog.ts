/** Dialogs: a question before a command, and a large picture. */
import { stageTexts } from '../text/texts.ts';
import { h } from './dom.ts';

/** Opens a dialog, and removes it at its end. Resolves with whether it was closed with `yes`. */
export function answerOf(
  dialog: HTMLDialogElement,
  no: HTMLElement,
  focused: HTMLElement,
): Promise<boolean> {
  return new Promise((resolve) => {
    no.addEventListener('click', () => dialog.close());
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
    focused.focus();
  });
}

/** Of a dialog that is of use without a session, or in which somebody has filled in much. */
export const STAYS = { 'data-stays': '' };

/** Without a session: above the form for the PIN they would keep it out of reach. */
export function closeDialogs(): void {
  const open = document.querySelectorAll<HTMLDialogElement>('dialog:not([data-stays])');
  for (const dialog of open) dialog.close();
}

/** Asks for confirmation. Escape and a click outside mean no. */
export function confirmBy(
  question: string,
  detail: string,
  yes: string,
  noText: string = stageTexts.cancel,
): Promise<boolean> {
  const no = h('button', { type: 'button' }, noText);
  const confirm = h('button', { type: 'button', class: 'danger' }, yes);
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'dialog-title' },
    h('h2', { id: 'dialog-title', class: 'question' }, question),
    h('p', {}, detail),
    h('div', { class: 'row answers below' }, no, confirm),
  );
  confirm.addEventListener('click', () => dialog.close('yes'));
  closeOnBackdrop(dialog);
  return answerOf(dialog, no, no);
}

/** Asks for the PIN once more; undefined where it was not given. @param stays Also while nobody is signed in. */
export function askForPin(
  question: string,
  detail: string,
  submit: string,
  stays = false,
): Promise<string | undefined> {
  const input = h('input', {
    ...{
      type: 'password',
      autocomplete: 'current-password',
      'aria-label': stageTexts.pin,
      required: '',
    },
  });
  const no = h('button', { type: 'button' }, stageTexts.cancel);
  const yes = h('button', { type: 'submit', class: 'danger' }, submit);
  const form = h(
    'form',
    { method: 'dialog' },
    input,
    h('div', { class: 'row answers below' }, no, yes),
  );
  const title = h('h2', { id: 'dialog-title', class: 'question' }, question);
  const dialog = h(
    'dialog',
    { 'aria-labelledby': 'dialog-title', ...(stays && STAYS) },
    title,
    h('p', {}, detail),
    form,
  );
  closeOnSubmit(form, dialog);
  closeOnBackdrop(dialog);
  return answerOf(dialog, no, input).then((isYes) =>
    isYes && input.value !== '' ? input.value : undefined,
  );
}

/** Return in a field of it, or its button, is a yes. */
export function closeOnSubmit(form: HTMLFormElement, dialog: HTMLDialogElement): void {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    dialog.close('yes');
  });
}

/** Shows a picture as large as the screen allows. */
export function showPicture(src: string, title: string): void {
  const close = h('button', { type: 'button' }, stageTexts.close);
  const picture = h('img', { src, alt: title });
  const dialog = h('dialog', { class: 'picture', 'aria-label': title }, picture, close);
  close.addEventListener('click', () => dialog.close());
  closeOnBackdrop(dialog);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function closeOnBackdrop(dialog: HTMLDialogElement): void {
  dialog.addEventListener('click', (event) => {
    if (event.target === dialog) dialog.close();
  });
}
