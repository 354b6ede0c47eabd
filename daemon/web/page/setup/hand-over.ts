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
 * @param onNoted The box leaves: nothing may keep it from that.
 * @returns false where the person goes back.
 */
export async function handOver(main: HTMLElement, onNoted: () => void): Promise<boolean> {
  const planned = await readHandOver();
  if (planned.ssid !== undefined && !(await isNoted(main, planned))) return false;
  onNoted();
  const ended = finishSetUp();
  // The box is on its way there already, or goes by itself once this page asks no more.
  const place = await (planned.ssid === undefined ? ended : ended.catch(() => planned));
  main.replaceChildren(frame('done', text.doneTitle, ...renderHandOver(place)));
  return true;
}

/** Whoever does the first thing that it says must not have gone before the button. */
async function isNoted(main: HTMLElement, planned: HandOver): Promise<boolean> {
  const back = h('button', { type: 'button' }, text.back);
  const join = h('button', { type: 'submit', class: 'main' }, text.join);
  const row = h('div', { class: 'row answers below' }, back, join);
  const note = h('p', { class: 'reason' }, text.noteFirst);
  const form = h('form', {}, note, row);
  const here = [h('p', {}, text.openThis), ...renderPlace(planned)];
  const { ssid = '' } = planned;
  const after = [
    h('p', { class: 'below' }, fill(text.joinAfter, { name: ssid })),
    ...renderFaults(ssid),
  ];
  main.replaceChildren(frame('hand-over', text.nearlyTitle, ...here, form, ...after));
  scrollTo(0, 0);
  return await new Promise((resolve) => {
    back.addEventListener('click', () => resolve(false));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      join.disabled = true;
      resolve(true);
    });
  });
}

/** Where the page is from now on, and how to get there. */
export function renderHandOver(at: HandOver): readonly (Node | undefined)[] {
  const { ssid } = at;
  if (ssid === undefined) return [h('p', {}, text.openThis), ...renderPlace(at)];
  const how = fill(text.joinFirst, { name: ssid });
  return [h('p', {}, how), ...renderPlace(at), ...renderFaults(ssid)];
}

function renderPlace({ url, pin }: HandOver): readonly (Node | undefined)[] {
  const made = pin === undefined ? undefined : h('p', {}, fill(text.madePin, { pin }));
  return [h('a', { href: url, class: 'url' }, url), renderCode(url), made];
}

function renderFaults(ssid: string): readonly Node[] {
  const hints = [fill(text.failsBack, { name: ssid }), text.keepsApart];
  return hints.map((hint) => h('p', { class: 'hint' }, hint));
}
