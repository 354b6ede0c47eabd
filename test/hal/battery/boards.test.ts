/** Registers of every UPS board, read as its datasheet has them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BOARDS } from '../../../hal/battery/boards.ts';
import { chooseBoard } from '../../../hal/battery/find-board.ts';
import { openBattery } from '../../../hal/battery/open.ts';
import type { BatteryReading, BatteryState } from '../../../hal/battery/port.ts';
import { openSimulatedGpio } from '../../../hal/gpio/simulated.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { block, type FakeChip, openFakeBus } from './fake-bus.ts';
import { ina219, max17040, pijuice, pisugar2, sealed } from './support/board-chips.ts';

const test = suite('UPS boards');

const never = new AbortController().signal;

const waveshareE = (state: number): FakeChip => ({
  bytes: {
    2: state,
    ...block(0x20, [0x80, 0x3e, 0x0c, 0xfe, 62, 0, 0x10, 0x0e, 185, 0, 0, 0]),
  },
});

const pisugar3 = (state: number): FakeChip => ({
  bytes: { 2: state, 34: 0x0f, 35: 0x3c, 42: 64 },
});

interface Fixture {
  readonly id: string;
  readonly chip: FakeChip;
  /** Level of the mains pin, for boards that have one. */
  readonly pin?: boolean;
  readonly reported: {
    readonly [K in keyof BatteryReading]?: BatteryReading[K] | undefined;
  };
}

/** Registers as the datasheets say a chip holds them, and what the driver must read from them. */
const FIXTURES: readonly Fixture[] = [
  // 7.4 V, -50 mV over 0.1 ohm: 3.7 V a cell, and 3.73 at rest.
  {
    id: 'waveshare-ups-hat',
    chip: ina219(7400, -50_000),
    reported: {
      voltageMv: 7400,
      currentMa: -500,
      powerMw: -3700,
      chargePct: 38.3,
      mains: 'off',
      isCharging: false,
    },
  },
  {
    id: 'waveshare-ups-hat',
    chip: ina219(8200, 30_000),
    reported: { currentMa: 300, mains: 'on', isCharging: true },
  },
  {
    id: 'waveshare-ups-hat-b',
    chip: ina219(7400, -5000),
    reported: { voltageMv: 7400, currentMa: -500, mains: 'off' },
  },
  {
    id: 'waveshare-ups-hat-b',
    chip: ina219(8400, 0),
    reported: { chargePct: 100, currentMa: 0, mains: 'on', isCharging: false },
  },
  {
    id: 'waveshare-ups-hat-c',
    chip: ina219(3600, 0),
    reported: { voltageMv: 3600, chargePct: 18, mains: 'on' },
  },
  {
    id: 'waveshare-ups-hat-c',
    chip: ina219(3600, -8000),
    reported: { currentMa: -800, chargePct: 24.7, mains: 'off' },
  },
  {
    id: 'waveshare-ups-hat-d',
    chip: ina219(3600, 0),
    reported: { voltageMv: 3600, chargePct: 18, mains: 'on' },
  },
  {
    id: 'waveshare-ups-hat-d',
    chip: ina219(3600, -8000),
    reported: { currentMa: -800, chargePct: 24.7, mains: 'off' },
  },
  {
    id: 'waveshare-ups-hat-e',
    chip: waveshareE(0x00),
    reported: {
      voltageMv: 16_000,
      currentMa: -500,
      chargePct: 62,
      mains: 'off',
      isCharging: false,
      timeLeftS: 185 * 60,
    },
  },
  {
    id: 'waveshare-ups-hat-e',
    chip: waveshareE(0xa2),
    reported: { mains: 'on', isCharging: true, timeLeftS: undefined },
  },
  // The X728's pin is high when the mains are lost; the X1200's is low.
  ...['geekworm-x728-v1', 'geekworm-x728'].flatMap((id): Fixture[] => [
    {
      id,
      chip: max17040(3850, 73.5),
      pin: true,
      reported: { voltageMv: 3850, chargePct: 73.5, mains: 'off', isCharging: false },
    },
    {
      id,
      chip: max17040(3850, 73.5),
      pin: false,
      reported: { mains: 'on', isCharging: undefined },
    },
  ]),
  ...['geekworm-x1200', 'geekworm-x1201', 'geekworm-x1209'].flatMap((id): Fixture[] => [
    {
      id,
      chip: max17040(4000, 81.25),
      pin: false,
      reported: { voltageMv: 4000, chargePct: 81.3, mains: 'off' },
    },
    { id, chip: max17040(4000, 81.25), pin: true, reported: { mains: 'on' } },
  ]),
  // Status 0b0011_0100: charging from its USB input; 0b0000_0000: neither input.
  {
    id: 'pijuice',
    chip: pijuice(0x34),
    reported: { chargePct: 73, voltageMv: 3980, mains: 'on', isCharging: true },
  },
  {
    id: 'pijuice',
    chip: pijuice(0x00),
    reported: { currentMa: -300, mains: 'off', isCharging: false },
  },
  // (3800 - 2600) / 0.26855 = 4468; -400 mA / 0.745985 = -536 in 14 bits.
  {
    id: 'pisugar-2',
    chip: pisugar2(0xa2, 0xa4, 4468, 0x4000 - 536),
    reported: { voltageMv: 3800, currentMa: -400, mains: 'off' },
  },
  {
    id: 'pisugar-2',
    chip: pisugar2(0xa2, 0xa4, 4468, 536),
    reported: { currentMa: 400, mains: 'on', isCharging: true },
  },
  {
    id: 'pisugar-2-pro',
    chip: pisugar2(0xd0, 0xd2, 4468, 0x4000 - 149),
    reported: { voltageMv: 3800, currentMa: -400, chargePct: 77, mains: 'off' },
  },
  {
    id: 'pisugar-2-pro',
    // (3700 - 2600) / 0.26855 = 4096.
    chip: pisugar2(0xd0, 0xd2, 4096, 149),
    reported: { voltageMv: 3700, currentMa: 400, chargePct: 65, mains: 'on' },
  },
  {
    id: 'pisugar-3',
    chip: pisugar3(0x80),
    reported: { voltageMv: 3900, chargePct: 64, mains: 'on' },
  },
  { id: 'pisugar-3', chip: pisugar3(0x00), reported: { mains: 'off', isCharging: false } },
  {
    id: 'upsplus',
    chip: ina219(3900, -5000),
    reported: { voltageMv: 3900, currentMa: -1000, mains: 'off' },
  },
  { id: 'upsplus', chip: ina219(4100, 1000), reported: { currentMa: 200, mains: 'on' } },
  {
    id: 'ina226-1s',
    chip: { words: { 254: 0x5449, 255: 0x2260, 2: 3200, 1: -2000 & 0xffff } },
    reported: { voltageMv: 4000, currentMa: -500, mains: 'off' },
  },
  {
    id: 'ina226-1s',
    chip: { words: { 254: 0x5449, 255: 0x2260, 2: 3200, 1: 800 } },
    reported: { currentMa: 200, mains: 'on' },
  },
];

