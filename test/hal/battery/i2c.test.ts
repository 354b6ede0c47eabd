/** Tests of the I2C bus. */
import type { PromisifiedBus } from 'i2c-bus';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lateI2cBus, openI2cBus } from '../../../hal/battery/i2c.ts';
import { openBattery } from '../../../hal/battery/open.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { errnoOf, HalError } from '../../../hal/os/errors.ts';

const test = suite('I2C bus');
const never = new AbortController().signal;

/** No machine has so many. */
const NOT_THERE = 4_000;

/** Words as SMBus counts them, the first byte on the wire low. */
function fakeBus(wordAt: (register: number) => number) {
  let closes = 0;
  const readWord = async (_address: number, register: number) => wordAt(register);
  const close = async () => {
    closes += 1;
  };
  const bus = { readWord, close };
  return { bus: bus as unknown as PromisifiedBus, closes: () => closes };
}

const failing = (code: string) => Object.assign(new Error(code), { code });

test('a bus that is not there says which file is missing', async () => {
  await using bus = lateI2cBus(NOT_THERE, systemClock);
  const error = await bus
    .at(0x36, never)
    .readWord(2)
    .catch((reason: unknown) => reason);
  assert.ok(error instanceof HalError);
  assert.is(error.code, 'NOT_FOUND');
  assert.is(error.message, 'there is no /dev/i2c-4000: is I2C switched on?');
  assert.is(errnoOf(error.cause), 'ENOENT');
});

test('a bus that is opened now is there, or says why not', async () => {
  const error = await openI2cBus(NOT_THERE, systemClock).catch((reason: unknown) => reason);
  assert.is(error instanceof HalError && error.code, 'NOT_FOUND');
});

test('a bus that comes later is found by the next reading, and its board with it', async () => {
  let isThere = false;
  const { bus: opened, closes } = fakeBus((register) => {
    // i2c-bus opens the file at each transfer until it could.
    if (!isThere) throw failing('ENOENT');
    return register === 2 ? 0x80c0 : 0x0032;
  });
  {
    await using bus = lateI2cBus(1, systemClock, async () => opened);
    const board = 'geekworm-x1200';
    await using battery = await openBattery({ board }, bus, undefined, systemClock, never);
    const before = await battery?.read(never);
    assert.match(before?.phase === 'unknown' ? before.reason : '', 'there is no /dev/i2c-1');
    isThere = true;
    const after = await battery?.read(never);
    assert.is(after?.phase, 'known', JSON.stringify(after));
  }
  assert.is(closes(), 1);
});

test('an adapter that was unplugged is opened again', async () => {
  let opens = 0;
  const open = async () => {
    opens += 1;
    const isFirst = opens === 1;
    return fakeBus(() => {
      if (isFirst) throw failing('ENODEV');
      return 0x3412;
    }).bus;
  };
  await using bus = lateI2cBus(1, systemClock, open);
  assert.is(await bus.at(0x36, never).readWord(2), 0x1234);
  assert.is(opens, 2);
});

test.run();
