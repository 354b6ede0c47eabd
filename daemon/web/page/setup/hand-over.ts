/** The end of the set-up, and of a change of the Wi-Fi: where the page is from now on. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { HandOver } from '../../setup/protocol.ts';
import { setUpTexts as text } from '../text/texts.ts';
import { renderCode } from '../ui/code.ts';
import { h } from '../ui/dom.ts';

/** No landmark: the sections of picture and sound within it are. */
export function frame(step: string, title: string, ...children: readonly (Node | undefined)[]) {
  const inner = children.filter((child) => child !== undefined);
  return h('div', { id: 'setup', class: 'card', 'data-step': step }, h('h2', {}, title), ...inner);
}

/** Where the page is from now on, and how to get there. */
export function renderHandOver({ ssid, url, pin }: HandOver): readonly (Node | undefined)[] {
  const how = ssid === undefined ? text.openThis : fill(text.joinFirst, { name: ssid });
  const made = pin === undefined ? undefined : h('p', {}, fill(text.madePin, { pin }));
  const back = ssid === undefined ? '' : fill(text.failsBack, { name: ssid });
  const link = h('a', { href: url, class: 'url' }, url);
  const code = renderCode(url);
  const note = h('p', { class: 'hint' }, back);
  return [h('p', {}, how), link, code, made, note];
}
