/** Renditions, as an edge reads them off a box's playlist. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { namesOf, readLadder } from '../../../../pipelines/edge/webrtc/ladder.ts';
import { openFeed } from '../../../support/feed.ts';

const test = suite('renditions of an upstream');

test('all with a picture, with what their encoders make, and whether there is sound', () => {
  const feed = openFeed();
  feed.run(3);
  const ladder = readLadder(feed.text('/live/index.m3u8?profile=laptop'));
  assert.equal(namesOf(ladder), ['low', 'high']);
  assert.ok(ladder?.hasSound);
  const [low = 0, high = 0] = ladder?.renditions.map(({ bitrateBps }) => bitrateBps) ?? [];
  assert.ok(low > 700_000 && low < 900_000, `${low}`);
  assert.ok(high > 2_000_000 && high < 2_300_000, `${high}`);
});

test('a picture without sound', () => {
  const feed = openFeed({ tracks: [{ id: 'high', kind: 'video' }] });
  feed.run(3);
  const ladder = readLadder(feed.text('/live/index.m3u8?profile=laptop'));
  assert.equal(namesOf(ladder), ['high']);
  assert.is(ladder?.hasSound, false);
});

test('playlists of other origins, and other texts, have none', () => {
  assert.is(readLadder('<html>sign in</html>'), undefined);
  const elsewhere = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,RESOLUTION=1x1\nhttps://a/b.m3u8\n';
  assert.is(readLadder(elsewhere), undefined);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const ladder = readLadder(`#EXTM3U\n${text}`);
      return ladder === undefined || ladder.renditions.length <= 8;
    }),
  );
});

test.run();
