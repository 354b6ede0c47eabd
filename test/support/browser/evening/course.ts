/** An evening of some guests, step by step, in any browser: each waits for what they then see. */
import { ask, statusOf } from '../../ask.ts';
import { type Box, until } from '../../box.ts';
import { type Evaluates, waitInPage } from '../../chromium.ts';
import type { DeadLine } from '../../network/dead-line.ts';
import type { OtherBrowser } from '../other-browser.ts';
import { lock } from './phone.ts';

const STATE = 'document.body.dataset.state';
const TIME = 'document.getElementById("video").currentTime';
/** Set once in the page: gone after a reload. */
const SAME_PAGE = 'document.documentElement.dataset.isSame === "yes"';
const MARK_PAGE = 'document.documentElement.dataset.isSame = "yes"';
const textOf = (selector: string) => `document.querySelector('${selector}')?.textContent`;
/** A page that hangs far behind does not pass; a slow machine does. */
const NEAR_LIVE = 'venuebox().latencyMs < 10000';
const LONG_MS = 120_000;

export interface Evening {
  readonly box: Box;
  readonly phones: readonly OtherBrowser[];
  /** Between box and phones. */
  readonly line: DeadLine;
  /** How long the network is lost, and the phones locked, at least. */
  readonly lostMs: number;
  readonly lockedMs: number;
}

type Step = (evening: Evening) => Promise<void>;

/** Settings of a box for it: the drop begins an hour from now, unless somebody starts it before. */
export function eveningSettings(folder: string): readonly string[] {
  return [
    `drop.starts_at=${new Date(Date.now() + 3_600_000).toISOString()}`,
    `recording.targets=[{id: a, folder: ${folder}/recordings}]`,
    `clips.folder=${folder}/clips`,
    'recording.dvr_s=600',
  ];
}

export async function opensBeforeTheStart({ phones, line }: Evening): Promise<void> {
  await until(async () => (await fetch(`${line.url}/drop.json`)).ok, LONG_MS);
  await each(phones, async (phone) => {
    await phone.open(`${line.url}/`);
    await waitInPage(phone, `${STATE} === 'before'`, LONG_MS);
    const first = String(await phone.evaluate(textOf('#countdown')));
    if (!/\d:\d\d$/.test(first)) throw new Error(`the countdown is ${first}`);
    await waitInPage(phone, `${textOf('#countdown')} !== '${first}'`, LONG_MS);
    await phone.evaluate(MARK_PAGE);
  });
}

export async function goesLiveWithoutAReload({ box, phones }: Evening): Promise<void> {
  await goLive(box);
  await each(phones, isLive);
}

/**
 * Seen on the first phone: WebKitGTK's page answers no script for seconds, or minutes on a busy
 * machine, while it seeks in what it has not got.
 */
export async function losesTheNetwork({ phones, line, lostMs }: Evening): Promise<void> {
  line.setDead(true);
  const sinceMs = performance.now();
  const [first] = phones;
  if (first !== undefined) await waitInPage(first, `${STATE} !== 'live'`, LONG_MS);
  await sleep(lostMs - (performance.now() - sinceMs));
  line.setDead(false);
  await each(phones, isLive);
}

export async function locksThePhone({ phones, lockedMs }: Evening): Promise<void> {
  await lock(phones, lockedMs);
  await each(phones, isLive);
}

export async function seesAClip({ box, phones }: Evening): Promise<void> {
  await ask(box, 'cmd', 'mark', 'label=Encore');
  const label = textOf('#clip-list span:last-child');
  await each(phones, (phone) => waitInPage(phone, `${label} === 'Encore'`, LONG_MS));
}

export async function seesTheEnd({ box, phones }: Evening): Promise<void> {
  await ask(box, 'cmd', 'end');
  const isOffered = '!document.getElementById("replay").hidden';
  const isOver = `${STATE} === 'ended' && ${isOffered} && ${SAME_PAGE}`;
  await each(phones, (phone) => waitInPage(phone, isOver, LONG_MS));
}

