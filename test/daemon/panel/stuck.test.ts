/** Buttons that are down without being pressed. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startPanel } from './support/panel.ts';

const test = suite('stuck buttons');

test('a button that is down at the start, as one that is wired the other way round, is reported until it is let go', async () => {
  await using panel = startPanel();
  panel.gpio.press('drop');
  await panel.clock.advance(2_000);
  assert.equal(panel.stuck(), [['drop']]);
  await panel.clock.advance(30_000);
  assert.equal(panel.commands, []);
  panel.gpio.release('drop');
  await panel.clock.advance(1_000);
  assert.equal(panel.stuck(), [['drop'], []]);
  // The others work meanwhile, and a press is none of it.
  panel.gpio.press('mark');
  await panel.clock.advance(100);
  panel.gpio.release('mark');
  await panel.clock.advance(100);
  assert.equal([panel.commands, panel.stuck().length], [['mark'], 2]);
});

test('a button that stays down after a very long press is reported too', async () => {
  await using panel = startPanel();
  await panel.clock.advance(2_000);
  panel.gpio.press('drop');
  await panel.clock.advance(12_000);
  assert.equal([panel.commands, panel.stuck()], [['shut-down'], [['drop']]]);
});

test.run();
