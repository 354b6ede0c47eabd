/** Power cuts after a recording was ended. */
import { suite } from 'uvu';
import { assertEndedStays } from '../../support/media/power-cuts.ts';

const test = suite('power cuts after a recording');

test('after each of 5 cuts both copies of an ended recording are complete, equal to the byte, and play', () =>
  assertEndedStays(5));

test.run();
