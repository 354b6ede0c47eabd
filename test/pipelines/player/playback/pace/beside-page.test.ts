/** What the live page makes of a pause, and of a Play, that its own buttons have not made. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  followBesidePage,
  type LivePicture,
} from '../../../../../pipelines/player/playback/pace/beside-page.ts';

const test = suite('pauses beside the page');

class FakeVideo extends EventTarget {
  paused = false;
  ended = false;
  readyState = 4;
  webkitPresentationMode = 'inline';
  /** By our page. */
  played = 0;
  async play(): Promise<void> {
    this.played += 1;
    this.start();
  }
  /** By the system. */
  start(): void {
    this.paused = false;
    this.dispatchEvent(new Event('play'));
  }
  stop(): void {
    this.paused = true;
    this.dispatchEvent(new Event('pause'));
  }
}

type State = ReturnType<LivePicture['state']>;

/** A page on which the guest has tapped, unless told otherwise. Time passes by `pass` alone. */
function onPage(act: (page: ReturnType<typeof open>) => void, isTouched = true): void {
  const kept = ['document', 'navigator', 'setTimeout', 'clearTimeout', 'performance'].map(
    (name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const,
  );
  try {
    act(open(isTouched));
  } finally {
    for (const [name, was] of kept) {
      Reflect.deleteProperty(globalThis, name);
      if (was !== undefined) Object.defineProperty(globalThis, name, was);
    }
  }
}

function open(isTouched: boolean) {
  let nowMs = 100_000;
  let due: { act: () => void; atMs: number } | undefined;
  const document = Object.assign(new EventTarget(), { hidden: false });
  const scope = {
    document,
    navigator: { userActivation: { hasBeenActive: isTouched } },
    performance: { now: () => nowMs },
    setTimeout: (run: () => void, ms: number) => {
      due = { act: run, atMs: nowMs + ms };
    },
    clearTimeout: () => {
      due = undefined;
    },
  };
  for (const [name, value] of Object.entries(scope))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  const video = new FakeVideo();
  const page = { state: 'live' as State, isPaused: false };
  followBesidePage(video as unknown as HTMLVideoElement, {
    state: () => page.state,
    isPaused: () => page.isPaused,
    setPaused: (isPaused) => {
      page.isPaused = isPaused;
      if (isPaused) video.stop();
      else void video.play();
    },
  });
  const pass = (ms: number) => {
    nowMs += ms;
    const { act, atMs } = due ?? { act: () => undefined, atMs: Number.POSITIVE_INFINITY };
    if (atMs > nowMs) return;
    due = undefined;
    act();
  };
  const hide = (isHidden: boolean) => {
    document.hidden = isHidden;
    document.dispatchEvent(new Event('visibilitychange'));
  };
  return { video, page, pass, hide };
}

test('one in sight is shown as the guest’s, so that there is a button; Play beside the page ends it', () =>
  onPage(({ video, page, pass }) => {
    video.stop();
    pass(100);
    assert.ok(page.isPaused);
    pass(60_000);
    assert.ok(page.isPaused && video.paused && video.played === 0, 'nothing plays over it');
    video.start();
    assert.not(page.isPaused);
  }));

test('one of a page that is hidden is over once that is seen again', () =>
  onPage(({ video, page, pass, hide }) => {
    hide(true);
    video.stop();
    pass(30_000);
    assert.ok(video.paused && !page.isPaused, 'no sound out of a pocket');
    hide(false);
    assert.ok(!video.paused && !page.isPaused);
  }));

test('one that comes long after the page was hidden is the guest’s, on the lock screen', () =>
  onPage(({ video, page, pass, hide }) => {
    hide(true);
    pass(5_000);
    video.stop();
    hide(false);
    assert.ok(page.isPaused && video.paused && video.played === 0);
    video.start();
    assert.not(page.isPaused, 'a call that is over ends it');
  }));

test('one that comes just before the page is hidden, or before full screen is left, was not the guest’s', () =>
  onPage(({ video, page, pass, hide }) => {
    video.stop();
    pass(400);
    assert.ok(page.isPaused);
    hide(true);
    assert.ok(video.paused, 'nothing plays in the background');
    hide(false);
    assert.ok(!video.paused && !page.isPaused);
    pass(5_000);
    video.stop();
    pass(400);
    assert.ok(page.isPaused);
    video.dispatchEvent(new Event('webkitendfullscreen'));
    assert.ok(!video.paused && !page.isPaused);
    pass(500);
    video.stop();
    pass(100);
    assert.ok(!video.paused && !page.isPaused, 'nor was one just after it');
  }));

test('one that was made in full screen, or by the button, stays when that or the page is left', () =>
  onPage(({ video, page, pass, hide }) => {
    video.stop();
    pass(100);
    pass(3_000);
    video.dispatchEvent(new Event('webkitendfullscreen'));
    hide(true);
    hide(false);
    assert.ok(page.isPaused && video.paused && video.played === 0);
  }));

test('in picture-in-picture it is the guest’s, though the page is hidden', () =>
  onPage(({ video, page, pass, hide }) => {
    video.webkitPresentationMode = 'picture-in-picture';
    hide(true);
    video.stop();
    pass(100);
    assert.ok(page.isPaused);
  }));

test('the end, a video without media, another player, and a page that nobody has touched are left alone', () => {
  const changes: readonly ((video: FakeVideo, page: { state: State }) => void)[] = [
    (video) => Object.assign(video, { ended: true }),
    (video) => Object.assign(video, { readyState: 0 }),
    (_video, page) => Object.assign(page, { state: undefined }),
    (_video, page) => Object.assign(page, { state: 'tap' }),
  ];
  for (const change of changes)
    onPage(({ video, page, pass }) => {
      change(video, page);
      video.stop();
      pass(100);
      assert.ok(!page.isPaused && video.played === 0);
    });
  onPage(({ video, page, pass }) => {
    video.stop();
    pass(100);
    assert.ok(!page.isPaused && video.played === 0);
  }, false);
});

test('under the cover, where there is no button, it plays on', () =>
  onPage(({ video, page, pass }) => {
    page.state = 'covered';
    video.stop();
    pass(100);
    assert.ok(!page.isPaused && !video.paused);
  }));

test.run();
