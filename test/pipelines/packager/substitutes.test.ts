/** A rendition is suspended and replaced by another, while viewers watch. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type PlacedUnit, Splice } from '../../../pipelines/packager/splice.ts';
import { EPOCH_MS, type Feed, type FeedOptions, openFeed, VIDEO_CAPS } from '../../support/feed.ts';
import { checkSeries, readPlaylist, type SeenPlaylist } from '../../support/rules.ts';

const test = suite('substitutes');

const LOW_CAPS = VIDEO_CAPS.replace('(int)640', '(int)320').replace('(int)360', '(int)180');
const RENDITIONS = ['high', 'low', 'audio'] as const;

/** High and low in pictures of different size, and all that viewers saw of them. */
function openTwo(options: FeedOptions = {}) {
  const feed = openFeed(options);
  feed.start();
  feed.presentation.setCaps('low', LOW_CAPS);
  const seen: SeenPlaylist[] = [];
  const watch = (seconds: number) => {
    for (let passedS = 0; passedS < seconds; passedS += 0.1) {
      feed.run(0.1);
      for (const renditionId of RENDITIONS) {
        const answer = feed.get(`/live/${renditionId}/index.m3u8`);
        if ('wait' in answer || answer.status !== 200) continue;
        const text = Buffer.concat(answer.body).toString();
        seen.push({ renditionId, text, atMs: feed.nowUs() / 1000 });
      }
    }
  };
  return { feed, seen, watch };
}

/** Which encoder's frames the parts of a segment hold: the feed's data name it. */
function encoderOf(feed: Feed, renditionId: string, msn: number): readonly string[] {
  const track = feed.presentation.tracks().find(({ id }) => id === renditionId);
  const found = track?.window.fetch(msn, undefined);
  if (found === undefined || typeof found === 'string') return [];
  const text = Buffer.concat(found.parts.flatMap(({ bytes }) => bytes ?? [])).toString('latin1');
  return [...new Set(text.match(/high|low/g))];
}

function encodersOf(feed: Feed, renditionId: string): readonly string[] {
  const { segments } = readPlaylist(feed.text(`/live/${renditionId}/index.m3u8`));
  const whole = segments.filter(({ uri }) => uri !== undefined);
  return whole.map(({ msn }) => encoderOf(feed, renditionId, msn).join('+'));
}

test('a rendition goes on with another one’s pictures, from a key frame on and without a gap', () => {
  const { feed, seen, watch } = openTwo();
  watch(3.5);
  feed.presentation.setSubstitutes({ high: 'low' });
  watch(2.5);
  assert.equal(feed.presentation.substitutes.suspended(), ['high']);
  feed.rest(['high']);
  watch(6);
  feed.rest([]);
  feed.presentation.setSubstitutes({});
  assert.equal(feed.presentation.substitutes.suspended(), []);
  watch(5);
  const encoders = encodersOf(feed, 'high');
  assert.equal([...new Set(encoders)], ['high', 'low'], `each segment is of one: ${encoders}`);
  const changes = encoders.filter((name, i) => i > 0 && name !== encoders[i - 1]);
  assert.equal(changes, ['low', 'high']);
  assert.ok(encodersOf(feed, 'low').every((name) => name === 'low'));
  assert.equal(checkSeries(seen), []);
  for (const { text } of seen) assert.not.match(text, 'GAP');
});

