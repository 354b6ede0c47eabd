/** To which of its destinations the box sends a drop, as a part of the form. */
import { planTexts as text } from '../text/texts.ts';
import { h } from '../ui/dom.ts';
import { field, select } from './field.ts';

/**
 * @param all Ids of `uplink.destinations`.
 * @param before Undefined where it is left out: all that are enabled.
 */
export function destinationsField(all: readonly string[], before: readonly string[] | undefined) {
  // One that the box has not any more stays until a person takes it away.
  const ids = [...new Set([...all, ...(before ?? [])])];
  const choice = select([
    ['all', text.allDestinations],
    ['these', text.onlyThese],
  ]);
  choice.value = before === undefined ? 'all' : 'these';
  const boxes = ids.map((id) => {
    const box = h('input', { type: 'checkbox', value: id });
    box.checked = before?.includes(id) ?? true;
    return box;
  });
  const ticks = h(
    'div',
    { class: 'ticks' },
    ...boxes.map((box) => h('label', { class: 'check' }, box, h('span', {}, box.value))),
  );
  const show = () => {
    ticks.hidden = choice.value === 'all';
  };
  choice.addEventListener('change', show);
  show();
  const sentTo = field(text.isSentTo, choice);
  const element = h('div', {}, sentTo.element, ticks);
  element.hidden = ids.length === 0;
  return {
    element,
    fault: sentTo.fault,
    /** As drops.yaml has it; `null` takes it away. */
    read: () =>
      choice.value === 'all' ? null : boxes.filter((box) => box.checked).map((box) => box.value),
  };
}
