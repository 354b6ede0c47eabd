/** Playlist features that an edge does not support. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findUnsupported } from '../../../pipelines/edge/unsupported.ts';
import { openFeed } from '../../support/feed.ts';

const test = suite('playlist features that an edge does not support');

const RANGES = 'its playlists use byte ranges, which an edge does not support';
const QUERIES = 'its playlists use addresses with a query, which an edge does not support';

const playlist = (...lines: readonly string[]) => ['#EXTM3U', ...lines, ''].join('\n');

test('byte ranges are found in parts, hints, init sections and segments', () => {
  for (const line of [
    '#EXT-X-PART:DURATION=0.33,URI="a.mp4",BYTERANGE="20000@0"',
    '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="a.mp4",BYTERANGE-START=20000',
    '#EXT-X-MAP:URI="a.mp4",BYTERANGE="720@0"',
    '#EXT-X-BYTERANGE:75232@0',
  ]) {
    assert.is(findUnsupported(playlist(line)), RANGES, line);
  }
});

test('queries are found in lines and attributes, of its own addresses only', () => {
  for (const line of [
    'seg1.m4s?token=1',
    'low/index.m3u8?x',
    '#EXT-X-PART:DURATION=0.33,URI="a.mp4?b=1"',
    '#EXT-X-MEDIA:TYPE=AUDIO,NAME="x",URI="audio.m3u8?y"',
  ]) {
    assert.is(findUnsupported(playlist(line)), QUERIES, line);
  }
});

test('addresses with a host, and what is no address, are supported', () => {
  for (const line of [
    'https://cdn.example.org/seg1.m4s?token=1',
    '//cdn.example.org/seg1.m4s?token=1',
    '#EXT-X-KEY:METHOD=SAMPLE-AES,URI="skd://key?id=1"',
    '#EXT-X-MEDIA:TYPE=AUDIO,NAME="Ready? BYTERANGE",URI="audio.m3u8"',
    '#EXTINF:4,who?',
    '#EXT-X-PART:URI="BYTERANGE.mp4",DURATION=1',
    '# a comment? BYTERANGE',
  ]) {
    assert.is(findUnsupported(playlist(line)), undefined, line);
  }
});

test('a web page in place of a playlist is not judged', () => {
  assert.is(findUnsupported('<a href="/sign-in?x">'), undefined);
});

test('a box’s own playlists are supported', () => {
  const feed = openFeed({ windowS: 6 });
  feed.run(8);
  for (const path of ['/live/index.m3u8', '/live/high/index.m3u8', '/live/audio/index.m3u8']) {
    const answer = feed.get(path);
    assert.ok('body' in answer, path);
    const text = Buffer.concat('body' in answer ? answer.body : []).toString();
    assert.match(text, '#EXTM3U');
    assert.is(findUnsupported(text), undefined, path);
  }
});

test.run();
