/** Pushed streams beside the parts and segments of the same presentation. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readFragment } from '../../../pipelines/mp4/fragment.ts';
import type { ReadRecord } from '../../../pipelines/push/wire/reader.ts';
import { HEADER_BYTES } from '../../../pipelines/push/wire/record.ts';
import { EPOCH_MS } from '../../support/feed.ts';
import { openPushes } from './support/open-pushes.ts';

const test = suite('pushed streams');

const payloadOf = ({ bytes }: ReadRecord) => Buffer.from(bytes.subarray(HEADER_BYTES));

function mediaOf(records: readonly ReadRecord[], track: 'video' | 'audio') {
  return records.filter(({ header }) => header.kind === 'media' && header.track === track);
}

/** Samples and their times, of records in order. */
function samplesOf(records: readonly ReadRecord[]) {
  return records.flatMap((record) => {
    const bytes = payloadOf(record);
    const fragment = readFragment(bytes);
    if (fragment === undefined) throw new Error('not a fragment');
    let ticks = fragment.decodeTicks;
    return fragment.samples.map(({ offset, bytes: length, durationTicks, isKeyframe }) => {
      const sample = { data: bytes.toString('latin1', offset, offset + length), isKeyframe };
      const at = { startTicks: ticks, endTicks: ticks + durationTicks };
      ticks += durationTicks;
      return { ...sample, ...at };
    });
  });
}

test('by part: picture and sound in one response, with the bytes that the parts’ addresses have', () => {
  const { feed, join } = openPushes();
  feed.run(3.3);
  const output = join('/live/push/high');
  feed.run(3);
  for (const [track, id] of [
    ['video', 'high'],
    ['audio', 'audio'],
  ] as const) {
    const records = mediaOf(output.records, track);
    assert.ok(records.length > 12, `${records.length}`);
    for (const record of records) {
      const { msn, part, initId, dateMs } = record.header;
      const answer = feed.get(`/live/${id}/${msn}.${part}.m4s`);
      assert.ok('status' in answer && Buffer.concat(answer.body).equals(payloadOf(record)));
      const init = output.records.find(({ header }) => {
        return header.kind === 'init' && header.initId === initId && header.track === track;
      });
      const initAnswer = feed.get(`/live/${id}/init-${initId}.mp4`);
      assert.ok(init !== undefined && 'status' in initAnswer);
      assert.ok(Buffer.concat(initAnswer.body).equals(payloadOf(init)));
      assert.ok(dateMs > EPOCH_MS && dateMs < EPOCH_MS + feed.nowUs() / 1000);
    }
  }
});

test('by part: nothing is missing and nothing comes twice', () => {
  const { feed, join } = openPushes();
  feed.run(2.7);
  const output = join('/live/push/low');
  feed.run(5);
  for (const track of ['video', 'audio'] as const) {
    const samples = samplesOf(mediaOf(output.records, track));
    for (const [i, { startTicks }] of samples.entries()) {
      if (i > 0) assert.is(startTicks, samples[i - 1]?.endTicks);
    }
  }
});

test('by frame: the samples of the parts, each as soon as it is there', () => {
  const { feed, join } = openPushes();
  feed.run(2.4);
  const byPart = join('/live/push/high');
  const byFrame = join('/live/push/high?chunk=frame');
  feed.run(4.05);
  for (const track of ['video', 'audio'] as const) {
    const parts = samplesOf(mediaOf(byPart.records, track));
    const frames = samplesOf(mediaOf(byFrame.records, track));
    const from = frames.findIndex(({ startTicks }) => startTicks === parts[0]?.startTicks);
    assert.ok(from >= 0);
    assert.equal(frames.slice(from, from + parts.length), parts);
    assert.ok(frames.length - from > parts.length, 'frames are ahead of parts');
  }
  for (const record of mediaOf(byFrame.records, 'video')) {
    assert.is(samplesOf([record]).length, 1);
  }
});

test('by frame: frames that the camera leaves out leave no gap', () => {
  const { feed, join } = openPushes({ hasIdrs: true });
  feed.run(3.2);
  const output = join('/live/push/high?chunk=frame');
  feed.die();
  feed.idle(1.7);
  feed.start();
  feed.run(3);
  const frames = samplesOf(mediaOf(output.records, 'video'));
  assert.ok(frames.length > 60);
  for (const [i, { startTicks }] of frames.entries()) {
    if (i > 0) assert.is(startTicks, frames[i - 1]?.endTicks, `frame ${i}`);
  }
});

test('each begins with a key frame, whenever a client comes', () => {
  const { feed, join } = openPushes();
  feed.run(2);
  for (let i = 0; i < 15; i += 1) {
    feed.run(0.13);
    for (const query of ['', '?chunk=frame', '?start=next', '?chunk=frame&start=next']) {
      const output = join(`/live/push/high${query}`);
      feed.run(1.1);
      const [first] = mediaOf(output.records, 'video');
      assert.ok(first !== undefined && samplesOf([first])[0]?.isKeyframe, query);
    }
  }
});

test('a rendition that is replaced goes on with the other one’s init section, from a key frame', () => {
  const { feed, join } = openPushes();
  feed.run(2.2);
  const outputs = [join('/live/push/high'), join('/live/push/high?chunk=frame')];
  feed.presentation.setSubstitutes({ high: 'low' });
  feed.run(4);
  for (const output of outputs) {
    const pictures = mediaOf(output.records, 'video');
    const last = samplesOf(pictures.slice(-1)).at(-1)?.data;
    assert.match(last ?? '', /^low /);
    const inits = output.records.filter(({ header }) => header.kind === 'init');
    assert.ok(inits.length >= 2);
  }
});

test('the end of the drop ends them after the last part', () => {
  const { feed, join } = openPushes();
  feed.run(2.5);
  const outputs = [join('/live/push/high'), join('/live/push/high?chunk=frame')];
  feed.run(0.4);
  feed.presentation.end(feed.nowUs());
  for (const output of outputs) {
    assert.ok(output.isEnded);
    assert.is(output.records.at(-1)?.header.kind, 'ended');
  }
  const last = feed.presentation.tracks()[0]?.window.edge();
  const { msn, part } = mediaOf(outputs[0]?.records ?? [], 'video').at(-1)?.header ?? {};
  assert.equal({ msn, part }, last);
});

test('what is not there is refused with a word', () => {
  const { feed, ask } = openPushes();
  assert.is(ask('/live/push/high')?.status, 503);
  feed.run(2);
  assert.is(ask('/live/push/none')?.status, 404);
  assert.is(ask('/live/push/high?chunk=half')?.status, 400);
  assert.is(ask('/live/push/high?start=now')?.status, 400);
  assert.is(ask('/live/high/index.m3u8'), undefined);
  assert.is(ask('/live/push/high/x'), undefined);
  feed.presentation.end(feed.nowUs());
  assert.is(ask('/live/push/high')?.status, 503);
});

test('no cache may store it', () => {
  const { feed, ask } = openPushes();
  feed.run(2);
  const { headers = [] } = ask('/live/push/high') ?? {};
  assert.match(headers[headers.indexOf('Cache-Control') + 1] ?? '', /no-store/);
});

test('sound alone is pushed, too', () => {
  const { feed, join } = openPushes({ tracks: [{ id: 'audio', kind: 'audio' }] });
  feed.run(2);
  const output = join('/live/push/audio');
  feed.run(1);
  assert.ok(mediaOf(output.records, 'audio').length > 3);
});

test.run();
