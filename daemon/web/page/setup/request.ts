/** Requests of the set-up. Each rejects with a sentence for the person at the page. */
import type { Step } from '../../../first-boot/steps.ts';
import type { ShownSetting } from '../../../settings/settings.ts';
import type { HandOver, SetUpChoices, SetUpView } from '../../setup/protocol.ts';
import { readSettings, sendSettings } from '../settings/request.ts';
import { fromBox, stageTexts } from '../text/texts.ts';
import { askJson } from '../ui/request.ts';

/** A card takes seconds from channel to channel. */
const SCAN_TIMEOUT_MS = 30_000;

/** Undefined for a box that cannot be set up so. */
export async function readSetUp(): Promise<SetUpView | undefined> {
  return (await askJson('GET', '/setup').catch(() => undefined)) as SetUpView | undefined;
}

export async function enterSetUp(): Promise<void> {
  await askJson('POST', '/setup/session');
}

export async function sendAnswer(step: Step, how: 'done' | 'skipped'): Promise<void> {
  await askJson('POST', '/setup/answers', { step, how });
}

export async function readNetworks(): Promise<SetUpChoices> {
  return (await askJson('GET', '/setup/networks', undefined, SCAN_TIMEOUT_MS)) as SetUpChoices;
}

export async function chooseNetwork(ssid: string, password: string): Promise<void> {
  await askJson('POST', '/setup/network', { ssid, password });
}

/** Of a box that is set up: into that one, at once. */
export async function joinNetwork(ssid: string, password: string): Promise<HandOver> {
  return (await askJson('POST', '/setup/join', { ssid, password })) as HandOver;
}

export async function wantPreview(isOn: boolean): Promise<void> {
  await askJson('POST', '/setup/preview', { isOn });
}

export async function finishSetUp(): Promise<HandOver> {
  return (await askJson('POST', '/setup/finish')) as HandOver;
}

const PRESENT_EVERY_MS = 20_000;

export interface Presence {
  readonly start: () => void;
  readonly stop: () => void;
}

/** The box goes on by itself from a hand-over that was shown, once nobody is at the page. */
export function keepPresence(): Presence {
  let timer: ReturnType<typeof setInterval> | undefined;
  const ask = () => void readHandOver().catch(() => undefined);
  const stop = () => clearInterval(timer);
  const start = () => {
    stop();
    timer = setInterval(ask, PRESENT_EVERY_MS);
  };
  start();
  return { start, stop };
}

/** What {@link finishSetUp} will answer. */
export async function readHandOver(): Promise<HandOver> {
  return (await askJson('GET', '/setup/finish')) as HandOver;
}

/**
 * Resolves when the box could not join the Wi-Fi and this phone is in its own again. Never where
 * the set-up is done: a page that goes on asking would keep the box's own Wi-Fi open.
 */
export async function untilReopened(): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    const view = await readSetUp();
    if (view?.isOpen === true && view.next !== undefined) return;
    if (view?.isOpen === false) return await new Promise(() => undefined);
  }
}

export async function readSetting(path: string): Promise<ShownSetting | undefined> {
  const { settings } = await readSettings();
  return settings.find((one) => one.path === path);
}

/** By the rules of the settings; returns what is wrong, a sentence for each fault. */
export async function changeSettings(
  changes: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  // Somebody may change others at the same time: then once more.
  for (let i = 0; i < 2; i += 1) {
    const { tag } = await readSettings();
    const outcome = await sendSettings({ changes }, tag, false, true);
    if (outcome.status === 'wrong')
      return outcome.faults.map(({ reason }) => fromBox(reason)).join('; ');
    if (outcome.status === 'failed') return outcome.reason;
    if (outcome.status === 'saved' || outcome.status === 'restarting') return undefined;
  }
  return stageTexts.notAccepted;
}

const LOOK_EVERY_MS = 1_000;
const RESTART_MS = 60_000;

/**
 * Restarts the box where these settings wait for it and it can be restarted. Resolves when it
 * answers again and this phone is in; false where nothing was restarted.
 */
export async function restartFor(prefix: string): Promise<boolean> {
  const { pending, canRestart } = await readSettings();
  if (!canRestart || !pending.restart.some((path) => path.startsWith(prefix))) return false;
  await askJson('POST', '/restart');
  const endMs = performance.now() + RESTART_MS;
  while (performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    // The session ended with the box; the key of this phone did not.
    const isIn = await enterSetUp().then(
      () => true,
      () => false,
    );
    if (isIn && !(await readSettings()).pending.restart.some((path) => path.startsWith(prefix)))
      return true;
  }
  throw new Error(stageTexts.noAnswer);
}
