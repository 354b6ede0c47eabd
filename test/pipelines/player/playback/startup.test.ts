/** The time to the first frame. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Startup } from '../../../../pipelines/player/playback/startup.ts';

const test = suite('time to the first frame');

test('it counts from opening the page, to the first frame alone', () => {
  const startup = new Startup(false);
  assert.equal([startup.hasFrame, startup.tookMs], [false, undefined]);
  startup.addFrame(400);
  startup.addFrame(900);
  startup.restart(1_000, false);
  startup.hide();
  assert.equal([startup.hasFrame, startup.tookMs], [true, 400]);
});

test('for a page that waited an hour for the drop it counts from when there was a stream', () => {
  const startup = new Startup(false);
  for (let ms = 1_000; ms <= 3_600_000; ms += 1_000) startup.restart(ms, false);
  startup.addFrame(3_600_500);
  assert.is(startup.tookMs, 500);
});

test('of a page that was in the background it is not known, unless that was before there was a stream', () => {
  const opened = new Startup(true);
  opened.addFrame(60_000);
  const left = new Startup(false);
  left.hide();
  left.addFrame(60_000);
  assert.equal([opened.tookMs, opened.hasFrame, left.tookMs], [undefined, true, undefined]);
  const back = new Startup(true);
  back.restart(50_000, false);
  back.addFrame(50_400);
  assert.is(back.tookMs, 400);
});

test.run();
