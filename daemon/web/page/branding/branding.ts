/** The branding of the guests’ page: colours, logo and title picture, chosen by the crew. */
import { stageTexts as text } from '../text/texts.ts';
import { card, h, openMessage, setText } from '../ui/dom.ts';
import { setUnsaved } from '../ui/reload.ts';
import type { Section } from '../ui/section.ts';
import {
  type BrandingPart,
  type BrandingState,
  readBranding,
  removeBranding,
  sendColors,
  sendPicture,
  undoBranding,
} from './requests.ts';

type Run = (work: Promise<BrandingState | string>) => void;

/** A field for each colour, with the page's own as the start. */
const COLORS = [
  ['background', text.lookBackground, '#131116'],
  ['text', text.lookText, '#f6f4fb'],
  ['accent', text.lookAccent, '#c9a6ff'],
] as const;

export function openBranding(onError: (error: unknown) => void): Section {
  const { message, fail } = openMessage(onError);
  let isRead = false;
  const show = (look: BrandingState) => {
    colors.update(look);
    for (const picture of pictures) picture.update(look);
  };
  let sending = 0;
  const run: Run = (work) => {
    sending += 1;
    setUnsaved(element, true);
    setText(message, text.saving);
    work
      .then((outcome) => {
        setText(message, typeof outcome === 'string' ? outcome : text.lookSaved);
        if (typeof outcome !== 'string') show(outcome);
      }, fail)
      .finally(() => {
        sending -= 1;
        setUnsaved(element, sending > 0);
      });
  };
  const colors = openColors(run);
  const pictures = [
    openPicture('logo', text.lookLogo, run),
    openPicture('title', text.lookTitle, run),
  ];
  const parts = [colors, ...pictures].map(({ element }) => element);
  const element = card(
    'look',
    text.look,
    h('p', { class: 'hint' }, text.lookHint),
    ...parts,
    message,
  );
  return {
    element,
    update: () => {
      if (isRead) return;
      isRead = true;
      readBranding().then(show, (error: unknown) => {
        isRead = false;
        onError(error);
      });
    },
  };
}

/** What takes back the last change of a part, and what takes away what was uploaded. */
function openBack(part: BrandingPart, label: string, removeText: string, run: Run) {
  const undo = h('button', { type: 'button', class: 'quiet' }, text.lookUndo);
  const remove = h('button', { type: 'button', class: 'quiet' }, removeText);
  for (const button of [undo, remove]) {
    button.setAttribute('aria-label', `${button.textContent}: ${label}`);
  }
  undo.addEventListener('click', () => run(undoBranding(part)));
  remove.addEventListener('click', () => run(removeBranding(part)));
  return {
    elements: [undo, remove],
    update: ({ uploaded, undoable }: BrandingState) => {
      undo.hidden = !undoable.includes(part);
      remove.hidden = !uploaded.includes(part);
    },
  };
}

function openColors(run: Run) {
  const inputs = COLORS.map(([name, label, value]) => {
    const id = `look-${name}`;
    const input = h('input', { type: 'color', id, value });
    return { name, input, row: h('label', { class: 'color', for: id }, input, label) };
  });
  const save = h('button', { type: 'button', class: 'quiet' }, text.lookSaveColors);
  const back = openBack('colors', text.lookColors, text.lookResetColors, run);
  save.addEventListener('click', () => {
    const values = inputs.map(({ name, input }) => [name, input.value] as const);
    run(sendColors(Object.fromEntries(values)));
  });
  const rows = h('div', { class: 'row colors' }, ...inputs.map(({ row }) => row));
  return {
    element: h(
      'div',
      { class: 'below' },
      rows,
      h('div', { class: 'row below' }, save, ...back.elements),
    ),
    update: (look: BrandingState) => {
      back.update(look);
      const { colors } = look;
      for (const { name, input } of inputs) input.value = colors?.[name] ?? input.defaultValue;
    },
  };
}

function openPicture(part: Exclude<BrandingPart, 'colors'>, label: string, run: Run) {
  // The heading of the card is `look-title`.
  const id = `look-${part}-file`;
  const shown = h('img', { class: 'look', alt: label, hidden: '' });
  const file = h('input', {
    ...{ type: 'file', id, class: 'unseen', accept: 'image/png,image/jpeg,image/webp' },
  });
  const choose = h('label', { class: 'button', for: id }, label);
  const back = openBack(part, label, text.remove, run);
  file.addEventListener('change', () => {
    const [chosen] = file.files ?? [];
    if (chosen !== undefined) run(sendPicture(part, chosen));
    // The same file can be chosen again.
    file.value = '';
  });
  return {
    element: h('div', { class: 'row below' }, shown, file, choose, ...back.elements),
    update: (look: BrandingState) => {
      const path = look[part]?.path;
      shown.hidden = path === undefined;
      // The path is another for each content: what is cached is never an old one.
      if (path !== undefined) shown.src = `/look/${part}?${encodeURIComponent(path)}`;
      back.update(look);
    },
  };
}
