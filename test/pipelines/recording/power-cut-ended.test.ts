import { suite } from 'uvu';
import { assertEndedStays } from '../../support/media/power-cuts.ts';

const test = suite('power cuts after a recording');

test('after each of 5 cuts both copies of what had been ended are complete, equal to the byte, and play', () =>
  assertEndedStays(5));

test.run();
