/** `+CME ERROR` in words. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { explainError } from '../../../hal/modem/cme-errors.ts';

const test = suite('errors of AT modems');

test('a known number is told in words, any other line stays as it is', () => {
  assert.is(explainError('+CME ERROR: 16'), '+CME ERROR: 16 (incorrect password)');
  for (const line of ['+CME ERROR: 9999', '+CME ERROR: SIM busy', 'ERROR', 'refused']) {
    assert.is(explainError(line), line);
  }
});

test.run();
