/** Buffers of the player, and its end: in whatever order a browser finishes, fails and closes. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BufferLost, TrackBuffer } from '../../../../pipelines/player/playback/buffer.ts';
import { Interrupted } from '../../../../pipelines/player/playback/media-demand.ts';
import { ScreenClock } from '../../../../pipelines/player/playback/screen-clock.ts';
import { LiveSession } from '../../../../pipelines/player/playback/session.ts';
import { LiveTrack } from '../../../../pipelines/player/playback/track.ts';
import { openFeed } from '../../../support/feed.ts';

const test = suite('buffers of the player');

const MEDIA_S = 0.2;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** As in browsers: `updating` is false some time before `updateend` is heard. */
class FakeBuffer extends EventTarget {
  mode = '';
  updating = false;
  startS = 0;
  endS = 0;
  roomS = Number.POSITIVE_INFINITY;
  readonly appended: number[] = [];
  readonly removed: (readonly [number, number])[] = [];
  /** How many turns each takes. */
  turns: () => number = () => 1;

  get buffered() {
    const { startS, endS } = this;
    return { length: endS > startS ? 1 : 0, start: () => startS, end: () => endS };
  }

  appendBuffer(bytes: Uint8Array): void {
    this.#assertIdle();
    if (this.endS - this.startS + MEDIA_S > this.roomS)
      throw Object.assign(new Error('full'), { name: 'QuotaExceededError' });
    void this.#finish(() => {
      this.appended.push(bytes[0] ?? 0);
      this.endS += MEDIA_S;
    });
  }

  remove(startS: number, endS: number): void {
    this.#assertIdle();
    assert.ok(startS < endS, 'the browser would throw');
    void this.#finish(() => {
      this.removed.push([startS, endS]);
      this.startS = Math.min(this.endS, endS);
    });
  }

  #assertIdle(): void {
    if (this.updating) throw Object.assign(new Error('busy'), { name: 'InvalidStateError' });
  }

  async #finish(act: () => void): Promise<void> {
    this.updating = true;
    for (let i = this.turns(); i > 0; i -= 1) await turn();
    act();
    this.updating = false;
    for (let i = this.turns(); i > 0; i -= 1) await turn();
    this.dispatchEvent(new Event('updateend'));
  }
}

function openBuffer() {
  const fake = new FakeBuffer();
  const source = { addSourceBuffer: () => fake } as unknown as MediaSource;
  const nothing = () => undefined;
  return { fake, buffer: new TrackBuffer(source, 'video/mp4', nothing, nothing) };
}

