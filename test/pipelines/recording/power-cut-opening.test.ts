/** Power cuts while a recording is opened. */
import { suite } from 'uvu';
import { assertSurvives } from '../../support/media/power-cuts.ts';

// A file of its own, so that the runner cuts both machines' power side by side.
const test = suite('power cuts while a recording is being opened');

test('after each of 10 cuts of the whole machine there is a recording that plays, or none was acknowledged', () =>
  assertSurvives(10, 'opening'));

test.run();
