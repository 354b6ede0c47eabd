/** Which player has the picture while that is on a television by AirPlay, and afterwards. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PlayLoop, type PlayLoopDeps } from '../../../pipelines/player/play-loop.ts';
import type { BeaconSender } from '../../../pipelines/player/playback/beacon.ts';

const test = suite('AirPlay on the guests’ page');

const PLAYLIST = 'http://box.test/live/index.m3u8';
const LONG_MS = 60_000;
const MULTIVARIANT = `#EXTM3U
#EXT-X-STREAM-INF:BANDWIDTH=1000000,CODECS="avc1.4d401f",RESOLUTION=640x360
high/index.m3u8
`;

/** It opens at once, except on a television. */
class Source extends EventTarget {
  static last: Source;
  static isTypeSupported = () => true;
  readonly streaming = true;
  duration = 0;
  constructor() {
    super();
    Source.last = this;
  }
  addSourceBuffer = () => Object.assign(new EventTarget(), { buffered: { length: 0 } });
}

/** Safari's, as far as the loop needs it. */
class SafariVideo extends EventTarget {
  webkitCurrentPlaybackTargetIsWireless = false;
  currentSrc = '';
  error = null;
  ended = false;
  hasAttribute = () => false;
  loads = 0;
  currentTime = 0;
  paused = true;
  pauses = 0;
  disableRemotePlayback = false;
  seekable = { length: 0 };
  play = async () => undefined;
  pause = () => {
    this.pauses += 1;
  };
  canPlayType = () => 'maybe';
  getStartDate = () => new Date();
  removeAttribute = () => undefined;
  replaceChildren = () => undefined;
  load(): void {
    this.loads += 1;
    this.currentSrc = 'blob:source';
    const source = Source.last;
    if (!this.webkitCurrentPlaybackTargetIsWireless)
      setImmediate(() => source.dispatchEvent(new Event('sourceopen')));
  }
  set src(url: string) {
    this.loads += 1;
    this.currentSrc = url;
  }
  setWireless(isWireless: boolean): void {
    this.webkitCurrentPlaybackTargetIsWireless = isWireless;
    this.dispatchEvent(new Event('webkitcurrentplaybacktargetiswirelesschanged'));
  }
}

type Open = (video: SafariVideo, change?: Partial<PlayLoopDeps>) => PlayLoop;

/** In Safari, whose box answers with a multivariant playlist and is silent then. */
async function inSafari(act: (open: Open) => Promise<void>): Promise<void> {
  const { window, document, fetch } = globalThis;
  const { createObjectURL } = URL;
  const page = { baseURI: 'http://box.test/', body: { dataset: {} }, hidden: false };
  const createElement = () => ({});
  Object.assign(globalThis, {
    window: { ManagedMediaSource: Source, WebKitPlaybackTargetAvailabilityEvent: Event },
    document: Object.assign(new EventTarget(), { ...page, createElement }),
    fetch: async (url: URL, { signal }: RequestInit) => {
      signal?.throwIfAborted();
      if (String(url) === PLAYLIST) return new Response(MULTIVARIANT);
      return await new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    },
  });
  URL.createObjectURL = () => 'blob:source';
  const loops: PlayLoop[] = [];
  try {
    await act((...args) => {
      const loop = openLoop(...args);
      loops.push(loop);
      void loop.run();
      return loop;
    });
  } finally {
    // Also after a failed assertion: the other tests of the process are to come to their end.
    for (const loop of loops) loop.hold(true);
    await until(() => loops.every(({ player }) => player === undefined));
    Object.assign(globalThis, { window, document, fetch });
    URL.createObjectURL = createObjectURL;
  }
}

