/** A presentation over restarts, gaps and drifting sources. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCaps } from '../../../pipelines/gdp/caps.ts';
import { framesPerPart } from '../../../pipelines/packager/part-draft.ts';
import { AUDIO_CAPS, openFeed, VIDEO_CAPS } from '../../support/feed.ts';
import { checkPlaylist } from '../../support/rules.ts';

const test = suite('timeline');

test('a part has complete frames, at least 85 % of the target and never more', () => {
  const video = parseCaps(VIDEO_CAPS);
  const audio = parseCaps(AUDIO_CAPS);
  if (video === undefined || audio === undefined) throw new Error('caps');
  for (const partTargetS of [0.1, 0.2, 0.3333, 0.5, 1]) {
    for (const format of [video, audio]) {
      const s = (framesPerPart(format, partTargetS) * format.frameTicks) / format.timescale;
      assert.ok(
        s <= partTargetS + 1e-6 && s >= 0.85 * partTargetS - 1e-6,
        `${format.kind} ${partTargetS}: ${s}`,
      );
    }
  }
});

test('a lost access unit is a gap until the next key frame, in that rendition only', () => {
  const feed = openFeed();
  feed.run(3.5);
  const before = feed.text('/live/low/index.m3u8');
  assert.not.match(before, 'GAP=YES');
  const high = feed.presentation.tracks()[0];
  // A frame from half a second on: what lay between is lost.
  feed.presentation.add('high', {
    runningUs: 3.8e6,
    isKeyframe: false,
    isDiscont: true,
    data: Buffer.from('x'),
    arrivedUs: feed.nowUs(),
  });
  feed.run(1.5);
  const text = feed.text('/live/high/index.m3u8');
  assert.match(text, 'GAP=YES');
  assert.not.match(feed.text('/live/low/index.m3u8'), 'GAP=YES');
  assert.not.match(text, 'DISCONTINUITY\n');
  assert.equal(checkPlaylist(text), []);
  assert.ok(high?.window.edge());
});

test('a frame that the camera left out is made up for by its neighbour, without a gap', () => {
  const feed = openFeed({ tracks: [{ id: 'high', kind: 'video' }] });
  feed.start();
  let runningUs = 0;
  for (let i = 0; i < 120; i += 1) {
    feed.idle(1 / 30);
    runningUs = (i * 1e6) / 30;
    // Frames 7 and 41 are missing; 41 would have been the last of its part.
    if (i === 7 || i === 41) continue;
    feed.presentation.add('high', {
      runningUs,
      isKeyframe: i % 30 === 0,
      isDiscont: false,
      data: Buffer.from(`${i}`),
      arrivedUs: feed.nowUs(),
    });
  }
  const text = feed.text('/live/high/index.m3u8');
  assert.not.match(text, 'GAP');
  assert.equal(checkPlaylist(text), []);
  assert.is(feed.presentation.repeatedFramesTotal, 2);
  const durations = text.match(/#EXTINF:[\d.]+/g);
  assert.ok(
    durations?.every((line) => line === '#EXTINF:1'),
    String(durations),
  );
});

test('a picture that stops while the sound goes on is a gap in the picture only', () => {
  const feed = openFeed({
    tracks: [
      { id: 'high', kind: 'video' },
      { id: 'audio', kind: 'audio' },
    ],
  });
  feed.run(3);
  let runningUs = 3e6;
  for (let i = 0; i < 150; i += 1) {
    feed.idle(0.02);
    runningUs += 20_000;
    feed.presentation.add('audio', {
      runningUs,
      isKeyframe: true,
      isDiscont: false,
      data: Buffer.from('a'),
      arrivedUs: feed.nowUs(),
    });
  }
  assert.match(feed.text('/live/high/index.m3u8'), 'GAP=YES');
  assert.not.match(
    feed.text('/live/audio/index.m3u8').split('#EXTINF').slice(-2).join(),
    'GAP=YES',
  );
});

/** Feeds picture and sound that come so late after they were captured. */
function feedLate(videoLagUs: number, audioLagUs: number, seconds: number, videoFromUs = 0) {
  const feed = openFeed({
    tracks: [
      { id: 'high', kind: 'video' },
      { id: 'audio', kind: 'audio' },
    ],
  });
  feed.start();
  const startUs = feed.nowUs();
  let [frames, aacs] = [0, 0];
  const step = (isTicking: boolean) => {
    feed.idle(isTicking ? 0.005 : 0);
    for (; frames / 30 <= (feed.nowUs() - startUs - videoLagUs - videoFromUs) / 1e6; frames += 1) {
      const runningUs = videoFromUs + (frames * 1e6) / 30;
      const isKeyframe = frames % 30 === 0;
      feed.presentation.add('high', {
        runningUs,
        isKeyframe,
        isDiscont: false,
        data: Buffer.from('v'),
        arrivedUs: feed.nowUs(),
      });
    }
    for (; (aacs * 1024) / 48_000 <= (feed.nowUs() - startUs - audioLagUs) / 1e6; aacs += 1) {
      const runningUs = (aacs * 1024e6) / 48_000;
      feed.presentation.add('audio', {
        runningUs,
        isKeyframe: true,
        isDiscont: false,
        data: Buffer.from('a'),
        arrivedUs: feed.nowUs(),
      });
    }
  };
  for (let i = 0; i < seconds * 200; i += 1) step(true);
  return feed;
}

