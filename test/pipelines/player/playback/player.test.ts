/** Pace, choice of rendition and playlists of the player. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  addSample,
  afterStall,
  choosePace,
  openPace,
} from '../../../../pipelines/player/playback/pace.ts';
import { parseMedia, parseMultivariant } from '../../../../pipelines/player/playback/playlist.ts';
import { openFeed } from '../../../support/feed.ts';

const test = suite('player');

/** Plays for a while with parts of 0.2 s, from this much ahead at the smallest. */
function paced(smallestS: number, forMs = 2_000) {
  let pace = openPace(0);
  for (let atMs = 0; atMs <= forMs; atMs += 100) {
    pace = addSample(pace, smallestS + (atMs % 200 === 0 ? 0.2 : 0.1), atMs);
  }
  return choosePace(pace);
}

test('near its target buffer it plays at normal speed', () => {
  assert.equal(paced(0.02), { rate: 1 });
});

test('too far behind it speeds up gently, too near it slows down', () => {
  const late = paced(0.3);
  assert.ok('rate' in late && late.rate > 1 && late.rate <= 1.12);
  const near = paced(-0.06);
  assert.ok('rate' in near && near.rate < 1 && near.rate >= 0.94);
});

test('far behind it jumps', () => {
  const move = paced(3);
  assert.ok('jumpS' in move && move.jumpS > 2.5 && move.jumpS < 3.1);
});

test('a stall enlarges the target buffer, to a second at most; time without stalls takes that back', () => {
  let pace = openPace(0);
  const first = pace.targetS;
  pace = afterStall(pace, 0);
  assert.ok(pace.targetS > first);
  for (let i = 0; i < 100; i += 1) pace = afterStall(pace, 0);
  assert.ok(pace.targetS <= 1);
  for (let atMs = 0; atMs < 600_000; atMs += 100) pace = addSample(pace, 1, atMs);
  assert.is(pace.targetS, first);
});

test('what is measured stays bounded', () => {
  let pace = openPace(0);
  for (let atMs = 0; atMs < 100_000; atMs += 100) pace = addSample(pace, 0.2, atMs);
  assert.ok(pace.samples.length < 20);
});

test('it reads what the origin writes: parts with their dates, the hint, gaps', () => {
  const feed = openFeed();
  feed.run(4.3);
  const playlist = parseMedia(feed.text('/live/high/index.m3u8'));
  const last = playlist.parts.at(-1);
  assert.ok(last);
  assert.equal([playlist.hint?.msn, playlist.hint?.part], [last?.msn, (last?.part ?? 0) + 1]);
  const dates = playlist.parts.map(({ dateMs }) => dateMs ?? 0);
  for (const [i, dateMs] of dates.slice(1).entries())
    assert.ok(Math.abs(dateMs - (dates[i] ?? 0) - 200) < 2);
  const delta = parseMedia(feed.text('/live/high/index.m3u8?_HLS_skip=YES'));
  assert.equal(delta.hint, playlist.hint);
  feed.die();
  feed.idle(1);
  assert.ok(parseMedia(feed.text('/live/high/index.m3u8')).parts.at(-1)?.isGap);
});

test('it reads the multivariant playlist lowest first, with the sound apart', () => {
  const feed = openFeed();
  feed.run(2);
  const { variants, audio } = parseMultivariant(feed.text('/live/index.m3u8?profile=laptop'));
  assert.equal(
    variants.map(({ uri }) => uri),
    ['low/index.m3u8', 'high/index.m3u8'],
  );
  assert.equal(audio, { uri: 'audio/index.m3u8', codecs: 'mp4a.40.2' });
});

test('any text is a playlist, if an empty one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseMedia(text);
      parseMultivariant(text);
    }),
  );
});

test.run();
