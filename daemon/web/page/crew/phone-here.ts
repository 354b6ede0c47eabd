/** This device as the camera: it goes on sending while the page asks for the PIN again. */

import { keepScreenOn } from '../../../../pipelines/player/playback/pace/screen.ts';
import { h, setText } from '../ui/dom.ts';
import { canSend, NotReached, openStream, type SendTo, sendFromHere } from './phone-sender.ts';
import { SAYS } from './words.ts';

const AGAIN_MS = 2_000;

export interface PhoneHere {
  /** Its buttons, picture and message: one element, which moves to where it is shown. */
  readonly element: HTMLElement;
  isSending(): boolean;
  /** Where to send next; undefined: nowhere. What is being sent goes on. */
  offer(to: SendTo | undefined): void;
  /** A browser stops the picture of an element that has moved. */
  keepPlaying(): void;
  end(): void;
}

let phone: PhoneHere | undefined;

/** One for the whole life of the page: sessions end when the box restarts, its token does not. */
export function phoneHere(): PhoneHere {
  phone ??= openPhoneHere();
  return phone;
}

function openPhoneHere(): PhoneHere {
  const use = h('button', { type: 'button' }, SAYS.phoneUse);
  const stop = h('button', { type: 'button' }, SAYS.phoneStop);
  const message = h('p', { class: 'message', role: 'status' });
  const view = h('video', { muted: '', playsinline: '', class: 'phone-view' });
  view.muted = true;
  const row = h('div', { class: 'row' }, use, stop);
  const here = canSend() ? row : h('p', { class: 'hint' }, SAYS.phoneNeedsTls);
  let to: SendTo | undefined;
  let sending: AbortController | undefined;
  const play = () => void view.play().catch(() => undefined);
  const show = (stream: MediaStream | undefined) => {
    use.hidden = stream !== undefined || to === undefined;
    stop.hidden = stream === undefined;
    view.hidden = stream === undefined;
    view.srcObject = stream ?? null;
    if (stream !== undefined) play();
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
  use.addEventListener('click', () => {
    if (to !== undefined && sending === undefined) void begin(to);
  });
  stop.addEventListener('click', end);
  show(undefined);
  return {
    element: h('div', {}, here, view, message),
    isSending: () => sending !== undefined,
    offer: (next) => {
      to = next;
      if (sending === undefined) use.hidden = to === undefined;
    },
    keepPlaying: () => {
      if (view.srcObject !== null && view.paused) play();
    },
    end,
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
