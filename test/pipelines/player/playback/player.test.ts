/** Pace, choice of rendition and playlists of the player. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  addSample,
  afterJump,
  afterStall,
  choosePace,
  openPace,
  type Pace,
} from '../../../../pipelines/player/playback/pace/pace.ts';
import { parseMedia, parseMultivariant } from '../../../../pipelines/player/playback/playlist.ts';
import { openFeed } from '../../../support/feed.ts';

const test = suite('player');

interface Played {
  readonly pace: Pace;
  readonly nowS: number;
  readonly rates: readonly number[];
  readonly smallestS: number;
  readonly changes: readonly ReturnType<typeof choosePace>[];
}

/**
 * Plays parts that come every so often, each up to `jitterS` late.
 *
 * @param aheadS What is buffered ahead at the start.
 */
function play(
  aheadS: number,
  { partS = 0.2, forS = 20, jitterS = 0, random = (): number => 0 } = {},
): Played {
  let pace = openPace(0);
  let [endS, nowS, rate, smallestS] = [aheadS, 0, 1, Number.POSITIVE_INFINITY];
  const [rates, changes]: [number[], ReturnType<typeof choosePace>[]] = [[], []];
  let nextMs = partS * 1_000;
  for (let atMs = 0, last = 0; atMs < forS * 1_000; atMs += 10) {
    nowS += rate / 100;
    if (atMs >= nextMs) {
      pace = addSample(pace, { endS, nowS }, atMs);
      if (atMs > forS * 750) smallestS = Math.min(smallestS, endS - nowS);
      endS += partS;
      last += 1;
      nextMs = (last + 1) * partS * 1_000 + random() * jitterS * 1_000;
    }
    if (atMs % 100 > 0) continue;
    pace = addSample(pace, { endS, nowS }, atMs);
    const change = choosePace(pace, { endS, nowS }, atMs);
    changes.push(change);
    if ('jumpS' in change) {
      nowS += change.jumpS;
      pace = afterJump(pace, atMs);
    } else rate = change.rate;
    rates.push(rate);
  }
  return { pace, nowS, rates, smallestS, changes };
}

test('from anywhere it comes close to its target, and plays at normal speed there', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.12, max: 3, noNaN: true }),
      fc.constantFrom(0.1, 0.2, 0.34),
      (aheadS, partS) => {
        const { pace, rates, smallestS } = play(partS + aheadS, { partS, forS: 40 });
        assert.ok(Math.abs(smallestS - pace.targetS) < 0.03, `${smallestS}`);
        assert.ok(rates.slice(-50).every((rate) => rate === 1));
      },
    ),
  );
});

test('parts that come late unevenly are waited for: the buffer has room for the latest', () => {
  fc.assert(
    fc.property(fc.integer(), fc.double({ min: 0, max: 0.15, noNaN: true }), (seed, jitterS) => {
      let state = seed >>> 0;
      const random = () => {
        state = (state * 1_664_525 + 1_013_904_223) >>> 0;
        return state / 2 ** 32;
      };
      const { smallestS, rates } = play(0.5, { forS: 60, jitterS, random });
      assert.ok(smallestS > 0.02, `${smallestS}`);
      assert.ok(rates.every((rate) => rate >= 0.94 && rate <= 1.12));
    }),
  );
});

test('near its target the speed changes without keeping the pitch, too little to be heard', () => {
  for (const change of play(0.45).changes) {
    if ('jumpS' in change || change.rate <= 1) continue;
    assert.ok(change.keepsPitch || change.rate <= 1.03);
  }
  const far = play(1.2).changes.find((change) => 'rate' in change && change.rate > 1.05);
  assert.ok(far !== undefined && 'rate' in far && far.keepsPitch);
});

test('too near the edge it slows down at once', () => {
  const pace = addSample(openPace(0), { endS: 1, nowS: 1 }, 0);
  const change = choosePace(pace, { endS: 1, nowS: 1 }, 0);
  assert.ok('rate' in change && change.rate < 1 && change.rate >= 0.94);
});

test('far behind it jumps', () => {
  const { changes, nowS } = play(5, { forS: 3 });
  assert.ok(changes.some((change) => 'jumpS' in change && change.jumpS > 4));
  assert.ok(nowS > 7);
});

test('a stall enlarges the target buffer, to a second at most; time without stalls takes that back', () => {
  let pace = openPace(0);
  const first = pace.targetS;
  pace = afterStall(pace, 0);
  assert.ok(pace.targetS > first);
  for (let i = 0; i < 100; i += 1) pace = afterStall(pace, 0);
  assert.ok(pace.targetS <= 1);
  for (let atMs = 0; atMs < 20 * 640_000; atMs += 1_000) {
    pace = addSample(pace, { endS: 1, nowS: 0 }, atMs);
  }
  assert.is(pace.targetS, first);
});

test('who stalls again and again waits longer before the buffer becomes smaller', () => {
  let pace = openPace(0);
  const first = pace.targetS;
  let stalls = 0;
  // A device that stalls whenever its target is the smallest one.
  for (let atMs = 0; atMs < 3_600_000; atMs += 1_000) {
    pace = addSample(pace, { endS: 1 + atMs / 1_000, nowS: atMs / 1_000 }, atMs);
    if (pace.targetS > first + 0.001) continue;
    stalls += 1;
    pace = afterStall(pace, atMs);
  }
  assert.ok(stalls < 15, `${stalls}`);
});

test('what is measured stays bounded', () => {
  let pace = openPace(0);
  for (let atMs = 0; atMs < 100_000; atMs += 5) {
    pace = addSample(pace, { endS: atMs / 1_000 + 0.2, nowS: atMs / 1_000 }, atMs);
  }
  assert.ok(pace.samples.length < 60);
});

test('it reads what the origin writes: parts with their dates, the hint, gaps', () => {
  const feed = openFeed();
  feed.run(4.3);
  const playlist = parseMedia(feed.text('/live/high/index.m3u8'));
  const last = playlist.parts.at(-1);
  assert.ok(last);
  assert.equal([playlist.hint?.msn, playlist.hint?.part], [last?.msn, (last?.part ?? 0) + 1]);
  const dates = playlist.parts.map(({ dateMs }) => dateMs ?? 0);
  for (const [i, dateMs] of dates.slice(1).entries())
    assert.ok(Math.abs(dateMs - (dates[i] ?? 0) - 200) < 2);
  const delta = parseMedia(feed.text('/live/high/index.m3u8?_HLS_skip=YES'));
  assert.equal(delta.hint, playlist.hint);
  feed.die();
  feed.idle(1);
  assert.ok(parseMedia(feed.text('/live/high/index.m3u8')).parts.at(-1)?.isGap);
});

test('it reads the multivariant playlist lowest first, with the sound apart', () => {
  const feed = openFeed();
  feed.run(2);
  const { variants, audio } = parseMultivariant(feed.text('/live/index.m3u8?profile=laptop'));
  assert.equal(
    variants.map(({ uri }) => uri),
    ['low/index.m3u8', 'high/index.m3u8'],
  );
  assert.equal(audio, { uri: 'audio/index.m3u8', codecs: 'mp4a.40.2' });
});

test('any text is a playlist, if an empty one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      parseMedia(text);
      parseMultivariant(text);
    }),
  );
});

test.run();
