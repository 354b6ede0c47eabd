/** The end of a drop outlives the media process that made it. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../hal/os/log.ts';
import { limitsFor } from '../../../pipelines/hls/limits.ts';
import { RenditionWindow } from '../../../pipelines/hls/window.ts';
import type { HttpRequest } from '../../../pipelines/http/handlers.ts';
import type { Reply } from '../../../pipelines/http/reply.ts';
import { openEndedStream, readEnded, renderEnded } from '../../../pipelines/media/ended-stream.ts';
import { openNotLiveFilter } from '../../../pipelines/origin/not-live.ts';
import { Origin, type Published } from '../../../pipelines/origin/origin.ts';
import { openFeed } from '../../support/feed.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('end of a drop, in the next process');

const LADDER = {
  bitratesBps: { high: 2_000_000, low: 500_000, audio: 128_000 },
  profiles: { phone: ['high', 'low'] },
};

const requestOf = (path: string): HttpRequest => ({
  path,
  query: new URLSearchParams(),
  header: () => undefined,
});

function getFrom(published: Published): (path: string) => string {
  const origin = new Origin(published, LADDER);
  return (path) => {
    const answer = origin.answer(requestOf(path)) as Reply;
    return `${answer.status} ${Buffer.concat(answer.body).toString('base64')}`;
  };
}

/** A stream with a loss in it, which has ended. */
function endedStream(windowS = 6) {
  const feed = openFeed({ windowS, hasIdrs: true });
  feed.run(8);
  feed.die();
  feed.idle(1);
  feed.start();
  feed.run(3);
  feed.presentation.end(feed.nowUs());
  return feed.presentation;
}

function addressesIn(get: (path: string) => string): readonly string[] {
  return ['high', 'low', 'audio'].flatMap((id) => {
    const text = Buffer.from(get(`/live/${id}/index.m3u8`).slice(4), 'base64').toString();
    const named = [...text.matchAll(/URI="([^"]+)"|^([^#].*)$/gm)];
    return named.map(([, quoted, line]) => `/live/${id}/${quoted ?? line}`);
  });
}

test('each playlist, init section, segment and part is the same as before', () => {
  const before = endedStream();
  const [old, now] = [getFrom(before), getFrom(readEnded(renderEnded(before)))];
  const addresses = addressesIn(old);
  assert.ok(addresses.length > 30);
  for (const path of ['/live/index.m3u8', '/live/high/index.m3u8', ...addresses]) {
    assert.match(old(path), /^200 /, path);
    assert.is(now(path), old(path), path);
  }
});

test('of a stream that is too large its end is left, which is a playlist as any other', () => {
  const limits = limitsFor(200, 1_000, 600);
  const window = new RenditionWindow(limits);
  for (let msn = 0; msn < 100; msn += 1) {
    window.open({ msn, startUs: msn * 1e6, isDiscontinuity: msn % 10 === 5, initId: 'a' });
    window.addPart({ durationS: 1, isIndependent: true, bytes: Buffer.alloc(1_000_000, msn) });
    window.close(0);
  }
  const large: Published = {
    ...{ limits, epochMs: 0, dateRanges: () => [], removedDateRangeIds: () => [] },
    substitutes: { offeredFor: (id) => id },
    tracks: () => [{ id: 'high', kind: 'video', isHidden: false, format: undefined, window }],
  };
  const bytes = renderEnded(large);
  assert.ok(bytes.length < 65_000_000, `${bytes.length}`);
  const [restored] = readEnded(bytes).tracks();
  const listed = restored?.window.listed().map(({ msn }) => msn);
  assert.equal([listed?.[0], listed?.at(-1), listed?.length], [36, 99, 64]);
  assert.is(restored?.window.discontinuitySequence, 4, 'of segments 5 to 35');
});

test('the process that starts while guests play it serves it to them; a damaged file ends that only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-ended-'));
  const file = join(folder, 'ended-stream.bin');
  const before = endedStream();
  await openEndedStream({ file, isServed: false }, silentLog).store(before);
  const { published } = openEndedStream({ file, isServed: true }, silentLog);
  assert.ok(published);
  assert.is(getFrom(published)('/live/index.m3u8'), getFrom(before)('/live/index.m3u8'));
  writeFileSync(file, 'no such thing');
  assert.is(openEndedStream({ file, isServed: true }, silentLog).published, undefined);
  assert.is(openEndedStream({ file, isServed: false }, silentLog).published, undefined);
  rmSync(folder, { recursive: true });
});

test('it does not stay on the disk, nor fill it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-ended-'));
  const file = join(folder, 'ended-stream.bin');
  writeFileSync(`${file}.new`, 'half of it');
  const over = new AbortController();
  const clock = new VirtualClock();
  const open = (freeBytes: number) =>
    openEndedStream({ file, isServed: false }, silentLog, {
      ...{ clock, signal: over.signal, freeBytes: async () => freeBytes },
    });
  await open(100e6).store(endedStream());
  assert.equal([existsSync(file), existsSync(`${file}.new`)], [false, false]);
  await open(1e9).store(endedStream());
  assert.ok(existsSync(file));
  await clock.advance(15 * 60_000);
  assert.not.ok(existsSync(file));
  const twice = open(1e9);
  await twice.store(endedStream());
  await clock.advance(10 * 60_000);
  await twice.store(endedStream());
  await clock.advance(10 * 60_000);
  assert.ok(existsSync(file), 'the second has its own quarter of an hour');
  await clock.advance(5 * 60_000);
  assert.not.ok(existsSync(file));
  over.abort();
  rmSync(folder, { recursive: true });
});

test('guests may fetch it though no drop is live', () => {
  const notLive = openNotLiveFilter('/preview-secret', true);
  notLive.setLive(false);
  assert.not.ok('status' in notLive.admit(requestOf('/live/index.m3u8')));
});

test.run();
