/** A track that fetches parts: several at once where it is behind, in order into the buffer. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TrackBuffer } from '../../../../pipelines/player/playback/buffer.ts';
import { LiveTrack } from '../../../../pipelines/player/playback/track.ts';
import { openFeed } from '../../../support/feed.ts';

const test = suite('a track of fetched parts');

const isPart = (path: string) => /\/\d+\.\d+\.m4s$/.test(path);
const BASE = new URL('http://box/live/high/index.m3u8');

/** What a browser has: appended sections by their bytes. */
function fakeBuffer() {
  const appended: string[] = [];
  const buffer = {
    initUrl: '',
    endDateMs: undefined as number | undefined,
    ranges: [] as readonly (readonly [number, number])[],
    append: async (bytes: ArrayBuffer) => {
      appended.push(Buffer.from(bytes).toString());
    },
  };
  return { appended, buffer: buffer as unknown as TrackBuffer };
}

test('parts that were missed are asked for at once, and appended in their order', async () => {
  const feed = openFeed();
  feed.run(6.3);
  const { appended, buffer } = fakeBuffer();
  const stop = new AbortController();
  const asked: string[] = [];
  let isBehind = false;
  // Parts are held until three of them were asked for: one after the other would never end.
  let release: () => void = () => undefined;
  const together = new Promise<void>((resolve) => {
    release = resolve;
  });
  const fetchBefore = globalThis.fetch;
  globalThis.fetch = (async (input: URL) => {
    const { pathname, search } = input;
    if (pathname.endsWith('.m3u8')) {
      if (search !== '') {
        if (isBehind) return await new Promise<Response>(() => undefined);
        // While it waited, a second of media was made.
        feed.run(1);
        isBehind = true;
      }
      return new Response(feed.text(pathname));
    }
    if (isBehind && isPart(pathname)) {
      asked.push(pathname);
      if (asked.length === 3) release();
      await together;
    }
    return new Response(pathname);
  }) as unknown as typeof fetch;
  try {
    const seen = { onPart: () => undefined, onTransfer: () => undefined };
    const track = new LiveTrack(BASE, buffer, { ...seen, onDiscontinuity: () => undefined });
    const ran = track.run(stop.signal).catch(() => undefined);
    // The last one asked for is the next part, which does not exist yet.
    const isDone = () => asked.length > 3 && appended.at(-1) === asked.at(-2);
    for (let i = 0; i < 6_000 && !isDone(); i += 1) await new Promise((r) => setTimeout(r, 10));
    assert.ok(isDone(), `${asked.length} asked, last appended ${appended.at(-1)}`);
    const parts = appended.filter(isPart);
    assert.equal(parts, [...new Set(parts)], 'each once');
    assert.equal(parts.slice(1 - asked.length), asked.slice(0, -1), 'in their order');
    stop.abort();
    await Promise.race([ran, new Promise((resolve) => setTimeout(resolve, 100))]);
  } finally {
    globalThis.fetch = fetchBefore;
  }
});

test.run();
