/** Reads and sends settings. Each rejects with a sentence for the person at the page. */
import type { SaveOutcome, Wish } from '../../../settings/settings.ts';
import type { SettingsPage } from '../../crew/settings-answers.ts';
import { askJson } from '../ui/request.ts';

/** Secrets are hashed, files synced to a slow card. */
const TIMEOUT_MS = 30_000;

export async function readSettings(): Promise<SettingsPage> {
  return (await askJson('GET', '/settings')) as SettingsPage;
}

/** @param isLater What needs a restart waits for one. */
export async function sendSettings(
  wish: Wish,
  tag: string,
  isTry: boolean,
  isLater = false,
): Promise<SaveOutcome> {
  const body = { ...wish, tag, isTry, isLater };
  return (await askJson('POST', '/settings', body, TIMEOUT_MS)) as SaveOutcome;
}
