/** The page's states on a phone, held both ways, and a desktop: nothing overflows or wraps. */
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Reply, refuse } from '../../../pipelines/http/reply.ts';
import { type DropProgress, NO_PROGRESS } from '../../../pipelines/player/drop-report.ts';
import { openPages } from '../../../pipelines/player/pages.ts';
import { DICTIONARIES } from '../../../pipelines/player/text/languages.ts';
import { openChromium, waitInPage } from '../../support/chromium.ts';

const test = suite('layout of the page');

const SIZES = [
  { width: 360, height: 740 },
  { width: 740, height: 360 },
  { width: 1440, height: 900 },
  { width: 320, height: 640 },
] as const;
const FOLDER = 'bench-results/guests';

interface Scene {
  readonly startsAt: string;
  readonly progress: DropProgress | 'unreachable';
  /** As the page has it while there is a picture. */
  readonly script: string;
}

const CLIPS = ['AAAAAAAAAAA', 'BBBBBBBBBBB'];
const LIVE = {
  ...NO_PROGRESS,
  clips: CLIPS,
  liveSince: new Date(Date.now() - 754_000).toISOString(),
};
const SCENES: Readonly<Record<string, Scene>> = {
  before: {
    startsAt: new Date(Date.now() + 3_700_000).toISOString(),
    progress: NO_PROGRESS,
    script: '',
  },
  live: {
    startsAt: '',
    progress: LIVE,
    script: 'document.getElementById("video").dispatchEvent(new Event("playing"))',
  },
  ended: {
    startsAt: '',
    progress: { ...NO_PROGRESS, isOver: true, hasReplay: true, clips: CLIPS },
    script: '',
  },
  offline: { startsAt: '', progress: 'unreachable', script: '' },
};

async function serve({ startsAt, progress }: Scene) {
  const state = progress === 'unreachable' ? NO_PROGRESS : progress;
  const pages = openPages({ title: 'Record Shop Live', startsAt }, () => state);
  const answer = (url: URL): Reply => {
    if (url.pathname === '/drop.json' && progress === 'unreachable') return refuse(503, 'away');
    const request = { path: url.pathname, query: url.searchParams, header: () => undefined };
    return pages.answer(request) ?? refuse(503, 'not live');
  };
  const server = createServer(({ url = '/' }, response) => {
    const { status, headers, body } = answer(new URL(url, 'http://box'));
    response.writeHead(status, [...headers]).end(Buffer.concat(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Controls that a guest sees, with their heights in lines. */
const WRAPPED = `[...document.querySelectorAll('button, a.action')]
  .filter((control) => control.offsetParent !== null && control.getClientRects().length > 0)
  .filter((control) => control.getBoundingClientRect().height > 56 || control.getClientRects().length > 1
    || control.getBoundingClientRect().right > innerWidth)
  .map((control) => control.textContent || control.id)`;
const UNNAMED = `[...document.querySelectorAll('button, a, video')]
  .filter((control) => control.offsetParent !== null)
  .filter((control) => !(control.textContent.trim() || control.getAttribute('aria-label')))
  .map((control) => control.id || control.outerHTML)`;

for (const [state, scene] of Object.entries(SCENES)) {
  test(`${state}: in each size and language nothing is wider than the screen, and no control wraps`, async () => {
    mkdirSync(FOLDER, { recursive: true });
    using served = await serve(scene);
    await using browser = await openChromium(SIZES[0]);
    const page = await browser.open(served.url);
    await waitInPage(page, 'document.body.classList.contains("script-runs")');
    for (const size of SIZES) {
      await page.setViewportSize(size);
      if (scene.script !== '') await page.evaluate(scene.script);
      await waitInPage(page, `document.body.dataset.state === '${state}'`);
      for (const lang of Object.keys(DICTIONARIES)) {
        await page.evaluate(
          `{ const s = document.getElementById('language'); s.value = '${lang}'; s.dispatchEvent(new Event('change')); }`,
        );
        const where = `${state} ${size.width} ${lang}`;
        assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), where);
        assert.equal(await page.evaluate(WRAPPED), [], where);
        assert.equal(await page.evaluate(UNNAMED), [], where);
        if (lang === 'en' || lang === 'de') {
          const path = `${FOLDER}/${state}-${size.width}x${size.height}-${lang}.png`;
          await page.screenshot({ path });
        }
      }
    }
  });
}

test.run();
