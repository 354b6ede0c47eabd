/** The sound for WebRTC, pushed to edges. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HEADER_BYTES } from '../../../pipelines/push/wire/record.ts';
import { EPOCH_MS } from '../../support/feed.ts';
import { openPushes } from './support/open-pushes.ts';

const test = suite('pushed Opus');

test('each packet is a record with the Unix time of its first sample', () => {
  const { pushes, join } = openPushes({}, true);
  pushes.addOpus(1_000_000, Buffer.from('before'));
  const output = join('/live/push/opus');
  pushes.addOpus(1_020_000, Buffer.from('one'));
  pushes.addOpus(1_040_000, Buffer.from('two'));
  const [init, ...media] = output.records;
  assert.is(init?.header.kind, 'init');
  assert.equal(
    media.map(({ header, bytes }) => [
      header.dateMs - EPOCH_MS,
      header.isStart,
      Buffer.from(bytes.subarray(HEADER_BYTES)).toString(),
    ]),
    [
      [1_000, true, 'before'],
      [1_020, true, 'one'],
      [1_040, true, 'two'],
    ],
  );
});

test('the streams of renditions have none of it, and it has nothing of them', () => {
  const { feed, pushes, join } = openPushes({}, true);
  feed.run(3);
  const [high, opus] = [join('/live/push/high?chunk=frame'), join('/live/push/opus')];
  pushes.addOpus(feed.nowUs(), Buffer.from('opus'));
  feed.run(1);
  assert.is(opus.records.length, 2);
  assert.ok(high.records.length > 30);
  assert.not(high.buffers.some((bytes) => bytes.includes('opus')));
});

test('it ends with the drop', () => {
  const { feed, pushes, join } = openPushes({}, true);
  feed.run(2);
  pushes.addOpus(feed.nowUs(), Buffer.from('opus'));
  const output = join('/live/push/opus');
  feed.presentation.end(feed.nowUs());
  assert.is(output.records.at(-1)?.header.kind, 'ended');
  assert.ok(output.isEnded);
});

test('a box without WebRTC has no such stream', () => {
  const { feed, ask } = openPushes();
  feed.run(2);
  assert.is(ask('/live/push/opus')?.status, 404);
});

test.run();
