/** Capture dies, stalls and comes back at random moments: the stream goes on. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PartTap } from '../../../pipelines/feed/tap.ts';
import { parseCaps, type TrackFormat } from '../../../pipelines/gdp/caps.ts';
import { repeatIdr } from '../../../pipelines/h264/repeated-idr.ts';
import type { PresentationOptions } from '../../../pipelines/packager/presentation.ts';
import { type Feed, openFeed, VIDEO_CAPS } from '../../support/feed.ts';
import { checkSeries, type SeenPlaylist } from '../../support/rules.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('a stream without gaps');

const IDS = ['high', 'low', 'audio'] as const;
const SEEDS = 100;

/** The part after the newest one is due within its own length; a substitute comes up to 0.1 s after that. */
const LATE_MAX_US = 200_000 + 100_000 + 60_000;
/** Sound continues at its nearest frame. */
const APART_MAX_US = { video: 20, audio: 10_700 } as const;

interface Watched {
  readonly feed: Feed;
  readonly seen: SeenPlaylist[];
  /** Breaches of the timeline, as text. */
  readonly faults: string[];
  /** Goes on, and looks at the playlists five times a second. */
  readonly pass: (seconds: number, step: (seconds: number) => void) => void;
}

function watch(lateMaxUs = LATE_MAX_US, onFrame?: PresentationOptions['onFrame']): Watched {
  const feed = openFeed({ hasIdrs: true, events: onFrame === undefined ? {} : { onFrame } });
  const seen: SeenPlaylist[] = [];
  const faults: string[] = [];
  const ends = new Map<string, number>();
  const tap = new PartTap(feed.presentation, IDS, {
    onInit: () => undefined,
    onPart: ({ trackId, kind, startUs, durationUs, bytes }) => {
      const endUs = ends.get(trackId);
      if (bytes === undefined) faults.push(`gap in ${trackId} at ${startUs}`);
      if (endUs !== undefined && Math.abs(startUs - endUs) > APART_MAX_US[kind]) {
        faults.push(`${trackId} goes on at ${startUs}, not ${endUs}`);
      }
      ends.set(trackId, startUs + durationUs);
    },
  });
  const pass = (seconds: number, step: (seconds: number) => void) => {
    for (let left = seconds; left > 0; left -= 0.02) {
      step(Math.min(0.02, left));
      for (const id of IDS) {
        tap.collect(id);
        const endUs = ends.get(id);
        const lateUs = feed.nowUs() - (endUs ?? feed.nowUs());
        if (lateUs > lateMaxUs) faults.push(`${id} is ${Math.round(lateUs)} us late`);
      }
      if (Math.floor(left / 0.02) % 10 !== 0 || ends.size < IDS.length) continue;
      for (const renditionId of IDS) {
        const text = feed.text(`/live/${renditionId}/index.m3u8`);
        seen.push({ renditionId, text, atMs: feed.nowUs() / 1000 });
      }
    }
  };
  return { feed, seen, faults, pass };
}

function assertWhole({ seen, faults }: Watched, what: string): void {
  assert.equal(faults.slice(0, 3), [], what);
  assert.equal(checkSeries(seen), [], what);
  assert.not.ok(
    seen.some(({ text }) => /GAP|EXT-X-DISCONTINUITY\n/.test(text)),
    what,
  );
}

test('capture that is killed at any moment, for any time, leaves no gap and no discontinuity', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const random = seeded(seed);
    const watched = watch();
    const { feed, pass } = watched;
    feed.start();
    pass(2 + random(), feed.run);
    for (let death = 0; death < 3; death += 1) {
      feed.die();
      pass(random() < 0.5 ? random() * 0.5 : random() * 4, feed.idle);
      feed.start();
      if (random() < 0.3) pass(random(), feed.idle);
      pass(1.5 + random() * 2, feed.run);
    }
    assertWhole(watched, `seed ${seed}`);
    const ends = feed.presentation.tracks().map(({ window }) => window.listed().length);
    assert.ok(Math.max(...ends) - Math.min(...ends) <= 1, `seed ${seed}: ${ends}`);
  }
});

