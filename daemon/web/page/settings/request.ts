/** Reads and sends settings. Each rejects with a sentence for the person at the page. */
import type { Edit, SaveOutcome } from '../../../settings/settings.ts';
import type { SettingsPage } from '../../crew/settings-answers.ts';
import { askJson, readSession } from '../ui/request.ts';

/** Secrets are hashed, files synced to a slow card. */
const TIMEOUT_MS = 30_000;

export async function readSettings(): Promise<SettingsPage> {
  return (await askJson('GET', '/settings')) as SettingsPage;
}

/** @param isLater What needs a restart waits for one. */
export async function sendSettings(
  edit: Edit,
  tag: string,
  isTry: boolean,
  isLater = false,
): Promise<SaveOutcome> {
  const body = { ...edit, tag, isTry, isLater };
  return (await askJson('POST', '/settings', body, TIMEOUT_MS)) as SaveOutcome;
}

const LOOK_EVERY_MS = 500;
/** From the end of the server here to the start of the one there. */
const MOVING_MS = 1_500;

/** Resolves with what to open once the server has left, or is back here and has ended the session. */
export async function placeAfter(address: string): Promise<string> {
  const isHere = new URL(address).origin === location.origin;
  for (;;) {
    await pause(LOOK_EVERY_MS);
    // Guests may be served here now.
    const isSignedIn = await readSession().then(
      (session) => session.isSignedIn,
      () => undefined,
    );
    if (isSignedIn === false) return location.href;
    if (isSignedIn === true || isHere) continue;
    await pause(MOVING_MS);
    return address;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
