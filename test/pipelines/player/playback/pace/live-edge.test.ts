/** When the browser's own player is brought back to live, and when what it plays is the guest's choice. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keepAtLiveEdge } from '../../../../../pipelines/player/playback/pace/live-edge.ts';

const test = suite('live edge of the browser’s own player');

class NativeVideo extends EventTarget {
  paused = false;
  ended = false;
  seeking = false;
  webkitCurrentPlaybackTargetIsWireless = false;
  edgeS = 100;
  jumps: number[] = [];
  #nowS = 97;
  get seekable() {
    return { length: 1, end: () => this.edgeS };
  }
  get currentTime(): number {
    return this.#nowS;
  }
  set currentTime(toS: number) {
    this.jumps.push(toS);
    this.seek(toS);
  }
  /** By the browser, or by its bar. */
  seek(toS: number): void {
    this.#nowS = toS;
    this.dispatchEvent(new Event('seeking'));
  }
  play(seconds: number): void {
    this.#nowS += seconds;
  }
}

interface Page {
  readonly video: NativeVideo;
  readonly page: { hidden: boolean };
  readonly reloads: () => number;
  /** Live goes on for so long, and the picture, unless told otherwise. */
  readonly pass: (seconds: number, isPlaying?: boolean) => void;
}

/** Time passes by `pass` alone. */
function inNative(act: (page: Page) => void): void {
  const names = ['document', 'setInterval', 'clearInterval', 'performance'] as const;
  const kept = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  let nowMs = 100_000;
  let check: () => void = () => undefined;
  const page = { hidden: false };
  const scope = {
    document: page,
    performance: { now: () => nowMs },
    setInterval: (run: () => void) => {
      check = run;
    },
    clearInterval: () => undefined,
  };
  for (const [name, value] of Object.entries(scope))
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  try {
    const video = new NativeVideo();
    let reloads = 0;
    const reload = () => {
      reloads += 1;
    };
    keepAtLiveEdge(video as never, reload, new AbortController().signal);
    const pass = (seconds: number, isPlaying = true) => {
      for (let i = 0; i < seconds; i += 1) {
        nowMs += 1_000;
        video.edgeS += 1;
        if (isPlaying) video.play(1);
        check();
      }
    };
    act({ video, page, reloads: () => reloads, pass });
  } finally {
    for (const [name, was] of kept as [string, PropertyDescriptor | undefined][]) {
      Reflect.deleteProperty(globalThis, name);
      if (was !== undefined) Object.defineProperty(globalThis, name, was);
    }
  }
}

test('after a locked phone goes on where it was it is brought back to live, once', () =>
  inNative(({ video, pass }) => {
    pass(5);
    video.paused = true;
    pass(25, false);
    assert.equal(video.jumps, [], 'a pause is left as it is');
    video.paused = false;
    pass(20);
    assert.equal(video.jumps, [131]);
  }));

test('what the guest has rewound in full screen goes on from there, until it is live again', () =>
  inNative(({ video, pass }) => {
    pass(5);
    video.seek(60);
    pass(60);
    assert.equal(video.jumps, []);
    video.seek(video.edgeS);
    pass(1);
    pass(20, false);
    assert.is(video.jumps.length, 1, 'an outage is no rewinding');
  }));

test('a player that keeps further from live by itself is not moved again and again', () =>
  inNative(({ video, pass }) => {
    video.edgeS = 115;
    pass(1);
    for (let i = 0; i < 5; i += 1) {
      video.edgeS = video.currentTime + 18;
      pass(10);
    }
    assert.is(video.jumps.length, 2);
  }));

test('what is near live for long again is brought back as soon as the first time', () =>
  inNative(({ video, pass }) => {
    const fall = () => {
      video.edgeS = video.currentTime + 18;
      pass(2);
    };
    fall();
    fall();
    pass(40);
    video.jumps = [];
    fall();
    assert.is(video.jumps.length, 1);
  }));

test('however often it fell behind, it is brought back from a minute behind', () =>
  inNative(({ video, pass }) => {
    for (const behindS of [20, 30, 60, 60, 60, 60]) {
      video.jumps = [];
      video.edgeS = video.currentTime + behindS;
      pass(2);
      assert.is(video.jumps.length, 1);
    }
  }));

test('media that takes long to come is waited for: a start position is no picture', () =>
  inNative(({ video, reloads, pass }) => {
    video.dispatchEvent(new Event('emptied'));
    video.edgeS = video.currentTime;
    pass(12, false);
    video.edgeS = video.currentTime;
    pass(12, false);
    assert.is(reloads(), 0);
  }));

test('a picture that stands still in sight is loaded again, and never on a television', () => {
  for (const isWireless of [false, true])
    inNative(({ video, page, reloads, pass }) => {
      video.webkitCurrentPlaybackTargetIsWireless = isWireless;
      pass(5);
      video.edgeS -= 100;
      page.hidden = true;
      pass(20, false);
      assert.is(reloads(), 0, 'it is not seen');
      page.hidden = false;
      video.edgeS = video.currentTime;
      pass(9, false);
      assert.is(reloads(), isWireless ? 0 : 1);
    });
});

test.run();
