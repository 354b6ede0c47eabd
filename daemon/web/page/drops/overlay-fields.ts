/** Code, title and lower third in a coming drop's picture, as fields of its form. */
import type { PlannedDrop } from '../../../config/drop-list/parse.ts';
import { CODES, CORNERS } from '../text/overlay-words.ts';
import { crewTexts, labelTexts, planTexts as text } from '../text/texts.ts';
import { h } from '../ui/dom.ts';
import { type Field, field, input, select } from './field.ts';
import { overlayOf } from './overlay-values.ts';

/** @param before Undefined where all of it is as in the config. */
export function overlayFields(before: PlannedDrop['overlay']) {
  const controls = openControls(before);
  const { code } = controls;
  /** By their keys in drops.yaml. */
  const fields: Readonly<Record<string, Field>> = {
    'code.link': field(crewTexts.link, controls.link),
    'code.corner': field(crewTexts.corner, controls.corner),
    'code.size_pct': field(crewTexts.sizePct, controls.size),
    'code.from_s': field(text.codeFrom, controls.from),
    'code.for_s': field(text.codeFor, controls.for),
    'code.every_s': field(text.codeEvery, controls.every),
    title: field(crewTexts.overlayTitle, controls.title),
    name: field(labelTexts.name, controls.name),
    line: field(crewTexts.overlayLine, controls.line),
  };
  const show = () => {
    for (const [key, { element }] of Object.entries(fields)) {
      const isOfCode = key.startsWith('code.');
      const isOfLink = key === 'code.link';
      const isUsual = code.value === '';
      element.hidden =
        isUsual || (isOfCode && code.value === 'none') || (isOfLink && code.value !== 'link');
    }
  };
  code.addEventListener('change', show);
  show();
  const parts = Object.values(fields);
  const legend = h('legend', {}, crewTexts.inPicture);
  const choice = field(crewTexts.code, code);
  return {
    element: h('fieldset', {}, legend, choice.element, ...parts.map((one) => one.element)),
    /** As drops.yaml has it; `null` takes it away. */
    read: () =>
      overlayOf({
        ...{ code: code.value, link: controls.link.value, corner: controls.corner.value },
        ...{ size: controls.size.value, from: controls.from.value, for: controls.for.value },
        ...{ every: controls.every.value, title: controls.title.value },
        ...{ name: controls.name.value, line: controls.line.value },
      }),
    /** The place for what is wrong with a key; undefined where it has none. */
    placeOf: (path: string): HTMLElement | undefined =>
      path.startsWith('overlay.') ? fields[path.slice('overlay.'.length)]?.fault : undefined,
    places: parts.map(({ fault }) => fault),
  };
}

function openControls(before: PlannedDrop['overlay']) {
  const { code, title = '', name = '', line = '' } = before ?? {};
  const isWord = Object.hasOwn(CODES, code?.link ?? '');
  const seconds = (value = 0) => input({ inputmode: 'numeric', maxlength: '5', value: `${value}` });
  const words = (value: string) => input({ maxlength: '80', value });
  const controls = {
    code: select([['', text.lookUsual], ...Object.entries(CODES)]),
    link: input({
      ...{ maxlength: '213', value: isWord ? '' : (code?.link ?? '') },
      placeholder: 'https://',
    }),
    corner: select(Object.entries(CORNERS)),
    size: input({ inputmode: 'decimal', maxlength: '20', value: `${code?.size_pct ?? 22}` }),
    ...{ from: seconds(code?.from_s), for: seconds(code?.for_s), every: seconds(code?.every_s) },
    ...{ title: words(title), name: words(name), line: words(line) },
  };
  const written = isWord ? (code?.link ?? '') : 'link';
  controls.code.value = before === undefined ? '' : code === undefined ? 'none' : written;
  controls.corner.value = code?.corner ?? 'bottom-right';
  return controls;
}
