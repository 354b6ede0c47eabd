/** A picture in a window of its own is in sight, also where its page is not. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keepPlaying } from '../../../../../pipelines/player/playback/pace/play.ts';

const test = suite('a picture in picture');

/** How often it is played again after a pause, on a page that is hidden. */
async function playsAgain(mode: 'inline' | 'picture-in-picture'): Promise<number> {
  const names = ['document', 'navigator'] as const;
  const kept = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  const scope = { document: { hidden: true }, navigator: { userActivation: {} } };
  Object.assign(scope.navigator.userActivation, { hasBeenActive: false });
  for (const [name, value] of Object.entries(scope))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  let plays = 0;
  const play = async () => {
    plays += 1;
  };
  const state = { paused: true, ended: false, muted: true, currentTime: 1 };
  const video = Object.assign(new EventTarget(), { ...state, play, webkitPresentationMode: mode });
  try {
    keepPlaying(video as unknown as HTMLVideoElement);
    video.dispatchEvent(new Event('pause'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    return plays;
  } finally {
    for (const [name, was] of kept as [string, PropertyDescriptor | undefined][]) {
      Reflect.deleteProperty(globalThis, name);
      if (was !== undefined) Object.defineProperty(globalThis, name, was);
    }
  }
}

test('what the browser has paused by itself goes on there, and waits on a page out of sight', async () => {
  assert.is(await playsAgain('picture-in-picture'), 1);
  assert.is(await playsAgain('inline'), 0);
});

test.run();
