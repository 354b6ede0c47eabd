/** Addresses of guests and crew, with a code to scan: they follow the network. */

import { keepScreenOn } from '../../../../pipelines/player/playback/pace/screen.ts';
import { stageTexts } from '../text/texts.ts';
import { renderCode } from '../ui/code.ts';
import { STAYS } from '../ui/dialog.ts';
import { card, h, setText } from '../ui/dom.ts';
import type { Section } from '../ui/section.ts';
import { SAYS } from './words.ts';

export function openAddresses(): Section {
  const guests = h('a', { target: '_blank', rel: 'noreferrer' });
  const crew = h('a', {});
  const code = h('div', { class: 'code' });
  const large = h('button', { type: 'button', class: 'quiet' }, SAYS.showLarge);
  const none = h('p', { class: 'calm' }, SAYS.noAddress);
  const rows = h(
    'dl',
    { class: 'facts roomy' },
    h('div', { class: 'wide' }, h('dt', {}, SAYS.guests), h('dd', {}, guests)),
    h('div', { class: 'wide' }, h('dt', {}, SAYS.crew), h('dd', {}, crew)),
  );
  const element = card('addresses', SAYS.addresses, code, large, rows, none);
  let shown = '';
  /** What is open on the counter. */
  let counter: LargeCode | undefined;
  large.addEventListener('click', () => {
    counter = showLarge(shown, () => {
      counter = undefined;
    });
  });
  return {
    element,
    update: ({ view: { playerUrl = '', operatorUrl = '' } }) => {
      none.hidden = playerUrl !== '';
      for (const part of [code, large, rows]) part.hidden = playerUrl === '';
      for (const [link, url] of [
        [guests, playerUrl],
        [crew, operatorUrl],
      ] as const) {
        setText(link, url);
        link.href = url;
        const row = link.closest<HTMLElement>('.wide');
        if (row !== null) row.hidden = url === '';
      }
      if (playerUrl === shown || playerUrl === '') return;
      shown = playerUrl;
      code.replaceChildren(renderCode(playerUrl));
      counter?.show(playerUrl);
    },
  };
}

interface LargeCode {
  readonly show: (url: string) => void;
}

/** For the counter: as large as the screen allows, with the address for those who type. */
function showLarge(url: string, onClose: () => void): LargeCode {
  let code = renderCode(url);
  const address = h('p', { class: 'url' }, url);
  const close = h('button', { type: 'button' }, stageTexts.close);
  // Another one each time: the config may name another network.
  const wifi = h('img', {
    class: 'wifi',
    src: `/prints/wifi.png?${Date.now()}`,
    alt: SAYS.joinWifi,
  });
  wifi.hidden = true;
  wifi.addEventListener('load', () => {
    wifi.hidden = false;
  });
  const dialog = h(
    'dialog',
    { class: 'large-code', 'aria-label': SAYS.scan, ...STAYS },
    wifi,
    h('p', { class: 'scan' }, SAYS.scan),
    code,
    address,
    close,
  );
  // A phone on the counter must not go dark.
  const ends = new AbortController();
  keepScreenOn(ends.signal);
  dialog.addEventListener('close', () => {
    ends.abort();
    onClose();
    dialog.remove();
  });
  close.addEventListener('click', () => dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return {
    show: (now) => {
      const next = renderCode(now);
      code.replaceWith(next);
      code = next;
      setText(address, now);
    },
  };
}
