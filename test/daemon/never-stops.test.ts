/** Guests stay, whatever fails; the long form is `npm run bench -- faults`. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox } from '../support/box.ts';
import { seeFaults } from '../support/faults/faults.ts';

const test = suite('the picture never stops');
/** After two seconds the picture is darkened, with a text. */
const AWAY_S = 3;

test('our player, hls.js, ffmpeg and mpv play on over unplugged devices, a dead encoder and a clock that is set', async () => {
  const { rows, latenciesMs, problems } = await seeFaults(AWAY_S, startBox);
  assert.equal(problems, []);
  assert.is(rows.length, 6);
  // By days, or true: a busy machine is seconds late at most.
  for (const ms of latenciesMs) assert.ok(ms >= 0 && ms < 60_000, `${ms} ms`);
});

test.run();
