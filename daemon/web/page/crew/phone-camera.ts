/** A phone or OBS as the camera: address and token, and this device itself. */
import { card, h, setText } from '../ui/dom.ts';
import { ask, checked } from '../ui/request.ts';
import { keepScreenOn } from '../ui/screen.ts';
import type { Section } from '../ui/section.ts';
import { canSend, NotReached, openStream, type SendTo, sendFromHere } from './phone-sender.ts';
import { SAYS } from './words.ts';

/** Settings may choose this camera, or another one, at any time. */
const REFRESH_MS = 10_000;
const AGAIN_MS = 2_000;

/** Hidden where the box takes no such camera. */
export function openPhoneCamera(isCrew: boolean, onError: (error: unknown) => void): Section {
  const { element, address, token, reveal, use, stop, message, view } = renderParts();
  let to: SendTo | undefined;
  let sending: AbortController | undefined;
  let readMs = Number.NEGATIVE_INFINITY;
  const show = (stream: MediaStream | undefined) => {
    use.hidden = stream !== undefined;
    stop.hidden = stream === undefined;
    view.hidden = stream === undefined;
    view.srcObject = stream ?? null;
    if (stream !== undefined) view.play().catch(() => undefined);
  };
  const say = (text: string) => setText(message, text);
  const end = () => sending?.abort();
  const begin = async (where: SendTo) => {
    use.disabled = true;
    say(SAYS.phoneConnecting);
    sending = new AbortController();
    const { signal } = sending;
    addEventListener('pagehide', end, { signal });
    const failed = await send(where, show, say, signal);
    sending.abort();
    sending = undefined;
    show(undefined);
    use.disabled = false;
    say(failed === undefined ? '' : SAYS.phoneFailed(failed));
  };
  reveal.addEventListener('click', () => {
    setText(token, to?.token ?? '');
    reveal.hidden = true;
  });
  use.addEventListener('click', () => {
    if (to !== undefined) void begin(to);
  });
  stop.addEventListener('click', end);
  show(undefined);
  const read = () => {
    readMs = performance.now();
    readAccess().then((access) => {
      to = access;
      element.hidden = access === undefined && sending === undefined;
      if (access !== undefined) setText(address, new URL(access.path, location.href).href);
    }, onError);
  };
  return {
    element,
    update: () => {
      const isOld = performance.now() - readMs >= REFRESH_MS;
      if (isCrew && isOld && !document.hidden) read();
    },
    close: end,
  };
}

/** Until `signal` aborts: a connection that ends is made again. Returns why there was none at all. */
async function send(
  to: SendTo,
  show: (stream: MediaStream) => void,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  let stream: MediaStream | undefined;
  let hasSent = false;
  const onSending = () => {
    hasSent = true;
    say(SAYS.phoneSending);
  };
  const close = () => {
    for (const track of stream?.getTracks() ?? []) track.stop();
  };
  keepScreenOn(signal);
  try {
    while (!signal.aborted) {
      let reason = '';
      try {
        // A phone that has slept may have ended it.
        if (stream?.active !== true) {
          stream = await openStream();
          show(stream);
        }
        await sendFromHere(to, stream, onSending, signal);
      } catch (error) {
        reason = reasonOf(error);
        if (!hasSent && !signal.aborted) return reason;
      }
      if (signal.aborted) break;
      const why = reason === '' ? [] : [`${SAYS.phoneFailed(reason).replace(/\.$/, '')}.`];
      say([SAYS.phoneEnded, ...why, SAYS.phoneConnecting].join(' '));
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  } finally {
    close();
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  if (error instanceof NotReached) return SAYS.phoneNotReached;
  return error instanceof Error ? error.message : String(error);
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
