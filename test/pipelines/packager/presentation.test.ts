/** Gaps and ticks of a presentation. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openFeed } from '../../support/feed.ts';

const test = suite('a presentation');

test('a run flows once each of its tracks has brought something, and again after each restart', () => {
  const feed = openFeed();
  const isFlowing = () => feed.presentation.isFlowing(feed.nowUs());
  assert.is(isFlowing(), false, 'nothing runs');
  feed.start();
  feed.rest(['audio']);
  feed.run(0.2);
  assert.is(isFlowing(), false);
  feed.rest([]);
  feed.run(1);
  assert.is(isFlowing(), true);
  feed.die();
  assert.is(isFlowing(), false);
  feed.start();
  assert.is(isFlowing(), false);
});

test('media that capture does not deliver becomes a gap, with parts of one second too', () => {
  for (const partMs of [50, 200, 1_000]) {
    const feed = openFeed({ partMs });
    feed.start();
    feed.run(4);
    feed.die();
    feed.idle(4);
    assert.match(feed.text('/live/high/index.m3u8'), '#EXT-X-GAP', `parts of ${partMs} ms`);
  }
});

test.run();
