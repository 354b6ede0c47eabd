import type { SignInRefusal } from '../wire.ts';
import { h, say } from './ui/dom.ts';
import { formatClock } from './ui/format.ts';
import { readSession, type SessionState, sendPin } from './ui/request.ts';

/** Asks for the PIN; resolves when it was right. */
export function askPin(main: HTMLElement, state: SessionState): Promise<void> {
  const input = h('input', {
    id: 'pin',
    type: 'password',
    inputmode: 'numeric',
    autocomplete: 'current-password',
    maxlength: '64',
    required: '',
    'aria-describedby': 'pin-message',
  });
  const button = h('button', { type: 'submit', class: 'main' }, 'Sign in');
  const message = h('p', { id: 'pin-message', role: 'alert' });
  const form = h(
    'form',
    { class: 'card sign-in' },
    h('h2', {}, 'Operator'),
    // For password managers, which else keep no PIN.
    h('input', { autocomplete: 'username', value: 'operator', hidden: '' }),
    h('label', { for: 'pin' }, 'PIN'),
    input,
    button,
    message,
    h('p', { class: 'hint' }, 'The box shows its PIN when it is started for the first time.'),
  );
  main.replaceChildren(form);
  input.focus();
  const wait = openWait(message, [input, button], input);
  wait(state.refusal ?? undefined);
  return new Promise((resolve) => {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      button.disabled = true;
      say(message, 'Checking…');
      tryPin(input.value).then(
        (refusal) => {
          if (refusal === undefined) resolve();
          input.value = '';
          wait(refusal);
        },
        (error: Error) => {
          button.disabled = false;
          say(message, `${error.message}.`);
        },
      );
    });
  });
}

async function tryPin(pin: string): Promise<SignInRefusal | undefined> {
  const refusal = await sendPin(pin);
  if (refusal !== undefined) return refusal;
  // A browser that keeps no cookies would go round in a circle.
  const { isSignedIn } = await readSession();
  if (!isSignedIn) throw new Error('this browser keeps no cookies, and the page needs one');
  return undefined;
}

/** Tells what the box said, and counts down while it takes no PIN. */
function openWait(
  message: HTMLElement,
  controls: readonly (HTMLInputElement | HTMLButtonElement)[],
  input: HTMLInputElement,
): (refusal: SignInRefusal | undefined) => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  return (refusal) => {
    clearInterval(timer);
    const untilMs = performance.now() + (refusal?.waitMs ?? 0);
    const show = () => {
      const leftMs = untilMs - performance.now();
      const isWaiting = refusal !== undefined && leftMs > 0;
      for (const control of controls) control.disabled = isWaiting;
      say(message, refusal === undefined ? '' : explain(refusal, leftMs));
      if (isWaiting) return;
      clearInterval(timer);
      input.focus();
    };
    timer = setInterval(show, 500);
    show();
  };
}

function explain({ error, triesLeft }: SignInRefusal, leftMs: number): string {
  const again = `Try again in ${formatClock(leftMs + 999)}.`;
  const left = triesLeft === 1 ? '1 try is left' : `${triesLeft} tries are left`;
  if (leftMs > 0) {
    if (error === 'locked') return `Locked after too many wrong PINs. ${again}`;
    if (error === 'busy') return `Others are signing in. ${again}`;
    return `That PIN is wrong; ${left}. ${again}`;
  }
  if (error === 'wrong-pin') return `That PIN is wrong; ${left}.`;
  return 'Now it takes a PIN again.';
}
