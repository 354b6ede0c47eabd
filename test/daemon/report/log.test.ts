/** What happened in a drop, where it is more than a report lists. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { inWords } from '../../../daemon/report/log-text.ts';
import { addTo, LOG_MAX, type LogEntry } from '../../../daemon/report/record.ts';

const test = suite('log of a report');

const logOf = (...types: readonly string[]) => {
  const log: LogEntry[] = [];
  for (const [at_s, type] of types.entries()) addTo(log, { at_s, type, text: `no. ${at_s}` });
  return log;
};

test('a link that flaps costs its oldest alerts, and the end of the drop is there', () => {
  const alerts = Array.from({ length: LOG_MAX + 100 }, () => 'alert.raised');
  const log = logOf('drop.live', 'drop.marked', ...alerts, 'clip.made', 'drop.ended');
  assert.is(log.length, LOG_MAX);
  assert.equal(
    [...log.slice(0, 4), ...log.slice(-2)].map(({ type }) => type),
    ['drop.live', 'drop.marked', 'log.left-out', 'alert.raised', 'clip.made', 'drop.ended'],
  );
  assert.is(log[2]?.text, 'not listed: 105');
  assert.is(
    inWords(log[2]?.text ?? '', 'de', (text) => text),
    'nicht aufgeführt: 105 weitere',
  );
  assert.is(log[3]?.at_s, 2 + 105);
});

test('without alerts the oldest go that are not its begin', () => {
  const log = logOf('drop.live', ...Array.from({ length: LOG_MAX }, () => 'drop.marked'));
  assert.equal(
    log.slice(0, 3).map(({ type, at_s }) => [type, at_s]),
    [
      ['drop.live', 0],
      ['log.left-out', 1],
      ['drop.marked', 3],
    ],
  );
});

test.run();
