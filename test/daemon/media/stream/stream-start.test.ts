/** Where media time begins, and goes on after a restart of the box. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { StreamStartStore } from '../../../../daemon/media/stream/stream-start.ts';
import { monotonicUs, openBootClock, systemClock } from '../../../../hal/os/clock.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { MediaClock, type StreamStart } from '../../../../pipelines/media/media-clock.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('start of the stream');
const NOON_MS = Date.UTC(2026, 10, 29, 12);
const HOUR_MS = 3_600_000;

async function openFolder() {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-start-'));
  return {
    folder,
    at: (wallMs: number) =>
      new StreamStartStore(folder, { ...systemClock, wallMs: () => wallMs }, silentLog),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

/** Media time now, in ms, to the second: the test takes some ms. */
function mediaMs(start: StreamStart): number {
  const clock = new MediaClock();
  clock.begin(start);
  return Math.round(clock.nowUs() / 1e6) * 1000;
}

test('media time is 0 when a stream begins, and its date is the wall clock', async () => {
  await using state = await openFolder();
  const start = state.at(NOON_MS).begin(undefined);
  assert.is(start.epochMs, NOON_MS);
  assert.is(mediaMs(start), 0);
});

test('another media process of the same stream goes on at the same media time, whatever the wall clock says', async () => {
  await using state = await openFolder();
  const store = state.at(NOON_MS);
  const start = store.begin(undefined);
  assert.equal(store.current, start);
  const earlier = { ...start, monotonicUs: monotonicUs() - 90e6 };
  assert.is(mediaMs(earlier), 90_000);
});

test('a box that resumes a drop goes on with its media time, and begins another drop at 0', async () => {
  await using state = await openFolder();
  const before = state.at(NOON_MS);
  before.begin(undefined);
  await before.save('evening');
  const path = join(state.folder, 'stream.json');
  const saved = await readFile(path, 'utf8');
  await writeFile(path, saved.replace(/"bootId":"[^"]*"/, '"bootId":"another"'));
  const resumed = state.at(NOON_MS + HOUR_MS).begin('evening');
  assert.is(resumed.epochMs, NOON_MS);
  assert.is(mediaMs(resumed), HOUR_MS);
  for (const other of ['night', undefined]) {
    const start = state.at(NOON_MS + HOUR_MS).begin(other);
    assert.is(start.epochMs, NOON_MS + HOUR_MS);
    assert.is(mediaMs(start), 0);
  }
});

test('a box that was only started again goes on, also where the clock was set by days meanwhile', async () => {
  await using state = await openFolder();
  const before = state.at(NOON_MS);
  const start = before.begin(undefined);
  await before.save('evening');
  for (const days of [-400, -1, 3, 400]) {
    const store = state.at(NOON_MS + days * 24 * HOUR_MS);
    assert.equal(store.begin('evening'), start);
    assert.ok(Math.abs(store.nowMs() - NOON_MS) < 60_000);
  }
});

test('where the saved start is damaged, in the future or weeks ago, media time begins at 0', async () => {
  await using state = await openFolder();
  const line = (epochMs: unknown) => JSON.stringify({ v: 1, dropId: 'evening', epochMs });
  const texts = ['', '{', 'null', line('x'), line(NOON_MS + 1), line(NOON_MS - 500 * HOUR_MS)];
  for (const text of texts) {
    await writeFile(join(state.folder, 'stream.json'), text);
    assert.is(mediaMs(state.at(NOON_MS).begin('evening')), 0, text);
  }
});

test('after a power cut a clock that is behind moves neither dates nor media time back', async () => {
  await using state = await openFolder();
  const path = join(state.folder, 'stream.json');
  const aliveMs = 2 * HOUR_MS;
  const saved = { v: 1, dropId: 'evening', epochMs: NOON_MS, bootId: 'another', aliveMs };
  for (const clockMs of [NOON_MS - 400 * HOUR_MS, NOON_MS + HOUR_MS, NOON_MS + aliveMs]) {
    await writeFile(path, JSON.stringify(saved));
    const store = state.at(clockMs);
    assert.is(store.begin('evening').epochMs, NOON_MS);
    assert.ok(store.nowMs() >= NOON_MS + aliveMs, `${store.nowMs() - NOON_MS}`);
    assert.ok(store.nowMs() < NOON_MS + aliveMs + HOUR_MS, 'nor far ahead');
  }
  // A clock that is right says how long the box was off.
  const right = state.at(NOON_MS + 3 * HOUR_MS);
  right.begin('evening');
  assert.ok(right.nowMs() >= NOON_MS + 3 * HOUR_MS);
});

test('where the kernel does not name its run, a stream is saved all the same and goes on', async () => {
  await using state = await openFolder();
  const unnamed = { ...openBootClock(), bootId: '' };
  const at = (wallMs: number) =>
    new StreamStartStore(
      state.folder,
      { ...systemClock, wallMs: () => wallMs },
      silentLog,
      unnamed,
    );
  const before = at(NOON_MS);
  before.begin(undefined);
  await before.save('evening');
  // It may be another run, in which the monotonic clock counts from 0.
  const resumed = at(NOON_MS + HOUR_MS).begin('evening');
  assert.is(resumed.epochMs, NOON_MS);
  assert.is(mediaMs(resumed), HOUR_MS);
});

test('how far the stream has come is on the disk while its drop is on', async () => {
  await using state = await openFolder();
  const clock = new VirtualClock();
  const store = new StreamStartStore(state.folder, clock, silentLog);
  store.begin(undefined);
  const stop = new AbortController();
  const running = store.run(stop.signal);
  await clock.advance(60_000);
  const path = join(state.folder, 'stream.json');
  const read = () => readFile(path, 'utf8').catch(() => undefined);
  assert.is(await read(), undefined, 'no drop yet');
  await store.save('evening');
  await rm(path);
  // It goes by the machine's own clock.
  await systemClock.sleep(5);
  await clock.advance(60_000);
  // Writes nothing, and waits for what it has begun to write by itself.
  await store.save(undefined);
  assert.type((JSON.parse((await read()) ?? '{}') as { aliveMs: number }).aliveMs, 'number');
  await rm(path);
  await clock.advance(60_000);
  await store.save(undefined);
  assert.is(await read(), undefined, 'over');
  stop.abort();
  await clock.advance(60_000);
  await running;
});

test('the time is that of the stream from its begin, also when it is over and guests went back in it', () => {
  const clock = new MediaClock();
  const apartMs = () => Math.abs(clock.wallMs() - Date.now());
  assert.ok(apartMs() < HOUR_MS);
  // The clock was set by days after the stream had begun.
  const epochMs = Date.now() - 72 * HOUR_MS;
  clock.begin({ epochMs, monotonicUs: monotonicUs() });
  assert.ok(apartMs() > 71 * HOUR_MS);
  clock.begin({ epochMs: Date.now(), monotonicUs: monotonicUs() });
  assert.ok(apartMs() < HOUR_MS);
});

test.run();
