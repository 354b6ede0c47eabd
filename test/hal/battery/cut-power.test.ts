/** Tests of boards that can cut their own power. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BOARDS } from '../../../hal/battery/boards.ts';
import { openBattery } from '../../../hal/battery/open.ts';
import type { LineDriver } from '../../../hal/gpio/port.ts';
import { openSimulatedGpio } from '../../../hal/gpio/simulated.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { openFakeBus } from './fake-bus.ts';

const test = suite('the end of a board');
const never = new AbortController().signal;
const GAUGE = { 54: { words: { 2: 3080 << 4, 4: 50 * 256 } } };

/** Lines that write down what is driven, as `GPIO12 high at 0`. */
function noted(clock: VirtualClock, refused = '') {
  const notes: string[] = [];
  const note = (line: unknown, isHigh: boolean) =>
    notes.push(`${line} ${isHigh ? 'high' : 'low'} at ${clock.monotonicMs()}`);
  const driver: LineDriver = {
    ...openSimulatedGpio(clock).driver,
    openOutput: ({ line }, isActive) => {
      if (line === refused) throw new HalError('DEVICE_BUSY', `${line} is held`);
      note(line, isActive);
      return { set: (isHigh) => note(line, isHigh), close: () => notes.push(`${line} free`) };
    },
  };
  return { notes, driver };
}

for (const [board, button] of [
  ['geekworm-x728', 'GPIO26'],
  ['geekworm-x728-v1', 'GPIO13'],
] as const) {
  test(`${board}: its line says that the machine runs, then its button is held, then the line falls`, async () => {
    const clock = new VirtualClock();
    const { notes, driver } = noted(clock);
    const battery = await openBattery({ board }, openFakeBus(GAUGE), driver, clock, never);
    assert.ok(battery?.cutPower);
    await battery.read(never);
    await battery.read(never);
    assert.equal(notes, ['GPIO12 high at 0']);
    const cut = battery.cutPower(never);
    await clock.advance(3_500);
    await cut;
    assert.equal(notes.slice(1), [
      `${button} high at 0`,
      `${button} low at 3000`,
      `${button} free`,
      'GPIO12 low at 3500',
    ]);
    await battery[Symbol.asyncDispose]();
    assert.is(notes.at(-1), 'GPIO12 free');
  });
}

test('an X728 whose line another program holds is reported, read all the same, and not cut', async () => {
  const clock = new VirtualClock();
  const { notes, driver } = noted(clock, 'GPIO12');
  const board = 'geekworm-x728';
  await using battery = await openBattery({ board }, openFakeBus(GAUGE), driver, clock, never);
  const state = await battery?.read(never);
  assert.is(state?.phase === 'known' && state.fault, 'GPIO12 is held');
  assert.is(state?.phase === 'known' && state.mains, 'on');
  const failed = await battery?.cutPower?.(never).catch((error: unknown) => error);
  assert.is(failed instanceof HalError && failed.code, 'DEVICE_BUSY');
  assert.equal(notes, []);
});

test('the power of a Waveshare (E) is cut by its register', async () => {
  const written: number[][] = [];
  const bus = openFakeBus({ 45: {} }, (...write) => written.push(write));
  const clock = new VirtualClock();
  const board = 'waveshare-ups-hat-e';
  await using battery = await openBattery({ board }, bus, undefined, clock, never);
  await battery?.cutPower?.(never);
  assert.equal(written, [[0x2d, 0x01, 0x55]]);
});

test('a board that cannot cut the power, or has no lines for it, offers nothing', async () => {
  const clock = new VirtualClock();
  const can = async (board: string, driver?: LineDriver) => {
    await using battery = await openBattery({ board }, openFakeBus({}), driver, clock, never);
    return battery?.cutPower !== undefined;
  };
  const { driver } = noted(clock);
  const able = await Promise.all(
    BOARDS.map(async ({ id }) => ((await can(id, driver)) ? [id] : [])),
  );
  assert.equal(able.flat(), ['waveshare-ups-hat-e', 'geekworm-x728-v1', 'geekworm-x728']);
  assert.is(await can('geekworm-x728'), false);
});

test.run();