test('a new encoder is on with its first key frame', () => {
  for (let seed = 1; seed <= 40; seed += 1) {
    const random = seeded(1_000 + seed);
    const { feed, pass } = watch();
    feed.start();
    pass(2 + random(), feed.run);
    feed.die();
    pass(random() * 3, feed.idle);
    feed.start();
    pass(0.5, feed.run);
    for (const { id, window } of feed.presentation.tracks().slice(0, 2)) {
      const newest = window
        .listed()
        .slice(-2)
        .flatMap(({ parts }) => parts);
      const bytes = Buffer.concat(newest.flatMap((part) => part.bytes ?? []));
      // The second frame after its first key frame.
      assert.ok(bytes.subarray(-2_000).includes(`${id} 2`), `seed ${seed}: ${id}`);
    }
  }
});

test('encoders that stall and come back late leave no gap either', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seeded(2_000 + seed);
    const watched = watch(LATE_MAX_US + 300_000);
    const { feed, pass } = watched;
    feed.start();
    pass(2 + random(), feed.run);
    for (let stall = 0; stall < 3; stall += 1) {
      pass(random() * 2, feed.idle);
      pass(2 + random(), feed.run);
    }
    assertWhole(watched, `seed ${seed}`);
  }
});

test('two seconds after the last picture the slate is shown, where its parameter sets are the same', () => {
  const format = parseCaps(VIDEO_CAPS) as TrackFormat;
  const idr = Buffer.from(`0000000c6588${'ff'.repeat(4)}${'a5'.repeat(5)}80`, 'hex');
  const slates = { same: { format, idr }, other: { format: otherOf(format), idr } };
  const isSlate = (data: Buffer) =>
    [50_000, 50_001].some((id) => repeatIdr(format.decoderConfig, idr, id)?.equals(data));
  for (const kind of ['same', 'other'] as const) {
    const shown: { atUs: number; data: Buffer }[] = [];
    const watched = watch(LATE_MAX_US, (trackId, { startTicks, timescale, data }) => {
      if (trackId === 'high') shown.push({ atUs: (startTicks * 1e6) / timescale, data });
    });
    const { feed, pass } = watched;
    feed.presentation.setSlates([slates.other, slates[kind]]);
    feed.start();
    pass(3, feed.run);
    feed.die();
    const diedUs = shown.at(-1)?.atUs ?? 0;
    pass(5, feed.idle);
    const first = shown.find(({ data }) => isSlate(data));
    if (kind === 'other') assert.is(first, undefined);
    else {
      const afterS = ((first?.atUs ?? 0) - diedUs) / 1e6;
      assert.ok(afterS > 1.7 && afterS < 2.7, `${afterS} s`);
      const later = shown.filter(({ atUs }) => atUs >= (first?.atUs ?? 0));
      assert.ok(later.every(({ data }) => isSlate(data)));
      assert.ok(later.every(({ data }, i) => i === 0 || !later[i - 1]?.data.equals(data)));
    }
    feed.start();
    pass(2, feed.run);
    assert.not(isSlate(shown.at(-1)?.data ?? idr));
    // The next time the last picture stands first again.
    feed.die();
    pass(1, feed.idle);
    assert.not(isSlate(shown.at(-1)?.data ?? idr));
    assertWhole(watched, kind);
  }
});

/** Another encoder's, or with other settings. */
function otherOf(format: TrackFormat): TrackFormat {
  return { ...format, decoderConfig: Buffer.from(format.decoderConfig).fill(0x1f, 3, 4) };
}

test('one encoder without frames is filled alone', () => {
  const watched = watch(LATE_MAX_US + 300_000);
  const { feed, pass } = watched;
  feed.start();
  pass(3, feed.run);
  for (const id of IDS) {
    feed.rest([id]);
    pass(2.3, feed.run);
    feed.rest([]);
    pass(2, feed.run);
  }
  assertWhole(watched, 'one at a time');
});

test.run();
