/** Tests of lamps of the kernel's LED class. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLedLamp } from '../../../hal/gpio/lamps.ts';
import { RHYTHMS, type RhythmName } from '../../../hal/gpio/rhythm.ts';
import { systemClock } from '../../../hal/os/clock.ts';

const test = suite('lamps of the LED class, on a folder like theirs');
const FILES = ['brightness', 'trigger', 'repeat', 'pattern', 'delay_on', 'delay_off'];

/** Shows a rhythm on an LED with this `max_brightness`, and gives back what was written to a file. */
async function shown(rhythm: RhythmName, most: string, file: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'leds-'));
  try {
    await mkdir(join(root, 'act'));
    await writeFile(join(root, 'act', 'max_brightness'), most);
    for (const one of FILES) await writeFile(join(root, 'act', one), '');
    await openLedLamp('on-air', 'act', systemClock, root).show(RHYTHMS[rhythm]);
    return await readFile(join(root, 'act', file), 'utf8');
  } finally {
    await rm(root, { recursive: true });
  }
}

/** The brightest level of a pattern's pairs. */
const brightest = (pattern: string) =>
  Math.max(...pattern.split(' ').flatMap((word, index) => (index % 2 === 0 ? [Number(word)] : [])));

for (const rhythm of ['double', 'triple', 'longShort'] as const) {
  test(`${rhythm} asks of a lamp no more than it has`, async () => {
    assert.is(brightest(await shown(rhythm, '1\n', 'pattern')), 1);
    assert.is(brightest(await shown(rhythm, '100\n', 'pattern')), 100);
    assert.is(brightest(await shown(rhythm, '255\n', 'pattern')), 255);
    assert.is(brightest(await shown(rhythm, '65535\n', 'pattern')), 255);
  });
}

test('a steady lamp gets the maximum brightness of its LED', async () => {
  assert.is(await shown('steady', '1\n', 'brightness'), '255');
});

test.run();