export async function scrubsTheReplay({ phones }: Evening): Promise<void> {
  await each(phones, async (phone) => {
    await phone.evaluate('document.getElementById("replay").click()');
    await waitInPage(phone, "document.body.dataset.kind === 'replay'", LONG_MS);
    await playsMuted(phone);
    const scrub = 'document.getElementById("scrub")';
    await waitInPage(phone, `Number(${scrub}.max) > 6`, LONG_MS);
    for (const toS of [5, 1]) {
      await phone.evaluate(`(() => {
        ${scrub}.value = '${toS}';
        ${scrub}.dispatchEvent(new Event('input', { bubbles: true }));
      })()`);
      const isThere = `${TIME} >= ${toS} && !document.getElementById('video').seeking`;
      await waitInPage(phone, isThere, LONG_MS);
      await waitInPage(phone, `${TIME} > ${toS} + 0.3`, LONG_MS);
    }
    await waitInPage(phone, `${textOf('#chapter-list button')}?.endsWith('Encore')`, LONG_MS);
  });
}

export async function sharesAClip({ phones }: Evening): Promise<void> {
  await each(phones, async (phone) => {
    await phone.evaluate(`Object.defineProperty(navigator, 'share', {
      configurable: true,
      value: async ({ url }) => { document.documentElement.dataset.shared = url; },
    }) && document.querySelector('#clip-list button').click()`);
    const shared = 'document.documentElement.dataset.shared';
    await waitInPage(phone, `${shared} !== undefined`, LONG_MS);
    await phone.open(String(await phone.evaluate(shared)));
    await waitInPage(phone, `document.title === 'Encore'`, LONG_MS);
    await playsMuted(phone);
  });
}

export async function comesBackForTheNextDrop({ box, phones }: Evening): Promise<void> {
  await each(phones, async (phone) => {
    await phone.evaluate('document.getElementById("to-live").click()');
    await waitInPage(phone, `${STATE} === 'ended'`, LONG_MS);
    await phone.evaluate(MARK_PAGE);
  });
  await goLive(box);
  await each(phones, isLive);
}

export const STEPS: readonly Step[] = [
  opensBeforeTheStart,
  goesLiveWithoutAReload,
  losesTheNetwork,
  locksThePhone,
  seesAClip,
  seesTheEnd,
  scrubsTheReplay,
  sharesAClip,
  comesBackForTheNextDrop,
];

/** All at once. */
async function each(
  phones: readonly OtherBrowser[],
  work: (phone: OtherBrowser) => Promise<void>,
): Promise<void> {
  await Promise.all(phones.map(work));
}

/** WebKit plays sound only after a tap, which a script cannot make. */
async function playsMuted(phone: OtherBrowser): Promise<void> {
  const play = `document.getElementById('video').paused && document.getElementById('play').click()`;
  await phone.evaluate("document.getElementById('video').muted = true");
  await waitInPage(phone, `(${play}, ${TIME} > 0.5)`, LONG_MS);
}

/** A check may fail on a busy machine: the box is asked again. */
async function goLive(box: Box): Promise<void> {
  await until(async () => {
    await ask(box, 'cmd', 'go-live').catch(() => undefined);
    const { phase } = (await statusOf(box)).drop;
    if (phase === 'fault') await ask(box, 'cmd', 'disarm');
    return phase === 'live';
  }, LONG_MS);
}

/** The picture moves, near to live, on the page that was opened. */
export async function isLive(page: Evaluates): Promise<void> {
  const isNow = `${STATE} === 'live' && ${NEAR_LIVE} && ${SAME_PAGE}`;
  await waitInPage(page, isNow, LONG_MS);
  const before = Number(await page.evaluate(TIME));
  await waitInPage(page, `${isNow} && ${TIME} > ${before} + 1`, LONG_MS);
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
