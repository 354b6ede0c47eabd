/** The end of a drop is served for the playlist's length and a minute, and no longer. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../../daemon/config/file.ts';
import { EndedStream } from '../../../../daemon/media/stream/ended-stream.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('ended stream');

async function endedAfter(liveMs: number, windowS: number) {
  const clock = new VirtualClock();
  const config = parseConfig('x', `viewers: {window_s: ${windowS}}`, []);
  const stream = new EndedStream(clock, () => config);
  stream.begin();
  await clock.advance(liveMs);
  stream.end(true);
  return { clock, stream };
}

test('it is served for as long as the playlist is, and a minute', async () => {
  const { clock, stream } = await endedAfter(3_600_000, 30);
  assert.is(stream.leftMs(), 90_000);
  await clock.advance(89_000);
  assert.is(stream.leftMs(), 1_000);
  await clock.advance(2_000);
  assert.is(stream.leftMs(), 0);
});

test('a playlist is no longer than its stream, and what waits waits a quarter of an hour at most', async () => {
  assert.is((await endedAfter(10_000, 30)).stream.leftMs(), 70_000);
  assert.is((await endedAfter(7_200_000, 7_200)).stream.leftMs(), 900_000);
});

test('nothing waits for what no viewer has seen, for another stream, or for a process that is gone', async () => {
  const { stream } = await endedAfter(60_000, 30);
  stream.begin();
  assert.equal([stream.hasEnded, stream.leftMs()], [false, 0]);
  assert.is(stream.end(false), true);
  assert.equal([stream.hasEnded, stream.leftMs()], [true, 0]);
  assert.is(stream.end(true), false, 'it has ended once');
  assert.is(stream.leftMs(), 0);
});

test('a media process that starts while viewers play the end is given it, and a later one is not', async () => {
  const { clock, stream } = await endedAfter(60_000, 30);
  assert.is(stream.handOver(), true);
  // It is slow to start: what it was given it serves all the same.
  await clock.advance(100_000);
  stream.onServing(true);
  assert.is(stream.hasEnded, true, 'the next stream is of another process');
  assert.is(stream.handOver(), false);
  stream.onServing(false);
  assert.is(stream.hasEnded, false);
});

test('nothing waits for an end that the media process does not have: it was not saved', async () => {
  const { stream } = await endedAfter(60_000, 30);
  assert.is(stream.handOver(), true);
  stream.onServing(false);
  assert.equal([stream.hasEnded, stream.leftMs()], [false, 0]);
});

test.run();
