/** Our player with what the box pushes, in Chromium. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startDetailedBox, until } from '../../support/box.ts';
import { openChromium, seeFrames, waitInPage } from '../../support/chromium.ts';

const test = suite('pushed streams in Chromium');

const WITHIN_MS = 90_000;

test('parts and frames are played as they are pushed, and the picture goes on without them', async () => {
  await using box = await startDetailedBox(['viewers.push=parts']);
  await box.ready();
  await using browser = await openChromium();
  const { context } = browser;
  const asked: string[] = [];
  context.on('request', (request) => asked.push(new URL(request.url()).pathname));
  const watch = async (query: string, way: string) => {
    const page = await browser.open(`${box.url}/${query}`);
    await waitInPage(page, `globalThis.venuebox?.().way === ${JSON.stringify(way)}`, WITHIN_MS);
    const latenciesMs = await seeFrames(page, { shown: 30, read: 4 });
    assert.ok(latenciesMs.every((ms) => ms < 60_000));
    return page;
  };

  const pushed = await watch('', 'push');
  assert.ok(asked.some((path) => path.startsWith('/live/push/')));
  const state = () => box.state<{ media: { viewers: { viewers: number } } }>();
  await until(async () => (await state()).media.viewers.viewers === 1, WITHIN_MS);
  await pushed.close();
  await (await watch('?player=frames', 'frames')).close();

  await context.route('**/live/push/**', (route) => route.abort());
  await (await watch('?player=push', 'parts')).close();
  await context.unroute('**/live/push/**');

  const page = await watch('?player=push', 'push');
  const media = box.childPid('media');
  process.kill(media ?? 0, 'SIGKILL');
  await until(() => ![undefined, media].includes(box.childPid('media')), WITHIN_MS);
  await seeFrames(page, { shown: 60, read: 4 });
});

test.run();
