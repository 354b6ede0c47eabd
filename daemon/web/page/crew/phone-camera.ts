/** A phone or OBS as the camera: address and token, and this device itself. */

import { card, h, setText } from '../ui/dom.ts';
import { ask, checked } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { phoneHere } from './phone-here.ts';
import type { SendTo } from './phone-sender.ts';
import { SAYS } from './words.ts';

/** Settings may choose this camera, or another one, at any time. */
const REFRESH_MS = 10_000;

/** Hidden where the box takes no such camera, and this device sends none. */
export function openPhoneCamera(isCrew: boolean, onError: (error: unknown) => void): Section {
  const phone = phoneHere();
  const { element, rows, address, token, reveal } = renderParts(phone.element);
  let to: SendTo | undefined;
  let readMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  const show = () => {
    rows.hidden = to === undefined;
    element.hidden = rows.hidden && !phone.isSending();
  };
  reveal.addEventListener('click', () => {
    setText(token, to?.token ?? '');
    reveal.hidden = true;
  });
  const read = () => {
    readMs = performance.now();
    readAccess().then((access) => {
      if (isClosed) return;
      to = access;
      phone.offer(to);
      if (to !== undefined) setText(address, new URL(to.path, location.href).href);
      show();
    }, onError);
  };
  show();
  return {
    element,
    update: () => {
      const isOld = performance.now() - readMs >= REFRESH_MS;
      if (isCrew && isOld && !document.hidden) read();
      show();
      phone.keepPlaying();
    },
    // It goes on sending: who films does not stop because the PIN is asked for.
    close: () => {
      isClosed = true;
      phone.offer(undefined);
    },
  };
}

function renderParts(phone: HTMLElement) {
  const address = h('code', {});
  const token = h('code', {});
  const reveal = h('button', { type: 'button', class: 'quiet' }, SAYS.phoneShow);
  const rows = h(
    'dl',
    { class: 'facts roomy' },
    h('div', { class: 'wide' }, h('dt', {}, SAYS.phoneServer), h('dd', {}, address)),
    h('div', { class: 'wide' }, h('dt', {}, SAYS.phoneToken), h('dd', {}, token, reveal)),
  );
  const hint = h('p', { class: 'hint' }, SAYS.phoneHint);
  const element = card('phone-camera', SAYS.phoneCamera, hint, rows, phone);
  return { element, rows, address, token, reveal };
}

/** Undefined where the box takes no camera by WHIP. */
async function readAccess(): Promise<SendTo | undefined> {
  const response = await ask('GET', '/camera-access');
  return response.status === 404 ? undefined : ((await checked(response)) as SendTo);
}
