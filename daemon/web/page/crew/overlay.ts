/** Code, title and lower third in the picture: what is there, and a form that changes it. */
import type { CodeReadings, OverlayState } from '../../../model/overlay.ts';
import { card, h, setText } from '../ui/dom.ts';
import { runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';

const CODES = { none: 'No code', page: 'Guests’ page', checkout: 'Checkout', link: 'Another link' };
const CORNERS = {
  'top-left': 'Top left',
  'top-right': 'Top right',
  'bottom-left': 'Bottom left',
  'bottom-right': 'Bottom right',
};

export function openOverlay(onError: (error: unknown) => void): Section {
  const state = h('p', { class: 'calm' });
  const message = h('p', { class: 'message', role: 'status' });
  const fields = openFields();
  const button = h('button', { type: 'submit', class: 'quiet' }, 'Show');
  const form = h('form', { class: 'fields' }, ...fields.rows, button);
  const element = card('overlay', 'In the picture', state, form, message);
  let shown: OverlayState | undefined;
  let isEdited = false;
  const send = async (args: Readonly<Record<string, unknown>>) => {
    setText(message, 'Changing…');
    const outcome = await runCommand('overlay', undefined, args);
    isEdited = outcome.status !== 'done';
    setText(message, outcome.status === 'done' ? 'Changed.' : `Not changed: ${outcome.detail}`);
  };
  form.addEventListener('input', () => {
    isEdited = true;
    setText(message, '');
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    send(fields.changes(shown)).catch((error: unknown) => {
      setText(message, '');
      onError(error);
    });
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
  const text = (id: string) => h('input', { id, type: 'text', maxlength: '80' });
  const [title, name, line] = [
    text('overlay-title-text'),
    text('overlay-name'),
    text('overlay-line'),
  ];
  const linkRow = row('Link', link);
  const showLink = () => {
    linkRow.hidden = code.value !== 'link';
  };
  code.addEventListener('change', showLink);
  showLink();
  return {
    rows: [
      row('Code', code),
      linkRow,
      row('Corner', corner),
      row('Size in %', size),
      row('Title', title),
      row('Name', name),
      row('Line below', line),
    ],
    fill: (overlay: OverlayState) => {
      const isWord = overlay.code in CODES;
      code.value = isWord ? overlay.code : 'link';
      link.value = isWord ? '' : overlay.code;
      corner.value = overlay.corner;
      size.value = String(overlay.sizePct);
      [title.value, name.value, line.value] = [overlay.title, overlay.name, overlay.line];
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
        ['line', line.value, overlay?.line],
      ];
      return Object.fromEntries(wanted.filter(([, now, before]) => now !== before));
    },
  };
}

function row(label: string, field: HTMLElement): HTMLElement {
  return h('p', {}, h('label', { for: field.id }, label), field);
}

function select(id: string, choices: Readonly<Record<string, string>>): HTMLSelectElement {
  const options = Object.entries(choices).map(([value, text]) => h('option', { value }, text));
  return h('select', { id }, ...options);
}

function describe({ code, shown, missing }: OverlayState): string {
  if (missing !== undefined) return `No code is shown: ${missing}.`;
  if (shown === undefined) {
    return code === 'none' ? 'No code is shown.' : 'The code is shown at its time.';
  }
  const { link, readability, readings } = shown;
  const where = `The code leads to ${link}.`;
  switch (readability) {
    case 'unknown':
      return where;
    case 'readable':
      return `${where} Phones can read it.`;
    case 'doubtful':
      return `${where} It was not read once.`;
    case 'unreadable':
      return `${where} It cannot be read: ${readings.filter(isMissed).map(renderReading).join(', ')}.`;
  }
}

const isMissed = ({ read, of }: CodeReadings) => read < of;

const renderReading = ({ rendition, read, of }: CodeReadings) =>
  `${rendition} in ${read} of ${of} pictures`;
