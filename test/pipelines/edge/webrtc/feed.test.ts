/** What the WHEP process of an edge is fed with, and when. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { untilAborted } from '../../../../hal/os/async.ts';
import { systemClock } from '../../../../hal/os/clock.ts';
import type { OnPushed } from '../../../../pipelines/edge/pushes.ts';
import { WhepFeed } from '../../../../pipelines/edge/webrtc/feed.ts';
import type { NoSource, WhepSource } from '../../../../pipelines/edge/webrtc/source.ts';
import { renderPart } from '../../../../pipelines/packager/cmaf.ts';
import { recordOf } from '../../../../pipelines/push/records.ts';
import type { RecordHeader } from '../../../../pipelines/push/wire/record.ts';
import { until } from '../../../support/box.ts';

const test = suite('feed of an edge’s WHEP process');

const WITHIN_MS = 60_000;
const LADDER = {
  renditions: [
    { name: 'low', bitrateBps: 700_000 },
    { name: 'high', bitrateBps: 2_000_000 },
  ],
  hasSound: true,
};

/** An upstream whose streams a test drives. */
async function openUpstream(status = 200) {
  const open = new Map<string, { readonly onRecord: OnPushed; readonly end: () => void }>();
  const opened: string[] = [];
  const fed: { id: string; timeUs: number }[] = [];
  const sources: WhepSource[] = [];
  const missing: (NoSource | undefined)[] = [];
  const state = { status, dateMs: 5_000_000, ladder: LADDER, ended: 0, passedMs: 0 };
  const push = (
    id: string,
    header: Partial<RecordHeader> & Pick<RecordHeader, 'kind'>,
    to = open.get(id)?.onRecord,
  ) => {
    const sample = { data: Buffer.from('frame'), durationTicks: 3_000, isKeyframe: true };
    const payload = id === 'opus' ? Buffer.from('packet') : renderPart(1, 0, [sample]);
    const track = id === 'opus' ? 'audio' : 'video';
    const full = recordOf({ track, dateMs: state.dateMs, ...header }, 0, () => payload).header;
    to?.(full, payload);
  };
  const stop = new AbortController();
  const feed = new WhepFeed({
    streams: {
      read: async ({ rendition, chunk }, onRecord, signal) => {
        assert.is(chunk, 'frame');
        opened.push(rendition);
        if (state.status !== 200) return state.status;
        const over = new AbortController();
        const stream = { onRecord, end: () => over.abort() };
        // Whoever looks for the source reads one of them beside the feed.
        if (!open.has(rendition)) open.set(rendition, stream);
        push(rendition, { kind: 'media' }, onRecord);
        await Promise.race([untilAborted(signal), untilAborted(over.signal)]);
        if (open.get(rendition) === stream) open.delete(rendition);
        return 200;
      },
    },
    ladder: async () => state.ladder,
    feed: {
      setCaps: () => undefined,
      add: (id, { timeUs }) => void fed.push({ id, timeUs }),
    },
    clock: { ...systemClock, monotonicMs: () => performance.now() + state.passedMs },
    nowUs: () => 0,
    onSource: (source) => void sources.push(source),
    onEnded: () => {
      state.ended += 1;
    },
    onMissing: (why) => void missing.push(why),
  });
  const running = feed.run(stop.signal);
  await until(() => sources.length + missing.length > 0, WITHIN_MS);
  return {
    ...{ feed, open, opened, push, fed, sources, missing, state },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

test('it finds renditions, sound and clock; nothing is read before somebody watches', async () => {
  await using upstream = await openUpstream();
  const [source] = upstream.sources;
  assert.equal(source?.renditions, LADDER.renditions);
  assert.ok(source?.hasSound);
  assert.ok((source?.start.epochMs ?? 0) < upstream.state.dateMs);
  assert.is(upstream.feed.missing, undefined);
  assert.is(upstream.open.size, 0);
});

test('a viewer’s rendition and the sound are read, and another one when it is wanted', async () => {
  await using upstream = await openUpstream();
  const { feed, open, fed } = upstream;
  assert.equal(feed.best(['high', 'low']), ['high']);
  assert.equal(feed.best(['low']), ['low']);
  assert.equal(feed.best(['elsewhere']), ['high']);
  feed.want(['high']);
  await until(() => open.size === 2, WITHIN_MS);
  assert.equal([...open.keys()].toSorted(), ['high', 'opus']);
  feed.want(['low', 'high']);
  await until(() => open.size === 3, WITHIN_MS);
  assert.equal(new Set(fed.map(({ id }) => id)), new Set(['high', 'low', 'opus']));
  upstream.push('high', { kind: 'media', track: 'audio', dateMs: 5_000_100 });
  assert.is(fed.length, 3, 'the sound for HLS is not fed');
});

test('what nobody watches any more is left', async () => {
  await using upstream = await openUpstream();
  upstream.feed.want(['high']);
  await until(() => upstream.open.size === 2, WITHIN_MS);
  upstream.state.passedMs += 60_000;
  await until(() => upstream.open.size === 0, WITHIN_MS);
  assert.is(upstream.sources.length, 1);
});

test('a stream that breaks off is read again, by the same clock, and cuts no other', async () => {
  await using upstream = await openUpstream();
  upstream.feed.want(['high', 'low']);
  await until(() => upstream.open.size === 3, WITHIN_MS);
  for (const id of ['high', 'opus', 'low']) {
    const others = [...upstream.open].filter(([other]) => other !== id);
    const before = upstream.opened.filter((one) => one === id).length;
    upstream.open.get(id)?.end();
    const isBack = () => upstream.opened.filter((one) => one === id).length > before;
    await until(() => isBack() && upstream.open.size === 3, WITHIN_MS);
    for (const [other, stream] of others) assert.is(upstream.open.get(other), stream, other);
  }
  assert.is(upstream.sources.length, 1);
});

test('where it is not live any more, that is said', async () => {
  await using upstream = await openUpstream();
  upstream.feed.want(['high']);
  await until(() => upstream.open.size === 2, WITHIN_MS);
  upstream.state.status = 503;
  for (const { end } of upstream.open.values()) end();
  await until(() => upstream.feed.missing?.isSoon === true, WITHIN_MS);
});

test('the end of the upstream’s drop is reported', async () => {
  await using upstream = await openUpstream();
  upstream.feed.want(['high']);
  await until(() => upstream.open.size === 2, WITHIN_MS);
  upstream.push('high', { kind: 'ended' });
  assert.is(upstream.state.ended, 1);
});

test('where the upstream’s dates restart, there is a new source', async () => {
  await using upstream = await openUpstream();
  upstream.feed.want(['high']);
  await until(() => upstream.open.size === 2, WITHIN_MS);
  const fed = upstream.fed.length;
  upstream.state.dateMs = 1_000_000;
  upstream.push('high', { kind: 'media' });
  await until(() => upstream.sources.length === 2, WITHIN_MS);
  assert.is(upstream.fed.length, fed);
  assert.ok((upstream.sources[1]?.start.epochMs ?? 0) < 1_000_000);
});

test('where it has other renditions, there is a new source', async () => {
  await using upstream = await openUpstream();
  upstream.feed.want(['high']);
  await until(() => upstream.open.size === 2, WITHIN_MS);
  upstream.state.ladder = { ...LADDER, renditions: [{ name: 'only', bitrateBps: 1 }] };
  upstream.open.get('high')?.end();
  await until(() => upstream.sources.length === 2, WITHIN_MS);
  assert.equal(upstream.feed.best(['high']), ['only']);
});

test('an upstream without WebRTC is named with what to set there; one that is not live is soon', async () => {
  await using none = await openUpstream(404);
  assert.match(none.feed.missing?.reason ?? '', 'viewers.whep.port');
  assert.is(none.feed.missing?.isSoon, false);
  const away = new WhepFeed({
    streams: { read: async () => 503 },
    ladder: async () => undefined,
    feed: { setCaps: () => undefined, add: () => undefined },
    ...{ clock: systemClock, nowUs: () => 0 },
    onSource: () => undefined,
    onEnded: () => undefined,
    onMissing: () => undefined,
  });
  assert.ok(away.missing?.isSoon);
});

test.run();
