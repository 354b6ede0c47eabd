/** A phone or OBS as the camera: address and token, and this device itself. */
import { card, h, setText } from '../ui/dom.ts';
import { ask, checked } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { canSend, type PhoneSender, type SendTo, sendFromHere } from './phone-sender.ts';
import { SAYS } from './words.ts';

/** Hidden where the box takes no such camera. */
export function openPhoneCamera(isCrew: boolean, onError: (error: unknown) => void): Section {
  const { element, address, token, reveal, use, stop, message, view } = renderParts();
  let to: SendTo | undefined;
  let sender: PhoneSender | undefined;
  const show = (next: PhoneSender | undefined) => {
    sender = next;
    use.hidden = next !== undefined;
    stop.hidden = next === undefined;
    view.hidden = next === undefined;
    view.srcObject = next?.stream ?? null;
    if (next !== undefined) view.play().catch(() => undefined);
  };
  const begin = async (where: SendTo) => {
    use.disabled = true;
    setText(message, SAYS.phoneConnecting);
    try {
      const onEnd = () => {
        show(undefined);
        setText(message, SAYS.phoneEnded);
      };
      show(await sendFromHere(where, onEnd));
      setText(message, SAYS.phoneSending);
    } catch (error) {
      setText(message, SAYS.phoneFailed(error instanceof Error ? error.message : String(error)));
    }
    use.disabled = false;
  };
  reveal.addEventListener('click', () => {
    setText(token, to?.token ?? '');
    reveal.hidden = true;
  });
  use.addEventListener('click', () => {
    if (to !== undefined) void begin(to);
  });
  stop.addEventListener('click', () => {
    sender?.stop();
    show(undefined);
    setText(message, '');
  });
  show(undefined);
  if (isCrew) {
    readAccess().then((access) => {
      to = access;
      element.hidden = access === undefined;
      if (access !== undefined) setText(address, new URL(access.path, location.href).href);
    }, onError);
  }
  return { element, update: () => undefined, close: () => sender?.stop() };
}

function renderParts() {
  const address = h('code', {});
  const token = h('code', {});
  const reveal = h('button', { type: 'button', class: 'quiet' }, SAYS.phoneShow);
  const use = h('button', { type: 'button' }, SAYS.phoneUse);
  const stop = h('button', { type: 'button' }, SAYS.phoneStop);
  const message = h('p', { class: 'message', role: 'status' });
  const view = h('video', { muted: '', playsinline: '', class: 'phone-view' });
  const rows = h(
    'dl',
    { class: 'facts roomy' },
    h('div', { class: 'wide' }, h('dt', {}, SAYS.phoneServer), h('dd', {}, address)),
    h('div', { class: 'wide' }, h('dt', {}, SAYS.phoneToken), h('dd', {}, token, reveal)),
  );
  const hint = h('p', { class: 'hint' }, SAYS.phoneHint);
  const here = canSend()
    ? h('div', { class: 'row' }, use, stop)
    : h('p', { class: 'hint' }, SAYS.phoneNeedsTls);
  const element = card('phone-camera', SAYS.phoneCamera, hint, rows, here, view, message);
  element.hidden = true;
  view.muted = true;
  return { element, address, token, reveal, use, stop, message, view };
}

/** Undefined where the box takes no camera by WHIP. */
async function readAccess(): Promise<SendTo | undefined> {
  const response = await ask('GET', '/camera-access');
  return response.status === 404 ? undefined : ((await checked(response)) as SendTo);
}
