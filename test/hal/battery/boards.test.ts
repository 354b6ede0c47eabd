import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BOARDS, chooseBoard } from '../../../hal/battery/boards.ts';
import { openBattery } from '../../../hal/battery/open.ts';
import type { BatteryReading, BatteryState } from '../../../hal/battery/port.ts';
import { restMv } from '../../../hal/battery/simulated.ts';
import { openSimulatedGpio } from '../../../hal/gpio/simulated.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { block, type FakeChip, openFakeBus } from './fake-bus.ts';

const test = suite('UPS boards');
const never = new AbortController().signal;

const pijuice = (status: number): FakeChip => ({
  blocks: {
    64: sealed([status]),
    65: sealed([73]),
    73: sealed([0x8c, 0x0f]),
    75: sealed([0x2c, 0x01]),
  },
});

function sealed(body: readonly number[]): number[] {
  return [...body, body.reduce((sum, byte) => sum ^ byte, 0xff)];
}

/** INA219 and INA226 words: volts and the shunt's drop. */
const ina219 = (voltageMv: number, shuntMicroVolt: number): FakeChip => ({
  words: { 2: ((voltageMv / 4) << 3) | 2, 1: (shuntMicroVolt / 10) & 0xffff },
});
const max17040 = (voltageMv: number, pct: number): FakeChip => ({
  words: { 2: (voltageMv / 1.25) << 4, 4: Math.round(pct * 256) },
});
const waveshareE = (state: number): FakeChip => ({
  bytes: {
    2: state,
    ...block(0x20, [0x80, 0x3e, 0x0c, 0xfe, 62, 0, 0x10, 0x0e, 185, 0, 0, 0]),
  },
});
const pisugar2 = (voltage: number, current: number, v: number, i: number): FakeChip => ({
  bytes: { ...block(voltage, [v & 0xff, v >> 8]), ...block(current, [i & 0xff, i >> 8]) },
});
const pisugar3 = (state: number): FakeChip => ({
  bytes: { 2: state, 34: 0x0f, 35: 0x3c, 42: 64 },
});

interface Fixture {
  readonly id: string;
  readonly chip: FakeChip;
  /** Level of the mains pin, for boards that have one. */
  readonly pin?: boolean;
  readonly told: {
    readonly [K in keyof BatteryReading]?: BatteryReading[K] | undefined;
  };
}

