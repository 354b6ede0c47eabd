/** Where our player begins in a playlist, and where it goes on. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { followingParts, startingParts } from '../../../../pipelines/player/playback/next-parts.ts';
import { parseMedia } from '../../../../pipelines/player/playback/playlist.ts';
import { openFeed } from '../../../support/feed.ts';

const test = suite('parts to begin with');

const hrefOf = (uri: string) => `http://box/live/high/${uri}`;

function openPlaylist() {
  const feed = openFeed();
  feed.run(6.3);
  const playlist = parseMedia(feed.text('/live/high/index.m3u8'));
  const { parts } = playlist;
  const bufferedTo = (i: number) => {
    const { dateMs = 0, durationS = 0, initUri = '' } = parts[i] ?? {};
    return { initUrl: hrefOf(initUri), endDateMs: dateMs + durationS * 1_000 };
  };
  return { playlist, parts, bufferedTo };
}

test('playback begins with a key frame', () => {
  const [first] = startingParts(openPlaylist().playlist);
  assert.ok(first?.isIndependent);
});

test('a buffer goes on with the next part, and needs no key frame', () => {
  const { playlist, parts, bufferedTo } = openPlaylist();
  for (let behind = 0; behind <= 7; behind += 1) {
    const i = parts.length - 1 - behind;
    const following = followingParts(playlist, bufferedTo(i), hrefOf);
    assert.is(following?.last, parts[i]);
    assert.equal(following?.parts, parts.slice(i + 1));
  }
});

test('where the buffer ended long ago playback begins again', () => {
  const { playlist, parts, bufferedTo } = openPlaylist();
  assert.is(followingParts(playlist, bufferedTo(parts.length - 10), hrefOf), undefined);
});

test('where no part begins at the end of the buffer playback begins again', () => {
  const { playlist, parts, bufferedTo } = openPlaylist();
  const { initUrl, endDateMs } = bufferedTo(parts.length - 3);
  for (const offMs of [-67, 33, 100, 86_400_000]) {
    const buffered = { initUrl, endDateMs: endDateMs + offMs };
    assert.is(followingParts(playlist, buffered, hrefOf), undefined, `${offMs}`);
  }
  assert.is(followingParts(playlist, { initUrl, endDateMs: undefined }, hrefOf), undefined);
});

test('what another init section decodes does not go on', () => {
  const { playlist, parts, bufferedTo } = openPlaylist();
  const buffered = { ...bufferedTo(parts.length - 3), initUrl: hrefOf('init-other.mp4') };
  assert.is(followingParts(playlist, buffered, hrefOf), undefined);
});

test.run();
