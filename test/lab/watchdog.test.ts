/** The hardware watchdog (softdog). */
import { open } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { listWatchdogs } from '../../hal/system/watchdog.ts';

const test = suite('lab: a watchdog (softdog)');

test('it is reported with its timeout, and whether a process feeds it', async () => {
  const isActive = async () => (await listWatchdogs()).map((one) => one.isActive);
  const [dog] = await listWatchdogs();
  assert.is(dog?.identity, 'Software Watchdog');
  assert.ok((dog?.timeoutS ?? 0) > 0);
  assert.equal(await isActive(), [false]);
  {
    await using file = await open('/dev/watchdog', 'w');
    await file.write('1');
    assert.equal(await isActive(), [true]);
    // The magic close: without it the machine would be reset.
    await file.write('V');
  }
  assert.equal(await isActive(), [false]);
});

test.run();
