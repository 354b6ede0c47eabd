/** What the page says of a command that the box did not carry out. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { saidOf } from '../../../../daemon/web/page/sections/command-result.ts';
import { en } from '../../../../daemon/web/page/text/stage/en.ts';

const test = suite('result of a command');

const refused = (detail: string) => saidOf({ status: 'rejected', code: 'WRONG_PHASE', detail });

test('a command that came when the box had moved on is explained without the names of phases', () => {
  assert.is(refused('it is live, not idle'), en.phaseChanged);
  assert.is(refused('it is idle already'), 'it is idle already');
  assert.is(saidOf({ status: 'done', detail: 'marked' }), 'marked');
});

test.run();