test('appends end in their order, each once, whenever what was played is removed and memory is short', async () => {
  const act = fc.record({
    isTrim: fc.boolean(),
    waits: fc.nat(4),
    takes: fc.integer({ min: 1, max: 3 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(act, { maxLength: 150 }), fc.boolean(), async (acts, isShort) => {
      const { fake, buffer } = openBuffer();
      // Already played for a while.
      fake.endS = 30;
      if (isShort) fake.roomS = 31;
      const done: number[] = [];
      const all: Promise<void>[] = [];
      for (const { isTrim, waits, takes } of acts) {
        fake.turns = () => takes;
        if (isTrim) buffer.trim(fake.endS - MEDIA_S);
        else {
          const id = all.length;
          const appended = buffer.append(Uint8Array.of(id)).then(() => void done.push(id));
          // It may fail before the last act.
          appended.catch(() => undefined);
          all.push(appended);
        }
        for (let i = 0; i < waits; i += 1) await turn();
      }
      const settled = await Promise.allSettled(all);
      if (settled.some(({ status }) => status === 'rejected')) {
        assert.ok(isShort && !acts.some(({ isTrim }) => isTrim), 'nothing was known to be played');
        return;
      }
      assert.equal(
        fake.appended,
        all.map((_, i) => i),
      );
      assert.equal(done, fake.appended);
    }),
    { numRuns: 60, seed: 20261130 },
  );
});

test('where memory is short what was played gives way, and where nothing was the player is opened again', async () => {
  const { fake, buffer } = openBuffer();
  Object.assign(fake, { endS: 15, roomS: 15 });
  buffer.trim(14);
  await buffer.append(Uint8Array.of(1));
  assert.equal([fake.removed, fake.appended], [[[0, 7]], [1]]);
  Object.assign(fake, { startS: 9, endS: 15, roomS: 6 });
  const failed = await buffer.append(Uint8Array.of(2)).catch((error: unknown) => error);
  assert.instance(failed, BufferLost);
});

test('what the browser has removed during an append is fetched again from a key frame on', async () => {
  const feed = openFeed();
  feed.run(6.3);
  const fetchBefore = globalThis.fetch;
  let release: () => void = () => undefined;
  let isHeld = false;
  const buffer = {
    ...{ initUrl: '', endDateMs: undefined as number | undefined, ranges: [] },
    append: async () => {
      if (buffer.endDateMs === undefined || isHeld) return;
      isHeld = true;
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    },
  };
  globalThis.fetch = (async ({ pathname, search }: URL, { signal }: RequestInit) => {
    const isNext = search !== '' || 'wait' in feed.get(pathname);
    if (!isNext) return new Response(pathname.endsWith('.m3u8') ? feed.text(pathname) : pathname);
    return await new Promise<Response>((_resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  }) as unknown as typeof fetch;
  try {
    const seen = { onPart: () => undefined, onTransfer: () => undefined };
    const events = { ...seen, onDiscontinuity: () => undefined };
    const track = new LiveTrack(
      new URL('http://box/live/high/index.m3u8'),
      buffer as unknown as TrackBuffer,
      events,
    );
    const ran = track.run(new AbortController().signal).catch((error: unknown) => error);
    for (let i = 0; i < 6_000 && !isHeld; i += 1) await new Promise((r) => setTimeout(r, 10));
    track.refill();
    release();
    assert.instance(await ran, Interrupted);
    assert.is(buffer.endDateMs, undefined, 'it would go on where the buffer ends');
  } finally {
    globalThis.fetch = fetchBefore;
  }
});

/** A session that has begun, in a browser whose appends never end. */
async function openSession(
  work: (ran: Promise<unknown>, stop: () => void, source: EventTarget) => Promise<void>,
) {
  const feed = openFeed();
  feed.run(6.3);
  const fetchBefore = globalThis.fetch;
  const stuck = Object.assign(new EventTarget(), { updating: true, appendBuffer: () => undefined });
  const source = Object.assign(new EventTarget(), {
    addSourceBuffer: () => Object.assign(stuck, { buffered: { length: 0 } }),
  });
  const video = Object.assign(new EventTarget(), { currentTime: 0, paused: true, seeking: false });
  globalThis.fetch = (async ({ pathname }: URL) =>
    new Response(
      pathname.endsWith('.m3u8') ? feed.text(pathname) : pathname,
    )) as unknown as typeof fetch;
  const stop = new AbortController();
  try {
    const element = video as unknown as HTMLVideoElement;
    const variants = [
      { uri: 'high/index.m3u8', codecs: 'avc1.4d401f', bandwidthBps: 1, height: 360 },
    ];
    const session = new LiveSession({
      ...{ video: element, source: source as unknown as MediaSource, pushed: undefined },
      ...{
        base: new URL('http://box/live/index.m3u8'),
        multivariant: { variants, audio: undefined },
      },
      clock: new ScreenClock(element, Date.now),
    });
    const ran = session.run(stop.signal).then(
      () => 'ended',
      (error: unknown) => error,
    );
    for (let i = 0; i < 20; i += 1) await turn();
    await work(ran, () => stop.abort(), source);
  } finally {
    stop.abort();
    globalThis.fetch = fetchBefore;
  }
}

test('a player that is called off ends, though its last append never does', async () => {
  await openSession(async (ran, stop) => {
    stop();
    assert.is(await ran, 'ended');
  });
});

test('where the browser closes the source the player is opened again, also while no media is wanted', async () => {
  await openSession(async (ran, _stop, source) => {
    source.dispatchEvent(new Event('sourceclose'));
    assert.instance(await ran, BufferLost);
  });
});

test.run();
