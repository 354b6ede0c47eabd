/** A real box reads the code that it draws off its own stream. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { startDetailedBox, until } from '../../support/box.ts';

const test = suite('code in the picture');

/** Decoders run at low priority, and the machine may be busy. */
const LONG_MS = 180_000;

test('the code is read off each rendition, and the state says so', async () => {
  await using box = await startDetailedBox([
    'drop.overlay.code.link=page',
    'drop.overlay.title=Late Set',
  ]);
  await box.ready();
  const shown = async () => (await box.state<BoxSnapshot>()).overlay?.shown;
  await until(async () => (await shown())?.readability === 'readable', LONG_MS, box.output);
  const code = await shown();
  assert.match(code?.link ?? '', /^http:/);
  const readings = code?.readings.map(({ rendition, read }) => [rendition, read > 0]);
  assert.equal(readings?.toSorted(), [
    ['low', true],
    ['mid', true],
  ]);
});

test.run();
