/** `+CME ERROR` in words. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cmeErrorOf, explainError, simOfErrors } from '../../../hal/modem/cme-errors.ts';

const test = suite('errors of AT modems');

test('a known number is told in words, any other line stays as it is', () => {
  assert.is(explainError('+CME ERROR: 16'), '+CME ERROR: 16 (incorrect password)');
  for (const line of ['+CME ERROR: 9999', '+CME ERROR: SIM busy', 'ERROR', 'refused']) {
    assert.is(explainError(line), line);
  }
});

test('a modem that sends words means the number', () => {
  assert.is(cmeErrorOf('+CME ERROR: 10'), 10);
  assert.is(cmeErrorOf('+CME ERROR: SIM not inserted'), 10);
  assert.is(cmeErrorOf('+CME ERROR: sim busy'), 14);
  assert.is(cmeErrorOf('+CME ERROR: something else'), undefined);
  assert.is(cmeErrorOf('ERROR'), undefined);
});

test('what an error says of the SIM', () => {
  assert.is(simOfErrors(['+CME ERROR: 10']), 'absent');
  assert.is(simOfErrors(['+CME ERROR: SIM PIN required']), 'pin');
  assert.is(simOfErrors(['+CREG: 0', '+CME ERROR: 12']), 'puk');
  for (const lines of [[], ['ERROR'], ['+CME ERROR: 14'], ['+CME ERROR: 100']])
    assert.is(simOfErrors(lines), undefined);
});

test.run();