test('each change is a discontinuity of the same segment in all renditions, with another init section', () => {
  const { feed, watch } = openTwo();
  watch(3.5);
  feed.presentation.setSubstitutes({ high: 'low' });
  watch(5);
  const breaks = RENDITIONS.map((id) =>
    readPlaylist(feed.text(`/live/${id}/index.m3u8`))
      .segments.filter(({ isDiscontinuity }) => isDiscontinuity)
      .map(({ msn }) => msn),
  );
  assert.is(breaks[0]?.length, 1);
  assert.equal(breaks, [breaks[0], breaks[0], breaks[0]]);
  const maps = feed.text('/live/high/index.m3u8').match(/#EXT-X-MAP:URI="[^"]+"/g) ?? [];
  assert.is(new Set(maps).size, 2);
  const init = feed.get(`/live/high/${/"([^"]+)"/.exec(maps.at(-1) ?? '')?.[1]}`);
  assert.ok(!('wait' in init) && init.status === 200, 'its init section is there');
});

test('new viewers are not offered a suspended rendition, and are again when it has resumed', () => {
  const { feed, watch } = openTwo();
  const offered = () => feed.text('/live/index.m3u8?profile=laptop').match(/^\w+\/index/gm);
  watch(3);
  assert.equal(offered(), ['low/index', 'high/index', 'audio/index']);
  feed.presentation.setSubstitutes({ high: 'low' });
  assert.equal(offered(), ['low/index', 'audio/index']);
  watch(3);
  feed.presentation.setSubstitutes({});
  assert.equal(offered(), ['low/index', 'audio/index'], 'not before it is back');
  watch(3);
  assert.equal(offered(), ['low/index', 'high/index', 'audio/index']);
});

test('capture that restarts meanwhile starts without the suspended one', () => {
  const { feed, seen, watch } = openTwo();
  watch(3);
  feed.presentation.setSubstitutes({ high: 'low' });
  watch(3);
  feed.die();
  feed.rest(['high']);
  feed.idle(0.6);
  feed.start();
  feed.presentation.setCaps('low', LOW_CAPS);
  watch(4);
  assert.ok(feed.presentation.isFlowing(feed.nowUs()));
  assert.ok(feed.presentation.stalledUs(feed.nowUs()) < 500_000, 'it does not count as hung');
  assert.is(encodersOf(feed, 'high').at(-1), 'low');
  assert.equal(checkSeries(seen), []);
});

test('requested before the first unit it holds from the first segment on', () => {
  const { feed, watch } = openTwo();
  feed.presentation.setSubstitutes({ high: 'low' });
  feed.rest(['high']);
  watch(3);
  assert.equal([...new Set(encodersOf(feed, 'high'))], ['low']);
});

test('key frames are forced at the start of a segment, while an encoder is resuming', () => {
  const { feed, watch } = openTwo();
  const cues: number[] = [];
  const pass = (seconds: number) => {
    for (let passedS = 0; passedS < seconds; passedS += 0.02) {
      feed.run(0.02);
      if (feed.presentation.wantsKeyframes()) cues.push(feed.nowUs());
    }
  };
  watch(3.5);
  feed.presentation.setSubstitutes({ high: 'low' });
  pass(3);
  feed.rest(['high']);
  assert.equal(cues, []);
  feed.presentation.setSubstitutes({});
  pass(6.5);
  assert.is(cues.length, 2, 'its encoder does not answer: it is asked again');
  const { segments } = readPlaylist(feed.text('/live/low/index.m3u8'));
  const { dateMs = 0 } = segments.find((one) => one.dateMs !== undefined) ?? {};
  for (const cueUs of cues) {
    const intoMs = (EPOCH_MS + cueUs / 1000 - dateMs) % 1000;
    assert.ok(intoMs < 200, `${intoMs} ms into the segment`);
  }
  feed.rest([]);
  pass(4);
  const count = cues.length;
  pass(6);
  assert.is(cues.length, count, 'it is back');
});

test('audio never replaces video', () => {
  const { feed, watch } = openTwo();
  feed.presentation.setSubstitutes({ high: 'audio' });
  watch(3);
  assert.equal(feed.presentation.substitutes.suspended(), []);
});

interface Frame extends PlacedUnit {
  readonly of: string;
}

const FRAME_US = 40_000;
const frame = (of: string, index: number): Frame => ({
  of,
  timeUs: index * FRAME_US,
  isKeyframe: index % 10 === 0,
});
const switchAt = (keyframeUs: number) => keyframeUs + 10 * FRAME_US;

test('whichever source is ahead, each frame is taken once and in order', () => {
  for (const leadFrames of [-5, -1, 0, 1, 5]) {
    const splice = new Splice<Frame>('a');
    const out: Frame[] = [];
    for (let i = 0; i < 60; i += 1) {
      if (i === 13) splice.switchTo('b');
      for (const unit of [frame('a', i), frame('b', i + leadFrames)]) {
        if (unit.timeUs >= 0) out.push(...splice.take(unit.of, unit, FRAME_US, switchAt).units);
      }
    }
    const times = out.map(({ timeUs }) => timeUs / FRAME_US);
    assert.equal(
      times,
      times.map((_, i) => i),
      `${leadFrames} ahead`,
    );
    const switched = out.findIndex(({ of }) => of === 'b');
    assert.is(out[switched]?.isKeyframe, true);
    assert.ok(out.slice(switched).every(({ of }) => of === 'b'));
    assert.is(splice.source, 'b');
  }
});

test('a change that is taken back changes nothing', () => {
  const splice = new Splice<Frame>('a');
  splice.switchTo('b');
  splice.take('b', frame('b', 10), FRAME_US, switchAt);
  splice.switchTo('a');
  assert.is(splice.wanted, 'a');
  assert.not.ok(splice.reads('b'));
  assert.is(splice.take('a', frame('a', 30), FRAME_US, switchAt).units.length, 1);
});

test('frames wait for the old source no longer than the limit', () => {
  const splice = new Splice<Frame>('a');
  splice.switchTo('b');
  let taken = 0;
  for (let i = 10; i < 300; i += 1) {
    taken += splice.take('b', frame('b', i), FRAME_US, switchAt).units.length;
  }
  assert.ok(taken > 200);
  assert.is(splice.source, 'b');
});

test.run();
