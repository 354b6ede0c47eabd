/** Charge and time left of batteries, and the I2C bus below them. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openBoardBattery } from '../../../hal/battery/board-battery.ts';
import { BOARDS, type BoardProfile } from '../../../hal/battery/boards.ts';
import { chargeOf, LI_ION, restingMv } from '../../../hal/battery/curve.ts';
import { type EstimateState, stepEstimate } from '../../../hal/battery/estimate.ts';
import { gaugeOf } from '../../../hal/battery/gauges.ts';
import { BusLine } from '../../../hal/battery/i2c.ts';
import { fitted } from '../../../hal/battery/open.ts';
import { openSimulatedBattery, restMv } from '../../../hal/battery/simulated.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { openFakeBus } from './fake-bus.ts';
import { openMovedClock } from './support/moved-clock.ts';

const test = suite('battery');

const never = new AbortController().signal;
const board = {
  cells: 1,
  capacityMah: 2600,
  curve: LI_ION,
  cellMilliOhm: 60,
  mains: { by: 'gauge' },
} as const;

test('over a discharge, charge stays within 15 points and time left within 15 %', async () => {
  // Another cell than the curve's: 3 % less capacity, 20 % more resistance, and a voltage at
  // rest that is up to 10 mV beside it.
  const { clock, pass } = openMovedClock();
  const capacityMah = 2600 * 0.97;
  const cellMv = (at: number) => restMv(LI_ION, at) + 10 * Math.sin(at / 12);
  let pct = 96;
  let beat = 0;
  const drawMa = () => 620 + 150 * Math.sin(beat / 3);
  const battery = openBoardBattery({
    source: 'replay',
    board,
    gauge: async () => ({
      voltageMv: cellMv(pct) - drawMa() * 0.072,
      currentMa: -drawMa(),
      mains: 'off',
    }),
    clock,
  });
  let checked = 0;
  while (pct > 10) {
    const state = await battery.read(never);
    assert.is(state.phase, 'known');
    if (state.phase === 'known') {
      assert.ok(Math.abs((state.chargePct ?? 0) - pct) < 15, `${state.chargePct} % for ${pct} %`);
      // The draw's mean over its period is what empties the cell.
      const trueS = ((pct / 100) * capacityMah * 3600) / 620;
      if (beat > 12 && pct > 25) {
        checked += 1;
        const error = Math.abs((state.timeLeftS ?? 0) - trueS) / trueS;
        assert.ok(error < 0.15, `${state.timeLeftS} s for ${Math.round(trueS)} s at ${pct} %`);
      }
    }
    pass(5000);
    beat += 1;
    pct -= (drawMa() * 5) / 36 / capacityMah;
  }
  assert.ok(checked > 1000);
});

test('without a current, time left comes from the slope, after five minutes and a whole per cent', () => {
  let state: EstimateState | undefined;
  let pct = 80;
  let firstS: number | undefined;
  for (let s = 0; s <= 1800; s += 5) {
    const input = { atMs: s * 1000, chargePct: pct, currentMa: undefined, capacityMah: 5200 };
    const step = stepEstimate(state, { ...input, mains: 'off' });
    state = step.state;
    if (step.timeLeftS !== undefined) {
      firstS ??= s;
      const trueS = pct / 0.01;
      assert.ok(Math.abs(step.timeLeftS - trueS) / trueS < 0.15, `${step.timeLeftS} for ${trueS}`);
    }
    pct -= 0.05;
  }
  assert.is(firstS, 300);
});

test('time left is absent with mains, at first, after a long silence and with no draw', () => {
  const input = { chargePct: 80, currentMa: -500, mains: 'off', capacityMah: 2600 } as const;
  const first = stepEstimate(undefined, { ...input, atMs: 0 });
  assert.is(first.timeLeftS, undefined);
  const later = stepEstimate(first.state, { ...input, atMs: 31_000 });
  assert.is(later.timeLeftS, Math.round((0.8 * 2600 * 3600) / 500));
  assert.is(
    stepEstimate(later.state, { ...input, atMs: 32_000, mains: 'on' }).timeLeftS,
    undefined,
  );
  assert.is(stepEstimate(later.state, { ...input, atMs: 200_000 }).timeLeftS, undefined);
  assert.is(stepEstimate(later.state, { ...input, atMs: 10 }).timeLeftS, undefined);
  const idle = stepEstimate(undefined, { ...input, atMs: 0, currentMa: -5 });
  assert.is(
    stepEstimate(idle.state, { ...input, atMs: 31_000, currentMa: -5 }).timeLeftS,
    undefined,
  );
});

test('a gauge that never answers is a state after two seconds, and reading goes on', async () => {
  const fast = {
    ...systemClock,
    sleep: (ms: number, s?: AbortSignal) => systemClock.sleep(ms / 50, s),
  };
  let isHung = true;
  const gauge = () =>
    isHung ? new Promise<never>(() => {}) : Promise.resolve({ voltageMv: 3800 });
  const battery = openBoardBattery({ source: 'x', board, gauge, clock: fast });
  const state = await battery.read(never);
  assert.match(state.phase === 'unknown' ? state.reason : '', 'no answer in 2000 ms');
  isHung = false;
  assert.is((await battery.read(never)).phase, 'known');
});

test('mains that flicker for one reading are no power failure, two readings are', async () => {
  let mains: 'on' | 'off' = 'on';
  const gauge = async () => ({ voltageMv: 3900, mains });
  const battery = openBoardBattery({ source: 'x', board, gauge, clock: systemClock });
  const seen: unknown[] = [];
  for (const next of ['on', 'off', 'on', 'off', 'off', 'on', 'on'] as const) {
    mains = next;
    const state = await battery.read(never);
    seen.push(state.phase === 'known' && state.mains);
  }
  assert.equal(seen, ['on', 'on', 'on', 'on', 'off', 'off', 'on']);
});

test('a board with a bridge moved and its shunt turned round is read as it is fitted', () => {
  const hat = BOARDS.find(({ id }) => id === 'waveshare-ups-hat-c') as BoardProfile;
  const moved = fitted(hat, { board: hat.id, address: 0x41, isCurrentReversed: true });
  assert.is(moved.address, 0x41);
  assert.is('currentSign' in moved.gauge && moved.gauge.currentSign, -1);
  assert.equal(fitted(hat, { board: hat.id }), hat);
});

test('an aborted read rejects with the reason of the signal', async () => {
  const stop = new AbortController();
  const gauge = () => new Promise<never>(() => {});
  const battery = openBoardBattery({ source: 'x', board, gauge, clock: systemClock });
  const reading = battery.read(stop.signal).catch((error: unknown) => error);
  stop.abort(new Error('closing'));
  assert.match(String(await reading), 'closing');
});

test('a hung transfer times out once and the next ones are refused until it returns', async () => {
  const clock = new VirtualClock();
  const line = new BusLine('i2c-9', clock);
  let release = (_: number) => {};
  const hung = () =>
    new Promise<number>((resolve) => {
      release = resolve;
    });
  const failed = line.run('0x36', hung, never).catch((error: unknown) => error);
  await clock.advance(250);
  assert.match(String(await failed), 'no answer in 250 ms');
  let transfers = 0;
  const count = async () => {
    transfers += 1;
    return 7;
  };
  assert.match(
    String(await line.run('0x36', count, never).catch((error: unknown) => error)),
    'still hangs',
  );
  assert.is(transfers, 0);
  release(1);
  await clock.advance(1);
  assert.is(await line.run('0x36', count, never), 7);
});

test('a missing acknowledgement is tried three times, under either of its names', async () => {
  for (const code of ['EREMOTEIO', 'ENXIO']) {
    const line = new BusLine('i2c-9', systemClock);
    let tries = 0;
    const nak = async () => {
      tries += 1;
      throw Object.assign(new Error(code), { code });
    };
    const failed = await line.run('0x36', nak, never).catch((error: unknown) => error);
    assert.is(failed instanceof HalError && failed.code, 'GONE');
    assert.is(tries, 3);
  }
});

test('any register contents give a state with figures in range', async () => {
  const word = fc.integer({ min: 0, max: 0xffff });
  const byte = fc.integer({ min: 0, max: 0xff });
  const chip = fc.record({
    words: fc.dictionary(fc.constantFrom('1', '2', '4', '254', '255'), word),
    bytes: fc.array(byte, { minLength: 256, maxLength: 256 }).map((all) => ({ ...all })),
  });
  const phases = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...BOARDS), chip, async (profile, contents) => {
      const bus = openFakeBus({ [profile.address]: contents });
      const gauge = gaugeOf(profile, bus);
      const battery = openBoardBattery({
        source: profile.id,
        board: profile,
        gauge,
        clock: systemClock,
      });
      const state = await battery.read(never);
      phases.add(state.phase);
      if (state.phase !== 'known') return;
      const { chargePct = 0, voltageMv = 0, currentMa = 0 } = state;
      assert.ok(chargePct >= 0 && chargePct <= 100, `${profile.id}: ${chargePct} %`);
      assert.ok(voltageMv >= 0 && voltageMv < 6000 * profile.cells, `${profile.id}: ${voltageMv}`);
      assert.ok(Number.isFinite(currentMa));
    }),
    { numRuns: 400 },
  );
  assert.equal([...phases].toSorted(), ['known', 'unknown']);
});

test('the curve rises, and a load is taken out of the voltage before it is read', () => {
  let last = -1;
  for (let mv = 2900; mv < 4300; mv += 10) {
    const pct = chargeOf(LI_ION, mv);
    assert.ok(pct >= last && pct <= 100);
    last = pct;
  }
  assert.is(last, 100);
  assert.is(restingMv(3700, -1000, 60), 3760);
});

test('the simulated battery discharges as fast as it is drawn from', async () => {
  const { clock, pass } = openMovedClock();
  const pack = openSimulatedBattery({
    clock,
    capacityMah: 1000,
    drawMa: 500,
    chargeMa: 800,
    startPct: 80,
  });
  const charge = async () => {
    const state = await pack.battery.read(never);
    return state.phase === 'known' ? (state.chargePct ?? -1) : -1;
  };
  assert.ok(Math.abs((await charge()) - 80) < 0.2);
  pack.setMains(false);
  pass(3600_000);
  assert.ok(Math.abs((await charge()) - 30) < 0.2, String(await charge()));
  pack.breakWith('no acknowledgement');
  const state = await pack.battery.read(never);
  assert.is(state.phase === 'unknown' && state.reason, 'no acknowledgement');
});

test.run();
