/** The venue's Wi-Fi of a box that is set up, chosen as in the set-up. */
import { setUpTexts as text } from '../text/texts.ts';
import { h, setText } from '../ui/dom.ts';
import { renderHandOver } from './hand-over.ts';
import { openNetwork } from './network-step.ts';
import { joinNetwork } from './request.ts';

/** Networks are looked for once it is opened. */
export function openWifi(): HTMLElement {
  const place = h('div', {});
  const summary = h('summary', {}, text.wifiTitle);
  const element = h('details', { id: 'wifi', class: 'card section' }, summary, place);
  element.addEventListener('toggle', () => {
    place.replaceChildren(...(element.open ? [renderChoice(place)] : []));
  });
  return element;
}

function renderChoice(place: HTMLElement): HTMLElement {
  const step = openNetwork({
    hasCableChoice: false,
    choose: async (ssid, password) => {
      const parts = renderHandOver(await joinNetwork(ssid, password));
      place.replaceChildren(...parts.filter((part) => part !== undefined));
    },
  });
  const fault = h('p', { class: 'reason', role: 'alert' });
  const join = h('button', { type: 'submit', class: 'main' }, text.join);
  const hint = h('p', { class: 'hint' }, text.wifiHint);
  const form = h('form', { novalidate: '' }, hint, step.body, fault, join);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    join.disabled = true;
    step
      .save()
      .then(
        (reason) => setText(fault, reason ?? ''),
        (error: Error) => setText(fault, error.message),
      )
      .finally(() => {
        join.disabled = false;
      });
  });
  return form;
}
