/** Which Media Source Extensions the page plays by, and what stands beside them for AirPlay. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { attachSource } from '../../../../pipelines/player/playback/media-source.ts';

const test = suite('media source of the page');

class Source extends EventTarget {
  readonly sourceBuffers = [];
}
class Managed extends Source {
  readonly streaming = true;
}

/** What the video gets in a browser that has those. */
async function attachIn(scope: Readonly<Record<string, unknown>>) {
  const before = { window: globalThis.window, document: globalThis.document };
  const { createObjectURL } = URL;
  const createElement = () => ({});
  Object.assign(globalThis, { window: scope, document: { createElement } });
  URL.createObjectURL = (source) => {
    queueMicrotask(() => (source as unknown as Source).dispatchEvent(new Event('sourceopen')));
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

test.run();
