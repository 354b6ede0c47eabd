/** A new PIN of a real box: shown by the demo, never logged. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startBox, until } from '../../support/box.ts';
import { signIn } from '../../support/operator.ts';

const test = suite('a PIN that the box made');

/** Starts a box without a PIN; resolves with what it printed, and the PIN of its file. */
async function startWithoutPin(...verb: readonly string[]) {
  await using box = await startBox(['operator.pin_hash=""'], verb);
  const file = join(box.folder, 'operator-pin');
  let pin = '';
  await until(
    async () => {
      pin = readFileSync(file, 'utf8').trim();
      await signIn(box.operatorUrl, pin);
      return box.output().includes('This box has made one');
    },
    40_000,
    box.output,
  );
  box.kill('SIGTERM');
  await box.ended;
  return { printed: box.output(), pin, file };
}

test('a service logs where the PIN is, but not the PIN', async () => {
  const { printed, pin, file } = await startWithoutPin('run', '--config', '/dev/null');
  assert.match(pin, /^\d{6}$/);
  assert.match(printed, `sudo cat ${file}`);
  assert.not.match(printed, new RegExp(`\\b${pin}\\b`));
});

test('the demo shows it', async () => {
  const { printed, pin } = await startWithoutPin('demo');
  assert.match(printed, new RegExp(`^ {2}${pin}$`, 'm'));
});

test.run();
