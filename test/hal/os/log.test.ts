/** Lines of the log for a terminal. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLog } from '../../../hal/os/log.ts';

const test = suite('log on a terminal');

test('what a device or a guest has sent is no command to the terminal', () => {
  let shown = '';
  const log = openLog('info', 'people', (line) => {
    shown += line;
  });
  const codes = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code));
  for (const one of codes) log.info('found', { model: `a${one}b`, modes: [one], plain: 'usb:1' });
  const lines = shown.split('\n');
  assert.is(lines.length, codes.length + 1);
  assert.ok(!/\p{Cc}/u.test(lines.join('')));
  assert.ok(lines.slice(0, -1).every((line) => line.endsWith(' plain=usb:1')));
});

test.run();
