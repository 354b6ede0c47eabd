/** Which Media Source Extensions the page plays by, and what stands beside them for AirPlay. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  attachSource,
  SourceNotOpened,
} from '../../../../pipelines/player/playback/media-source.ts';

const test = suite('media source of the page');

class Source extends EventTarget {
  readonly sourceBuffers = [];
}
class Managed extends Source {
  readonly streaming = true;
}

/** As the browser opens it. */
const AT_ONCE = (source: EventTarget) =>
  queueMicrotask(() => source.dispatchEvent(new Event('sourceopen')));

/** What the video gets in a browser that has those. */
async function attachIn(
  scope: Readonly<Record<string, unknown>>,
  open: (source: EventTarget, page: EventTarget & { hidden: boolean }) => void = AT_ONCE,
) {
  const before = { window: globalThis.window, document: globalThis.document };
  const { createObjectURL } = URL;
  const page = Object.assign(new EventTarget(), { createElement: () => ({}), hidden: false });
  Object.assign(globalThis, { window: scope, document: page });
  URL.createObjectURL = (source) => {
    open(source as unknown as Source, page);
    return 'blob:source';
  };
  const video = {
    src: undefined as string | undefined,
    sources: [] as readonly string[],
    disableRemotePlayback: undefined as boolean | undefined,
    removeAttribute: () => undefined,
    replaceChildren: (...sources: { readonly src: string }[]) => {
      video.sources = sources.map(({ src }) => src);
    },
    load: () => undefined,
  };
  const playlist = new URL('http://box.test/live/index.m3u8');
  try {
    const signal = new AbortController().signal;
    const source = await attachSource(video as unknown as HTMLVideoElement, playlist, signal);
    return { source, video };
  } finally {
    Object.assign(globalThis, before);
    URL.createObjectURL = createObjectURL;
  }
}

const AIRPLAY = { WebKitPlaybackTargetAvailabilityEvent: Event };

test('an iPad or a Mac, which has both, plays by the managed one, with the playlist beside it for AirPlay', async () => {
  const both = { MediaSource: Source, ManagedMediaSource: Managed, ...AIRPLAY };
  const { source, video } = await attachIn(both);
  assert.instance(source, Managed);
  assert.equal(video.sources, ['blob:source', 'http://box.test/live/index.m3u8']);
  assert.is(video.disableRemotePlayback, false);
});

test('a managed one without AirPlay, and a plain one, have remote playback off: they would not open', async () => {
  for (const scope of [{ ManagedMediaSource: Managed }, { MediaSource: Source, ...AIRPLAY }]) {
    const { video } = await attachIn(scope);
    assert.equal([video.src, video.disableRemotePlayback], ['blob:source', true]);
  }
});

/** Timers that a test lets pass by hand. */
async function withTimers(act: (pass: () => void) => Promise<void>): Promise<void> {
  const { setTimeout, clearTimeout } = globalThis;
  const due = new Map<object, () => void>();
  Object.assign(globalThis, {
    setTimeout: (run: () => void) => {
      const timer = {};
      due.set(timer, run);
      return timer;
    },
    clearTimeout: (timer: object) => due.delete(timer),
  });
  const pass = () => {
    for (const [timer, run] of [...due]) if (due.delete(timer)) run();
  };
  try {
    await act(pass);
  } finally {
    Object.assign(globalThis, { setTimeout, clearTimeout });
  }
}

const shows = (page: EventTarget & { hidden: boolean }, isShown: boolean) => {
  page.hidden = !isShown;
  page.dispatchEvent(new Event('visibilitychange'));
};

test('a page in the background waits for its source until it is seen, and a while after that', () =>
  withTimers(async (pass) => {
    const { source } = await attachIn({ MediaSource: Source }, (opened, page) =>
      queueMicrotask(() => {
        shows(page, false);
        pass();
        shows(page, true);
        opened.dispatchEvent(new Event('sourceopen'));
      }),
    );
    assert.instance(source, Source);
  }));

test('a source that does not open while the page is seen is given up', () =>
  withTimers(async (pass) => {
    const attached = attachIn({ MediaSource: Source }, (_source, page) =>
      queueMicrotask(() => {
        shows(page, false);
        shows(page, true);
        pass();
      }),
    );
    assert.instance(await attached.catch((error: unknown) => error), SourceNotOpened);
  }));

test.run();
