/** Charge and time left of every UPS board over a simulated discharge. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BOARDS } from '../../../hal/battery/boards.ts';
import { openBattery } from '../../../hal/battery/open.ts';
import { restMv } from '../../../hal/battery/simulated.ts';
import { openSimulatedGpio } from '../../../hal/gpio/simulated.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { block, type FakeChip, openFakeBus } from './fake-bus.ts';
import { ina219, max17040, pisugar2, sealed } from './support/board-chips.ts';

const test = suite('UPS boards over a discharge');

const never = new AbortController().signal;

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
  'waveshare-ups-hat-d': ({ packMv, ma }) => ina219(even4(packMv), -ma * 10),
  upsplus: ({ packMv, ma }) => ina219(even4(packMv), -ma * 5),
  'ina226-1s': ({ packMv, ma }) => ({
    words: { 254: 0x5449, 255: 0x2260, 2: Math.round(packMv / 1.25), 1: (-ma * 4) & 0xffff },
  }),
  // The board reports its own time; here it has none, so that ours is what is looked at.
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

test.run();
