/** The lamp that shows guests' hearts. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HeartsLamp } from '../../../daemon/panel/hearts.ts';

const test = suite('lamp of hearts');

const ON = 'steady';
const LAMPS = { power: ON, 'on-air': ON, links: ON, sound: ON, recording: ON } as const;

test('while hearts arrive the lamp of the config flashes, and no other', () => {
  const hearts = new HeartsLamp(() => 'sound');
  assert.equal(hearts.over(LAMPS, 0, 0), LAMPS);
  assert.equal(hearts.over(LAMPS, 3, 1_000), { ...LAMPS, sound: 'double' });
  assert.equal(hearts.over(LAMPS, 3, 2_400), { ...LAMPS, sound: 'double' });
  assert.equal(hearts.over(LAMPS, 3, 2_600), LAMPS);
  assert.equal(hearts.over(LAMPS, 0, 3_000), LAMPS, 'another stream begins');
  assert.equal(new HeartsLamp(() => 'none').over(LAMPS, 9, 0), LAMPS);
});

test('hearts hide no fault', () => {
  const hearts = new HeartsLamp(() => 'sound');
  const silent = { ...LAMPS, sound: 'longShort' } as const;
  assert.equal(hearts.over(silent, 3, 1_000), silent);
});

test.run();
