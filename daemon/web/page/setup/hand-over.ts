/** The end of the set-up, and of a change of the Wi-Fi: where the page is from now on. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { HandOver } from '../../setup/protocol.ts';
import { setUpTexts as text } from '../text/texts.ts';
import { renderCode } from '../ui/code.ts';
import { h } from '../ui/dom.ts';
import { finishSetUp, readHandOver } from './request.ts';

/** No landmark: the sections of picture and sound within it are. */
export function frame(step: string, title: string, ...children: readonly (Node | undefined)[]) {
  const inner = children.filter((child) => child !== undefined);
  return h('div', { id: 'setup', class: 'card', 'data-step': step }, h('h2', {}, title), ...inner);
}

/**
 * Ends the set-up. What its person needs next is shown before: a phone closes the window of a
 * captive portal, and this page with it, once the box leaves its own Wi-Fi.
 *
 * @returns false where the person goes back.
 */
export async function handOver(main: HTMLElement): Promise<boolean> {
  const planned = await readHandOver();
  if (planned.ssid !== undefined && !(await isNoted(main, planned))) return false;
  const parts = renderHandOver(await finishSetUp());
  main.replaceChildren(frame('done', text.doneTitle, ...parts));
  return true;
}

function isNoted(main: HTMLElement, planned: HandOver): Promise<boolean> {
  const back = h('button', { type: 'button' }, text.back);
  const join = h('button', { type: 'submit', class: 'main' }, text.join);
  const row = h('div', { class: 'row answers below' }, back, join);
  const note = h('p', { class: 'reason' }, text.noteFirst);
  const form = h('form', {}, note, row);
  main.replaceChildren(frame('hand-over', text.nearlyTitle, ...renderHandOver(planned), form));
  scrollTo(0, 0);
  return new Promise((resolve) => {
    back.addEventListener('click', () => resolve(false));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      join.disabled = true;
      resolve(true);
    });
  });
}

/** Where the page is from now on, and how to get there. */
export function renderHandOver({ ssid, url, pin }: HandOver): readonly (Node | undefined)[] {
  const how = ssid === undefined ? text.openThis : fill(text.joinFirst, { name: ssid });
  const made = pin === undefined ? undefined : h('p', {}, fill(text.madePin, { pin }));
  const back = ssid === undefined ? '' : fill(text.failsBack, { name: ssid });
  const link = h('a', { href: url, class: 'url' }, url);
  const code = renderCode(url);
  const note = h('p', { class: 'hint' }, back);
  const apart = ssid === undefined ? undefined : h('p', { class: 'hint' }, text.keepsApart);
  return [h('p', {}, how), link, code, made, note, apart];
}
