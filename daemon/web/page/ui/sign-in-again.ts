/** The PIN once more where a session has ended under what somebody fills in, so that nothing of it is lost. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import type { SignInRefusal } from '../../protocol.ts';
import { stageTexts as text } from '../text/texts.ts';
import { askForPin } from './dialog.ts';
import { formatClock } from './format.ts';
import { SignedOut, sendPin } from './request.ts';

const SIGNED_IN = 'venuebox-signed-in';

/** Runs `work`, and again after the PIN where it was refused without one. Rejects with a sentence. */
export async function withSession<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SignedOut)) throw error;
    const pin = await askForPin(text.signedOut, text.nothingLost, text.signIn, true);
    if (pin === undefined) throw error;
    const refusal = await sendPin(pin);
    if (refusal !== undefined) throw new Error(explainRefusal(refusal, refusal.waitMs));
    document.dispatchEvent(new Event(SIGNED_IN));
    return await work();
  }
}

/** Until `signal` aborts. */
export function onSignedInAgain(done: () => void, signal: AbortSignal): void {
  document.addEventListener(SIGNED_IN, done, { signal });
}

/** @param leftMs Until the next PIN is accepted. */
export function explainRefusal({ error, triesLeft }: SignInRefusal, leftMs: number): string {
  const again = fill(text.tryAgainIn, { time: formatClock(leftMs + 999) });
  const wrong = fill(text.triesLeft, { count: String(triesLeft) });
  if (leftMs > 0) {
    if (error === 'locked') return `${text.locked} ${again}`;
    if (error === 'busy') return `${text.othersSignIn} ${again}`;
    return `${wrong} ${again}`;
  }
  return error === 'wrong-pin' ? wrong : text.enterNow;
}
