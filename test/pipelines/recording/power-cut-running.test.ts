/** Power cuts while recording. */
import { suite } from 'uvu';
import { assertSurvives } from '../../support/media/power-cuts.ts';

const test = suite('power cuts while recording');

test('after each of 10 cuts of the whole machine both copies hold all but the last second, all that was acknowledged, and play', () =>
  assertSurvives(10, 'running'));

test.run();