test('sound that comes before the picture does not move the segments off the key frames', () => {
  for (const videoLagUs of [10_000, 45_000, 80_000, 120_000, 250_000]) {
    const feed = feedLate(videoLagUs, 40_000, 60);
    for (const id of ['high', 'audio']) {
      assert.equal(checkPlaylist(feed.text(`/live/${id}/index.m3u8`)), [], `${id} ${videoLagUs}`);
    }
    const [picture, sound] = feed.presentation.tracks().map(({ window }) => window.listed());
    for (const { msn, parts, startUs } of picture ?? []) {
      if (parts.length > 0) assert.ok(parts[0]?.isIndependent, `lag ${videoLagUs}`);
      const beside = sound?.find((segment) => segment.msn === msn);
      const apartUs = Math.abs(startUs - (beside?.startUs ?? startUs));
      assert.ok(apartUs < 22_000, `lag ${videoLagUs}: ${apartUs} us apart`);
    }
  }
});

test('a picture that starts seconds after the sound is taken up when it comes', () => {
  const feed = feedLate(10_000, 30_000, 8, 3_500_000);
  assert.match(feed.text('/live/index.m3u8?profile=laptop'), 'high/index.m3u8');
  assert.match(feed.text('/live/high/index.m3u8'), 'INDEPENDENT=YES');
});

test('a pause of the media process itself loses nothing and shifts nothing', () => {
  for (const pauseS of [0.6, 1.5, 4]) {
    const feed = openFeed();
    feed.run(3);
    const before = feed.presentation.tracks().map(({ window }) => window.listed()[0]?.startUs);
    feed.pause(pauseS);
    feed.run(4);
    for (const id of ['high', 'low', 'audio']) {
      assert.not.match(
        feed.text(`/live/${id}/index.m3u8`),
        /GAP|DISCONTINUITY\n/,
        `${id} after ${pauseS} s`,
      );
    }
    assert.equal(
      feed.presentation.tracks().map(({ window }) => window.listed()[0]?.startUs),
      before,
    );
  }
});

test('memory does not grow with time', () => {
  const feed = openFeed({ windowS: 8 });
  feed.run(30);
  const held = () =>
    feed.presentation.tracks().reduce((sum, { window }) => sum + window.heldBytes(), 0);
  const early = held();
  feed.run(60);
  assert.ok(held() < early * 1.1, `${early}, then ${held()}`);
});

test.run();