async function readBoard({ id, chip, pin }: Omit<Fixture, 'reported'>): Promise<BatteryState> {
  const board = BOARDS.find((one) => one.id === id);
  const bus = openFakeBus({ [board?.address ?? 0]: chip });
  const gpio = openSimulatedGpio(systemClock);
  if (pin) gpio.press(`${id} mains`);
  const lines = pin === undefined ? undefined : gpio.driver;
  const battery = await openBattery({ board: id }, bus, lines, systemClock, never);
  assert.ok(battery);
  await using open = battery;
  return open.read(never);
}

for (const fixture of FIXTURES) {
  const { mains } = fixture.reported;
  test(`${fixture.id} reports its registers as its datasheet has them, mains ${mains}`, async () => {
    const state = await readBoard(fixture);
    assert.is(state.phase, 'known', JSON.stringify(state));
    for (const [key, value] of Object.entries(fixture.reported)) {
      assert.is((state as unknown as Record<string, unknown>)[key], value, key);
    }
  });
}

test('every board has a fixture with the mains on and one with them off', () => {
  for (const { id } of BOARDS) {
    const reported = FIXTURES.filter((one) => one.id === id).map((one) => one.reported.mains);
    assert.equal(reported.toSorted(), ['off', 'on'], id);
  }
  assert.ok(BOARDS.length >= 10);
});

test('a current that no PiJuice can carry is left out, and the rest is reported', async () => {
  const glitch = { ...pijuice(0x00).blocks, 75: sealed([26_601 & 0xff, 26_601 >> 8]) };
  const state = await readBoard({ id: 'pijuice', chip: { blocks: glitch } });
  assert.equal(state.phase === 'known' && [state.currentMa, state.chargePct], [undefined, 73]);
});

for (const [id, register] of [
  ['pisugar-2', 0xa2],
  ['pisugar-2-pro', 0xd0],
] as const) {
  test(`${id}: registers of zeros are no voltage`, async () => {
    const state = await readBoard({ id, chip: pisugar2(register, register + 2, 0, 0) });
    assert.match(state.phase === 'unknown' ? state.reason : '', 'all zeros');
  });
}

test('a mains pin that cannot be read is unknown, not lost', async () => {
  const chip = max17040(3850, 50);
  const state = await readBoard({ id: 'geekworm-x728', chip });
  assert.is(state.phase === 'known' && state.mains, 'unknown');
});

test('a chip that does not answer is a state that names what was asked', async () => {
  const battery = await openBattery(
    { board: 'pijuice' },
    openFakeBus({}),
    undefined,
    systemClock,
    never,
  );
  const state = await battery?.read(never);
  assert.is(state?.phase, 'unknown');
  assert.match(state?.phase === 'unknown' ? state.reason : '', 'EREMOTEIO');
});

test('an address that several boards share is refused with their names', async () => {
  for (const address of [0x36, 0x40, 0x42, 0x43, 0x45, 0x75]) {
    assert.is(chooseBoard('auto', [address]).kind, 'ambiguous', `0x${address.toString(16)}`);
  }
  const bus = openFakeBus({ 54: max17040(3850, 50) });
  try {
    await openBattery({ board: 'auto' }, bus, undefined, systemClock, never);
    assert.unreachable();
  } catch (error) {
    assert.match(
      String(error),
      /0x36: name one of geekworm-x728-v1, geekworm-x728, geekworm-x1200/,
    );
  }
});

test('a bus that hangs while boards are searched is reported, not taken for an empty one', async () => {
  const hung = async () => {
    throw new HalError('TIMEOUT', 'i2c-1: no answer in 250 ms');
  };
  const registers = { readByte: hung, readWord: hung, readBlock: hung, writeByte: hung };
  const bus = { name: 'i2c-1', at: () => registers, [Symbol.asyncDispose]: async () => {} };
  const error = await openBattery({ board: 'auto' }, bus, undefined, systemClock, never).catch(
    (reason: unknown) => reason,
  );
  assert.is(error instanceof HalError && error.code, 'TIMEOUT');
});

test('a board whose address is its own is found by it', () => {
  const choice = chooseBoard('auto', [0x2d]);
  assert.is(choice.kind === 'board' && choice.board.id, 'waveshare-ups-hat-e');
  assert.is(chooseBoard('auto', [0x20]).kind, 'none');
  assert.is(chooseBoard('no-such-board', [0x2d]).kind, 'none');
});

test.run();
