/** Code, title and lower third in the picture: what is there, and a form that changes it. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { CodeReadings, OverlayState } from '../../../model/overlay.ts';
import { CODES, CORNERS } from '../text/overlay-words.ts';
import { fromBox, labelTexts, crewTexts as text } from '../text/texts.ts';
import { card, h, openMessage, setText } from '../ui/dom.ts';
import { setUnsaved } from '../ui/reload.ts';
import { runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';

export function openOverlay(onError: (error: unknown) => void): Section {
  const state = h('p', { class: 'calm' });
  const { message, fail } = openMessage(onError);
  const fields = openFields();
  const button = h('button', { type: 'submit', class: 'quiet' }, text.show);
  const form = h('form', { class: 'overlay-form' }, ...fields.rows, button);
  const element = card('overlay', text.inPicture, state, form, message);
  let shown: OverlayState | undefined;
  let isEdited = false;
  const setEdited = (isIt: boolean) => {
    isEdited = isIt;
    setUnsaved(form, isIt);
  };
  const send = async (args: Readonly<Record<string, unknown>>) => {
    setText(message, text.changing);
    const outcome = await runCommand('overlay', undefined, args);
    setEdited(outcome.status !== 'done');
    const reason = fromBox(outcome.detail);
    const isDone = outcome.status === 'done';
    setText(message, isDone ? text.changed : fill(text.notChanged, { reason }));
  };
  form.addEventListener('input', () => {
    setEdited(true);
    setText(message, '');
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(fields.changes(shown)).catch(fail);
  });
  return {
    element,
    update: ({ view: { overlay } }) => {
      element.hidden = overlay === undefined;
      if (overlay === undefined) return;
      setText(state, describe(overlay));
      // What the host is writing stays.
      if (!isEdited && JSON.stringify(shown) !== JSON.stringify(overlay)) fields.fill(overlay);
      shown = overlay;
    },
  };
}

function openFields() {
  const code = select('overlay-code', CODES);
  const link = h('input', { id: 'overlay-link', type: 'url', maxlength: '213' });
  const corner = select('overlay-corner', CORNERS);
  const size = h('input', { id: 'overlay-size', type: 'number', min: '10', max: '60' });
  const line = (id: string) => h('input', { id, type: 'text', maxlength: '80' });
  const [title, name, below] = [
    line('overlay-title-text'),
    line('overlay-name'),
    line('overlay-line'),
  ];
  const linkRow = row(text.link, link);
  const showLink = () => {
    linkRow.hidden = code.value !== 'link';
  };
  code.addEventListener('change', showLink);
  showLink();
  return {
    rows: [
      row(text.code, code),
      linkRow,
      row(text.corner, corner),
      row(text.sizePct, size),
      row(text.overlayTitle, title),
      row(labelTexts.name, name),
      row(text.overlayLine, below),
    ],
    fill: (overlay: OverlayState) => {
      const isWord = overlay.code in CODES;
      code.value = isWord ? overlay.code : 'link';
      link.value = isWord ? '' : overlay.code;
      corner.value = overlay.corner;
      size.value = String(overlay.sizePct);
      [title.value, name.value, below.value] = [overlay.title, overlay.name, overlay.line];
      showLink();
    },
    /** Only what differs: a code that stays keeps its times. */
    changes: (overlay: OverlayState | undefined) => {
      const wanted: readonly (readonly [string, unknown, unknown])[] = [
        ['code', code.value === 'link' ? link.value.trim() : code.value, overlay?.code],
        ['corner', corner.value, overlay?.corner],
        ['size', Number(size.value), overlay?.sizePct],
        ['title', title.value, overlay?.title],
        ['name', name.value, overlay?.name],
        ['line', below.value, overlay?.line],
      ];
      return Object.fromEntries(wanted.filter(([, now, before]) => now !== before));
    },
  };
}

function row(label: string, field: HTMLElement): HTMLElement {
  return h('p', {}, h('label', { for: field.id }, label), field);
}

function select(id: string, choices: Readonly<Record<string, string>>): HTMLSelectElement {
  const options = Object.entries(choices).map(([value, name]) => h('option', { value }, name));
  return h('select', { id }, ...options);
}

function describe({ code, shown, missing }: OverlayState): string {
  if (missing !== undefined) return fill(text.codeMissing, { reason: fromBox(missing) });
  if (shown === undefined) return code === 'none' ? text.codeNone : text.codeLater;
  const { link, readability, readings } = shown;
  const leads = fill(text.codeLeads, { link });
  switch (readability) {
    case 'unknown':
      return leads;
    case 'readable':
      return `${leads} ${text.codeReadable}`;
    case 'doubtful':
      return `${leads} ${text.codeDoubtful}`;
    case 'unreadable': {
      const where = readings.filter(isMissed).map(renderReading).join(', ');
      return `${leads} ${fill(text.codeUnreadable, { where })}`;
    }
  }
}

const isMissed = ({ read, of }: CodeReadings) => read < of;

const renderReading = ({ rendition, read, of }: CodeReadings) =>
  fill(text.codeReading, { rendition, read: String(read), count: String(of) });