async function until(isSo: () => boolean): Promise<void> {
  const untilMs = performance.now() + LONG_MS;
  while (!isSo()) {
    if (performance.now() > untilMs) throw new Error('it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function openLoop(video: SafariVideo, change: Partial<PlayLoopDeps> = {}): PlayLoop {
  const nothing = () => undefined;
  return new PlayLoop({
    ...{ video: video as unknown as HTMLVideoElement, nowMs: () => 0 },
    beacon: { setPlayer: nothing, restartStartup: nothing } as unknown as BeaconSender,
    ...{ onFailed: nothing, onEnded: nothing, parameters: new URLSearchParams() },
    ...change,
  });
}

test('what Safari sends to a television is left to it, and our player is back once that is over', () =>
  inSafari(async (open) => {
    const video = new SafariVideo();
    let failures = 0;
    const loop = open(video, {
      onFailed: () => {
        failures += 1;
      },
    });
    const kind = () => loop.player?.kind;
    await until(() => kind() === 'venuebox');

    // It changes over to the second source, the playlist.
    const { loads } = video;
    video.setWireless(true);
    video.setWireless(false);
    video.setWireless(true);
    video.currentSrc = PLAYLIST;
    Source.last.dispatchEvent(new Event('sourceclose'));
    await until(() => kind() === 'native');
    assert.is(video.loads, loads, 'the television’s picture is not cut');
    assert.is(failures, 0, 'and the page has no cover over it');
    assert.ok(loop.isWireless, 'the phone may turn its screen off');

    video.setWireless(false);
    await until(() => kind() === 'venuebox');
    assert.is(failures, 0);
  }));

test('AirPlay that begins while our player opens does not wait for a source that cannot open', () =>
  inSafari(async (open) => {
    const video = new SafariVideo();
    video.load = () => undefined;
    const { fetch } = globalThis;
    let isAsked = false;
    globalThis.fetch = (...args) => {
      isAsked = true;
      return fetch(...args);
    };
    const loop = open(video);
    await until(() => isAsked);
    await new Promise((resolve) => setTimeout(resolve, 20));
    video.setWireless(true);
    await until(() => loop.player?.kind === 'native');
  }));

test('AirPlay that is switched off after the end of a stream is no beginning of another one', () =>
  inSafari(async (open) => {
    const video = new SafariVideo();
    const ends: boolean[] = [];
    const loop = open(video, { onEnded: (hasEnded) => ends.push(hasEnded) });
    video.webkitCurrentPlaybackTargetIsWireless = true;
    video.setWireless(true);
    await until(() => loop.player?.kind === 'native');
    video.dispatchEvent(new Event('ended'));
    await until(() => ends.length > 0);
    const { loads } = video;
    video.dispatchEvent(new Event('error'));
    video.setWireless(false);
    await new Promise((resolve) => setTimeout(resolve, 4_500));
    assert.equal(ends, [true]);
    assert.is(video.loads, loads, 'a player that has ended leaves the video alone');
  }));

test('a source that opens long after the playlist was read plays what the box has by then', () =>
  inSafari(async (open) => {
    const video = new SafariVideo();
    const { now } = Date;
    let asked = 0;
    const { fetch } = globalThis;
    globalThis.fetch = (url, init) => {
      if (String(url) !== PLAYLIST) return fetch(url, init);
      asked += 1;
      return Promise.resolve(new Response(MULTIVARIANT.replaceAll('high', `ladder-${asked}`)));
    };
    const load = video.load.bind(video);
    video.load = () => {
      // Meanwhile the page was in the background.
      Date.now = () => now() + 3_600_000;
      load();
    };
    try {
      const loop = open(video, { parameters: new URLSearchParams({ player: 'parts' }) });
      await until(() => loop.player !== undefined);
      assert.is(loop.player?.rendition(), 'ladder-2');
    } finally {
      Date.now = now;
    }
  }));

test('a pause that the system has made is not made again: Safari would not end it by itself', () =>
  inSafari(async (open) => {
    for (const player of ['parts', 'native']) {
      const video = new SafariVideo();
      const loop = open(video, { parameters: new URLSearchParams({ player }) });
      await until(() => loop.player !== undefined);
      loop.setPaused(true);
      assert.is(video.pauses, 0, player);
      loop.setPaused(false);
      video.paused = false;
      loop.setPaused(true);
      assert.is(video.pauses, 1, player);
      loop.hold(true);
      await until(() => loop.player === undefined);
    }
  }));

test.run();