/** Registers as the datasheets say a chip holds them, and what must be told of them. */
const FIXTURES: readonly Fixture[] = [
  // 7.4 V, -50 mV over 0.1 ohm: 3.7 V a cell, and 3.73 at rest.
  {
    id: 'waveshare-ups-hat',
    chip: ina219(7400, -50_000),
    told: {
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
    told: { currentMa: 300, mains: 'on', isCharging: true },
  },
  {
    id: 'waveshare-ups-hat-b',
    chip: ina219(7400, -5000),
    told: { voltageMv: 7400, currentMa: -500, mains: 'off' },
  },
  {
    id: 'waveshare-ups-hat-b',
    chip: ina219(8400, 0),
    told: { chargePct: 100, currentMa: 0, mains: 'on', isCharging: false },
  },
  {
    id: 'waveshare-ups-hat-c',
    chip: ina219(3600, 0),
    told: { voltageMv: 3600, chargePct: 18, mains: 'on' },
  },
  {
    id: 'waveshare-ups-hat-c',
    chip: ina219(3600, -8000),
    told: { currentMa: -800, chargePct: 24.7, mains: 'off' },
  },
  {
    id: 'waveshare-ups-hat-e',
    chip: waveshareE(0x00),
    told: {
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
    told: { mains: 'on', isCharging: true, timeLeftS: undefined },
  },
  // The X728's pin is high when the mains are lost; the X1200's is low.
  ...['geekworm-x728-v1', 'geekworm-x728'].flatMap((id): Fixture[] => [
    {
      id,
      chip: max17040(3850, 73.5),
      pin: true,
      told: { voltageMv: 3850, chargePct: 73.5, mains: 'off', isCharging: false },
    },
    { id, chip: max17040(3850, 73.5), pin: false, told: { mains: 'on', isCharging: undefined } },
  ]),
  ...['geekworm-x1200', 'geekworm-x1201', 'geekworm-x1209'].flatMap((id): Fixture[] => [
    {
      id,
      chip: max17040(4000, 81.25),
      pin: false,
      told: { voltageMv: 4000, chargePct: 81.3, mains: 'off' },
    },
    { id, chip: max17040(4000, 81.25), pin: true, told: { mains: 'on' } },
  ]),
  // Status 0b0011_0100: charging from its USB input; 0b0000_0000: neither input.
  {
    id: 'pijuice',
    chip: pijuice(0x34),
    told: { chargePct: 73, voltageMv: 3980, mains: 'on', isCharging: true },
  },
  {
    id: 'pijuice',
    chip: pijuice(0x00),
    told: { currentMa: -300, mains: 'off', isCharging: false },
  },
  // (3800 - 2600) / 0.26855 = 4468; -400 mA / 0.745985 = -536 in 14 bits.
  {
    id: 'pisugar-2',
    chip: pisugar2(0xa2, 0xa4, 4468, 0x4000 - 536),
    told: { voltageMv: 3800, currentMa: -400, mains: 'off' },
  },
  {
    id: 'pisugar-2',
    chip: pisugar2(0xa2, 0xa4, 4468, 536),
    told: { currentMa: 400, mains: 'on', isCharging: true },
  },
  {
    id: 'pisugar-2-pro',
    chip: pisugar2(0xd0, 0xd2, 4468, 0x4000 - 149),
    told: { voltageMv: 3800, currentMa: -400, chargePct: 77, mains: 'off' },
  },
  {
    id: 'pisugar-2-pro',
    // (3700 - 2600) / 0.26855 = 4096.
    chip: pisugar2(0xd0, 0xd2, 4096, 149),
    told: { voltageMv: 3700, currentMa: 400, chargePct: 65, mains: 'on' },
  },
  { id: 'pisugar-3', chip: pisugar3(0x80), told: { voltageMv: 3900, chargePct: 64, mains: 'on' } },
  { id: 'pisugar-3', chip: pisugar3(0x00), told: { mains: 'off', isCharging: false } },
  {
    id: 'upsplus',
    chip: ina219(3900, -5000),
    told: { voltageMv: 3900, currentMa: -1000, mains: 'off' },
  },
  { id: 'upsplus', chip: ina219(4100, 1000), told: { currentMa: 200, mains: 'on' } },
  {
    id: 'ina226-1s',
    chip: { words: { 254: 0x5449, 255: 0x2260, 2: 3200, 1: -2000 & 0xffff } },
    told: { voltageMv: 4000, currentMa: -500, mains: 'off' },
  },
  {
    id: 'ina226-1s',
    chip: { words: { 254: 0x5449, 255: 0x2260, 2: 3200, 1: 800 } },
    told: { currentMa: 200, mains: 'on' },
  },
];

async function readBoard({ id, chip, pin }: Omit<Fixture, 'told'>): Promise<BatteryState> {
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
  const { mains } = fixture.told;
  test(`${fixture.id} tells its registers as its datasheet has them, mains ${mains}`, async () => {
    const state = await readBoard(fixture);
    assert.is(state.phase, 'known', JSON.stringify(state));
    for (const [key, value] of Object.entries(fixture.told)) {
      assert.is((state as unknown as Record<string, unknown>)[key], value, key);
    }
  });
}

/** Registers of a board whose cells are at a charge and give a current. */
type Render = (cells: {
  readonly pct: number;
  readonly packMv: number;
  readonly ma: number;
}) => FakeChip;

const swapped = (value: number) => [value & 0xff, (value >> 8) & 0xff];

const RENDERERS: Readonly<Record<string, Render>> = {
  'waveshare-ups-hat': ({ packMv, ma }) => ina219(even4(packMv), -ma * 100),
  'waveshare-ups-hat-b': ({ packMv, ma }) => ina219(even4(packMv), -ma * 10),
  'waveshare-ups-hat-c': ({ packMv, ma }) => ina219(even4(packMv), -ma * 10),
  upsplus: ({ packMv, ma }) => ina219(even4(packMv), -ma * 5),
  'ina226-1s': ({ packMv, ma }) => ({
    words: { 254: 0x5449, 255: 0x2260, 2: Math.round(packMv / 1.25), 1: (-ma * 4) & 0xffff },
  }),
  // The board tells its own time; here it has none, so that ours is what is looked at.
  'waveshare-ups-hat-e': ({ pct, packMv, ma }) => ({
    bytes: {
      2: 0,
      ...block(0x20, [
        ...swapped(packMv),
        ...swapped(0x1_0000 - ma),
        Math.round(pct),
        0,
        0,
        0,
        0,
        0,
        0,
        0,
      ]),
    },
  }),
  pijuice: ({ pct, packMv, ma }) => ({
    blocks: {
      64: sealed([0]),
      65: sealed([Math.round(pct)]),
      73: sealed(swapped(packMv)),
      75: sealed(swapped(ma)),
    },
  }),
  'pisugar-2': ({ packMv, ma }) => pisugar2(0xa2, 0xa4, ipVolts(packMv), ipAmps(ma, 0.745985)),
  'pisugar-2-pro': ({ packMv, ma }) => pisugar2(0xd0, 0xd2, ipVolts(packMv), ipAmps(ma, 2.68554)),
  'pisugar-3': ({ pct, packMv }) => ({
    bytes: { 2: 0, 34: packMv >> 8, 35: packMv & 0xff, 42: Math.round(pct) },
  }),
};

const even4 = (mv: number) => Math.round(mv / 4) * 4;
const ipVolts = (mv: number) => Math.round((mv - 2600) / 0.26855);
const ipAmps = (ma: number, maPerBit: number) => 0x4000 - Math.round(ma / maPerBit);

for (const board of BOARDS) {
  test(`${board.id}: over a replayed discharge charge and time left stay within 15 %`, async () => {
    let nowMs = 0;
    const clock = { ...systemClock, monotonicMs: () => nowMs };
    const chips: Record<number, FakeChip> = {};
    const bus = openFakeBus(chips);
    const gpio = openSimulatedGpio(clock);
    // The pin's level while the mains are off.
    if (board.mains.by === 'line' && board.mains.lostWhen === 'high') {
      gpio.press(`${board.id} mains`);
    }
    const battery = await openBattery({ board: board.id }, bus, gpio.driver, clock, never);
    assert.ok(battery);
    // Other cells than the profile's: 3 % less capacity, 20 % more resistance, 10 mV beside the curve.
    const capacityMah = board.capacityMah * 0.97;
    const ma = Math.round(board.capacityMah / 4);
    let pct = 95;
    let checked = 0;
    const render = RENDERERS[board.id] ?? (({ packMv }) => max17040(packMv, pct));
    while (pct > 25) {
      const cellMv = restMv(board.curve, pct) + 10 * Math.sin(pct / 12);
      const packMv = Math.round((cellMv - (ma * board.cellMilliOhm * 1.2) / 1000) * board.cells);
      chips[board.address] = render({ pct, packMv, ma });
      const state = await battery.read(never);
      assert.is(state.phase, 'known', JSON.stringify(state));
      if (state.phase !== 'known') return;
      assert.is(state.mains, 'off');
      assert.ok(Math.abs((state.chargePct ?? -99) - pct) < 15, `${state.chargePct} for ${pct} %`);
      const trueS = ((pct / 100) * capacityMah * 3600) / ma;
      if (nowMs > 20 * 60_000) {
        checked += 1;
        const error = Math.abs((state.timeLeftS ?? 0) - trueS) / trueS;
        assert.ok(error < 0.15, `${state.timeLeftS} for ${trueS | 0} s at ${pct.toFixed(1)} %`);
      }
      nowMs += 10_000;
      pct -= (ma * 10) / 36 / capacityMah;
    }
    assert.ok(checked > 300, String(checked));
  });
}

test('every board has a fixture with the mains on and one with them off', () => {
  for (const { id } of BOARDS) {
    const told = FIXTURES.filter((one) => one.id === id).map((one) => one.told.mains);
    assert.equal(told.toSorted(), ['off', 'on'], id);
  }
  assert.ok(BOARDS.length >= 10);
});

test('a current that no PiJuice can carry is left out, and the rest is told', async () => {
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

test('a bus that hangs while boards are searched is told, not taken for an empty one', async () => {
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
