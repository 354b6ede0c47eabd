/** Asks for the PIN, and shows why it is not accepted. */
import { fill } from '../../../pipelines/player/text/fill.ts';
import type { SignInRefusal } from '../protocol.ts';
import { setUpTexts, stageTexts as text } from './text/texts.ts';
import { h, setText } from './ui/dom.ts';
import { readSession, type SessionState, sendPin } from './ui/request.ts';
import { explainRefusal, onSignedInAgain } from './ui/sign-in-again.ts';

/** How far the first set-up is. */
interface SetUpSeen {
  readonly isOpen: boolean;
  readonly hasPin: boolean;
}

/** How often a locked page asks whether sign-in was opened. */
const OPENED_EVERY_MS = 3_000;

/**
 * Resolves when the PIN was right.
 *
 * @param setUp Where it is not done, perhaps nobody knows the PIN, or another phone is at it.
 */
export function askPin(
  main: HTMLElement,
  state: SessionState,
  setUp: SetUpSeen | undefined,
): Promise<void> {
  const input = h('input', {
    id: 'pin',
    type: 'password',
    inputmode: 'numeric',
    autocomplete: 'current-password',
    maxlength: '64',
    required: '',
    'aria-describedby': 'pin-message',
  });
  const button = h('button', { type: 'submit', class: 'main' }, text.signIn);
  const message = h('p', { id: 'pin-message', role: 'alert' });
  const form = h(
    'form',
    { class: 'card sign-in' },
    h('h2', {}, text.operator),
    // Password managers save a PIN only together with a user name.
    h('input', { autocomplete: 'username', value: 'operator', hidden: '' }),
    h('label', { for: 'pin' }, text.pin),
    input,
    button,
    message,
    renderHint(setUp),
  );
  main.replaceChildren(form);
  input.focus();
  const showRefusal = openRefusal(message, [input, button], input);
  showRefusal(state.refusal ?? undefined);
  return new Promise((resolve) => {
    const done = new AbortController();
    const end = () => {
      done.abort();
      showRefusal(undefined);
      resolve();
    };
    // In a dialog above it.
    onSignedInAgain(end, done.signal);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      button.disabled = true;
      setText(message, text.checking);
      tryPin(input.value).then(
        (refusal) => {
          if (refusal === undefined) end();
          input.value = '';
          showRefusal(refusal);
        },
        (error: Error) => {
          button.disabled = false;
          setText(message, error.message);
        },
      );
    });
  });
}

/** Who has the box in hand chooses another PIN: only its memory card is asked. */
function renderHint(setUp: SetUpSeen | undefined): HTMLElement {
  if (setUp?.isOpen === true) {
    const { begunElsewhere, notSetUp } = setUpTexts;
    return h('p', { class: 'hint' }, setUp.hasPin ? begunElsewhere : notSetUp);
  }
  const how = h('p', {}, fill(text.pinHint, { line: 'operator: {pin: "1234"}' }));
  return h('details', { class: 'hint' }, h('summary', {}, text.pinForgotten), how);
}

async function tryPin(pin: string): Promise<SignInRefusal | undefined> {
  const refusal = await sendPin(pin);
  if (refusal !== undefined) return refusal;
  // Without cookies the PIN would be asked for again and again.
  const { isSignedIn } = await readSession();
  if (!isSignedIn) throw new Error(text.cookiesBlocked);
  return undefined;
}

/** Shows the refusal, and counts down while no PIN is accepted. */
function openRefusal(
  message: HTMLElement,
  controls: readonly (HTMLInputElement | HTMLButtonElement)[],
  input: HTMLInputElement,
): (refusal: SignInRefusal | undefined) => void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const showRefusal = (refusal: SignInRefusal | undefined) => {
    clearInterval(timer);
    const untilMs = performance.now() + (refusal?.waitMs ?? 0);
    const show = () => {
      const leftMs = untilMs - performance.now();
      const isWaiting = refusal !== undefined && leftMs > 0;
      for (const control of controls) control.disabled = isWaiting;
      setText(message, refusal === undefined ? '' : explainRefusal(refusal, leftMs));
      if (isWaiting) return;
      clearInterval(timer);
      input.focus();
    };
    const own = setInterval(show, 500);
    timer = own;
    show();
    if (refusal?.error === 'locked')
      void untilOpened(() => timer === own).then(showRefusal, ignore);
  };
  return showRefusal;
}

function ignore(): void {}

/** A person at the box may open sign-in at any time. Resolves then; rejects once it is not asked for. */
async function untilOpened(isWanted: () => boolean): Promise<undefined> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, OPENED_EVERY_MS));
    if (!isWanted()) throw new Error('not asked for');
    const state = await readSession().catch(() => undefined);
    if (state?.refusal === null && isWanted()) return undefined;
  }
}
