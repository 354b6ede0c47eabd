/** Which chip on the bus `auto` takes for a board, where chips of other makers have its address. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBattery } from '../../../hal/battery/open.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { seeded } from '../../support/seeded.ts';
import { block, type FakeChip, openFakeBus } from './fake-bus.ts';

const test = suite('boards that are found');

const never = new AbortController().signal;
const PISUGAR_3 = 0x57;

const pisugar3 = (version: string): FakeChip => ({
  bytes: {
    ...{ 2: 0x80, 34: 0x0f, 35: 0x3c, 42: 64 },
    ...block(0xe2, [...Buffer.from(version.padEnd(15, '\0'))]),
  },
});

async function find(chip: FakeChip, board = 'auto') {
  const bus = openFakeBus({ [PISUGAR_3]: chip });
  return await openBattery({ board }, bus, undefined, systemClock, never);
}

const filled = (byteAt: (register: number) => number): FakeChip => ({
  bytes: Object.fromEntries(Array.from({ length: 256 }, (_, i) => [i, byteAt(i)])),
});

test('a PiSugar 3 is found by its voltage, its charge and the version of its firmware', async () => {
  for (const version of ['1.2.4', '1.3.4-release', '123456789012345']) {
    await using battery = await find(pisugar3(version));
    const state = await battery?.read(never);
    assert.is(state?.phase === 'known' && state.chargePct, 64, version);
  }
});

test('an EEPROM or a sensor at the address of a PiSugar 3 is no battery', async () => {
  const random = seeded(57);
  const strangers = [
    filled(() => 0xff),
    filled(() => 0),
    // A pulse sensor (MAX30102): registers that count, and a part ID at the end.
    filled((register) => (register === 0xff ? 0x15 : register & 0x1f)),
    ...Array.from({ length: 2000 }, () => filled(() => Math.floor(random() * 256))),
    // The figures of a cell alone.
    pisugar3(''),
  ];
  for (const [index, chip] of strangers.entries()) {
    assert.is(await find(chip), undefined, `stranger ${index}`);
  }
});

test('a board that the config names is not asked what it is', async () => {
  await using battery = await find(pisugar3(''), 'pisugar-3');
  const state = await battery?.read(never);
  assert.is(state?.phase === 'known' && state.chargePct, 64);
});

test.run();
