/** Which player rewinds, and plays the replay. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { playFinished } from '../../../../pipelines/player/playback/fallback.ts';

const test = suite('player of what is finished');

const ROOT = new URL('http://box.test/');
const REPLAY = new URL('replay/index.m3u8', ROOT);
const SAFARI = { getStartDate: () => new Date(5_000) };
const MEDIA_SOURCE = { MediaSource: { isTypeSupported: () => true } };

/** The source that the browser gets, or the script that is loaded. */
async function playedIn(video: object, scope: object): Promise<string> {
  const before = { window: globalThis.window, document: globalThis.document };
  let script = '';
  const append = (element: EventTarget & { src: string }) => {
    script = element.src;
    element.dispatchEvent(new Event('error'));
  };
  const document = {
    createElement: () => Object.assign(new EventTarget(), { src: '' }),
    head: { append },
  };
  // Nobody waits until a script that has failed is given up.
  const { setTimeout } = globalThis;
  Object.assign(globalThis, {
    ...{ window: scope, document },
    setTimeout: (...args: Parameters<typeof setTimeout>) => setTimeout(...args).unref(),
  });
  const element = Object.assign(new EventTarget(), {
    ...{ src: '', currentTime: 0, play: async () => undefined },
    ...{ canPlayType: () => 'maybe', removeAttribute: () => undefined },
    ...video,
  });
  try {
    const played = playFinished(element as never, REPLAY, ROOT, () => undefined);
    await played.catch(() => undefined);
    return script || element.src;
  } finally {
    Object.assign(globalThis, { ...before, setTimeout });
  }
}

test('Safari plays it by itself; others do only where hls.js cannot: they know no dates to rewind by', async () => {
  assert.is(await playedIn(SAFARI, MEDIA_SOURCE), REPLAY.href);
  assert.is(await playedIn({}, MEDIA_SOURCE), 'http://box.test/hls.js');
  assert.is(await playedIn({}, {}), REPLAY.href);
});

test.run();
