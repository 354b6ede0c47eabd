/** The frame rate of the camera. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameRate } from '../../../pipelines/media/frame-rate.ts';

const test = suite('frame rate');

test('it is that of the rendition that got the most, over the time since it was last asked for', () => {
  const rate = new FrameRate(1_000);
  for (let i = 0; i < 30; i += 1) rate.add('high');
  for (let i = 0; i < 15; i += 1) rate.add('low');
  assert.is(rate.take(2_000), 30);
  for (let i = 0; i < 10; i += 1) rate.add('low');
  assert.is(rate.take(2_500), 20);
});

test('without a frame it is not known, and no time makes no rate', () => {
  const rate = new FrameRate(0);
  assert.is(rate.take(1_000), undefined);
  rate.add('high');
  assert.is(rate.take(1_000), undefined);
});

test.run();
