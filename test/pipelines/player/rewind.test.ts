/** Pause and rewind on the guests' page, and a recording that does not play: in a real browser. */
import type { Page } from 'playwright-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_PROGRESS } from '../../../pipelines/player/drop-json.ts';
import { en } from '../../../pipelines/player/text/en.ts';
import { SCENES, type Scene, serveScene } from '../../support/browser/guest-scenes.ts';
import { shareChromium, waitInPage } from '../../support/chromium.ts';

const test = suite('pause and rewind');
const chromium = shareChromium();
test.after(() => chromium.close());

const IS = (name: string) => `document.body.classList.contains('${name}')`;
const SEEN = `['pause', 'go-on', 'live-again', 'mute']
  .filter((id) => getComputedStyle(document.getElementById(id)).display !== 'none').join(' ')`;
const PLAYS = '!document.getElementById("video").paused';
const MESSAGE = 'document.getElementById("message").textContent';

async function openLive(page: Page): Promise<void> {
  await waitInPage(page, 'document.readyState === "complete"');
  await waitInPage(page, '!document.getElementById("rewinding").hidden');
  await waitInPage(page, `(${PICTURE}, document.body.dataset.state === 'live')`);
}
const PICTURE = 'document.getElementById("video").dispatchEvent(new Event("playing"))';

async function rewinds(page: Page): Promise<void> {
  await page.focus('#rewind');
  await page.keyboard.press('ArrowLeft');
  await waitInPage(page, `${IS('rewound')} && ${PLAYS}`);
  assert.is(await page.evaluate(SEEN), 'pause live-again mute');
}

async function pauses(page: Page): Promise<void> {
  await page.evaluate('document.getElementById("pause").click()');
  assert.ok(await page.evaluate(`${IS('paused')} && !${PLAYS}`));
}

const dragsToLive = `(() => {
  const bar = document.getElementById('rewind');
  for (const event of ['input', 'change']) { bar.value = '0'; bar.dispatchEvent(new Event(event)); }
})()`;

test('who pauses while rewound goes on there, by the button, the key or the bar; at live a pause goes on at live', async () => {
  using served = await serveScene(SCENES['live'] as Scene);
  await using browser = await chromium.open();
  const page = await browser.open('about:blank');
  let answersReplay = false;
  await page.route('**/replay/index.m3u8', (route) =>
    answersReplay ? route.fulfill({ status: 404 }) : undefined,
  );
  await page.goto(served.url, { waitUntil: 'commit' });
  await openLive(page);

  await pauses(page);
  assert.is(await page.evaluate(SEEN), 'live-again', 'live is gone meanwhile');
  await page.evaluate(dragsToLive);
  assert.not(await page.evaluate(IS('paused')), 'the bar ends a pause, also at live');

  await pauses(page);
  await rewinds(page);
  for (const goesOn of [() => page.click('#go-on'), () => page.keyboard.press('k')]) {
    await pauses(page);
    assert.is(await page.evaluate(SEEN), 'go-on live-again');
    assert.is(await page.evaluate('document.activeElement.id'), 'go-on');
    await goesOn();
    await waitInPage(page, `${PLAYS} && !${IS('paused')}`);
    assert.ok(await page.evaluate(IS('rewound')));
  }
  await pauses(page);
  await rewinds(page);

  await page.evaluate('document.getElementById("video").pause()');
  await waitInPage(page, IS('paused'));
  await page.evaluate(dragsToLive);
  assert.not(await page.evaluate(`${IS('paused')} || ${IS('rewound')}`));

  answersReplay = true;
  await page.evaluate(PICTURE);
  await page.focus('#rewind');
  await page.keyboard.press('ArrowLeft');
  await waitInPage(page, `document.getElementById('announce').textContent === '${en.failed}'`);
  assert.not(await page.evaluate(IS('rewound')), 'it is live again');
});

test('a replay that is not there, and a movie that does not play, say so, and play once they can', async () => {
  const over = { ...NO_PROGRESS, isOver: true };
  const seen = { hasReplay: false };
  const progress = {
    ...over,
    get hasReplay() {
      return seen.hasReplay;
    },
  };
  using served = await serveScene({ ...(SCENES['replay'] as Scene), progress });
  await using browser = await chromium.open();
  const page = await browser.open('about:blank');
  await page.route('**/replay/index.m3u8', (route) => route.fulfill({ status: 404 }));
  await page.goto(served.url, { waitUntil: 'commit' });
  await waitInPage(page, `${MESSAGE} === '${en.noReplay}'`);
  seen.hasReplay = true;
  // It is tried at once.
  await waitInPage(page, `${MESSAGE} === '${en.failed}'`);
  const asked = page.waitForRequest('**/replay/index.m3u8');
  await page.unroute('**/replay/index.m3u8');
  await page.click('#play');
  await waitInPage(page, `${MESSAGE} === ''`);
  await asked;
});

test.run();
