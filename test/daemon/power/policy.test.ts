/** Tests of the power phases. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { PowerPhase } from '../../../daemon/model/snapshot.ts';
import {
  type PowerSettings,
  type PowerState,
  START_POWER,
  stepPower,
} from '../../../daemon/power/policy.ts';
import { runPower } from '../../../daemon/power/run.ts';
import type { BatteryReading, BatteryState } from '../../../hal/battery/port.ts';
import { openSimulatedBattery } from '../../../hal/battery/simulated.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('power policy');
const RANK: readonly PowerPhase[] = ['normal', 'saving', 'last-minutes', 'shut-down'];

const off = (change: Partial<BatteryReading>): BatteryReading => ({
  phase: 'known',
  source: 'test',
  mains: 'off',
  ...change,
});

/** Feeds a reading every 5 s; reports the phases that were gone through. */
class Pack {
  state: PowerState = START_POWER;
  atMs = 0;
  settings: PowerSettings = {};
  phases: PowerPhase[] = ['normal'];

  read(battery: BatteryState, times = 1): this {
    for (let i = 0; i < times; i += 1) {
      this.atMs += 5_000;
      this.state = stepPower(this.state, battery, this.settings, this.atMs, this.atMs);
      if (this.state.phase !== this.phases.at(-1)) this.phases.push(this.state.phase);
    }
    return this;
  }

  get phase(): PowerPhase {
    return this.state.phase;
  }
}

test('on mains all is normal, whatever the charge', () => {
  assert.is(new Pack().read(off({ mains: 'on', chargePct: 1, timeLeftS: 10 }), 50).phase, 'normal');
  assert.is(new Pack().read({ phase: 'absent' }, 50).phase, 'normal');
});

test('a discharge goes through every phase in order', () => {
  const pack = new Pack();
  for (let leftS = 7_200; leftS > 0; leftS -= 5) {
    pack.read(off({ chargePct: leftS / 72, timeLeftS: leftS, currentMa: -900 }));
  }
  assert.equal(pack.phases, RANK);
});

test('an unknown battery never shuts the machine down', () => {
  const unknown = { phase: 'unknown', source: 'x', reason: 'no answer' } as const;
  assert.is(new Pack().read({ ...unknown, mains: 'unknown' }, 500).phase, 'normal');
  assert.is(new Pack().read({ ...unknown, mains: 'off' }, 500).phase, 'saving');
  const low = new Pack().read(off({ chargePct: 8, timeLeftS: 600 }), 10);
  assert.is(low.phase, 'last-minutes');
  assert.is(low.read({ ...unknown, mains: 'off' }, 500).phase, 'last-minutes');
});

test('one figure alone never shuts the machine down', () => {
  assert.is(new Pack().read(off({ timeLeftS: 30 }), 500).phase, 'last-minutes');
  assert.is(new Pack().read(off({ chargePct: 0 }), 500).phase, 'last-minutes');
  const contradicted = new Pack().read(off({ chargePct: 0, timeLeftS: 20_000 }), 500);
  assert.is(contradicted.phase, 'last-minutes');
  assert.is(new Pack().read(off({ chargePct: 90, timeLeftS: 30 }), 500).phase, 'last-minutes');
});

test('a charge that was seen to fall shuts down without a time left', () => {
  const pack = new Pack();
  for (let pct = 7; pct >= 4; pct -= 0.1) pack.read(off({ chargePct: pct }));
  assert.is(pack.phase, 'shut-down');
});

test('a charge that fell to nothing shuts down, whatever a stuck estimate says', () => {
  const pack = new Pack();
  for (const chargePct of [9, 6, 4, 2, 1]) {
    pack.read(off({ chargePct, timeLeftS: 1_188 }), 6);
    if (chargePct > 2) assert.is(pack.phase, 'last-minutes', `${chargePct} %`);
  }
  pack.read(off({ chargePct: 0, timeLeftS: 1_188 }), 6);
  assert.is(pack.phase, 'shut-down');
  const stuck = new Pack().read(off({ chargePct: 0, timeLeftS: 1_188 }), 60);
  assert.is(stuck.phase, 'last-minutes', 'a gauge that never moved is not believed');
});

test('five bad readings among good ones do not shut down, six in a row do', () => {
  const good = off({ chargePct: 15, timeLeftS: 1_000 });
  const bad = off({ chargePct: 6, timeLeftS: 100 });
  const pack = new Pack();
  for (let i = 0; i < 20; i += 1) pack.read(bad, 5).read(good);
  assert.is.not(pack.phase, 'shut-down');
  assert.is(pack.read(bad, 6).phase, 'shut-down');
});

test('a gauge that jumps is not believed', () => {
  const pack = new Pack();
  for (let i = 0; i < 50; i += 1) {
    pack.read(off({ chargePct: i % 2 === 0 ? 80 : 2, timeLeftS: i % 2 === 0 ? 9_000 : 60 }));
  }
  assert.is(pack.phase, 'normal');
});

test('readings between two phases still lead to the milder one', () => {
  const pack = new Pack();
  for (let i = 0; i < 20; i += 1) pack.read(off({ chargePct: i % 2 === 0 ? 11.9 : 15 }));
  assert.is(pack.phase, 'saving');
});

test('noise around a threshold does not make a phase flap', () => {
  const pack = new Pack().read(off({ chargePct: 39.5 }), 10);
  for (let i = 0; i < 200; i += 1) pack.read(off({ chargePct: 40 + Math.sin(i / 3) * 2 }));
  assert.equal(pack.phases, ['normal', 'saving']);
});

test('the mains that come back make it normal within 15 s, and a flicker of them does not', () => {
  const pack = new Pack().read(off({ chargePct: 30 }), 10);
  pack.read(off({ chargePct: 30, mains: 'on' })).read(off({ chargePct: 30 }), 5);
  assert.is(pack.phase, 'saving');
  assert.is(pack.read(off({ chargePct: 30, mains: 'on' }), 3).phase, 'normal');
});

test('a shut-down that was begun is carried through', () => {
  const pack = new Pack().read(off({ chargePct: 5, timeLeftS: 200 }), 8);
  assert.is(pack.phase, 'shut-down');
  assert.is(pack.read(off({ chargePct: 5, mains: 'on' }), 50).phase, 'shut-down');
});

test('a shut-down that did not come leaves the box to its readings', () => {
  const pack = new Pack().read(off({ chargePct: 3, timeLeftS: 60 }), 10);
  assert.is(pack.phase, 'shut-down');
  pack.settings = { isNotOff: true };
  pack.read(off({ chargePct: 3, timeLeftS: 60 }), 20);
  assert.is(pack.phase, 'shut-down', 'it still has to go');
  pack.read(off({ mains: 'on', chargePct: 3 }), 4);
  assert.is(pack.phase, 'normal');
});

test('what the planned end does not need is not saved', () => {
  const pack = new Pack();
  pack.settings = { plannedEndMs: 1_200_000 };
  assert.is(pack.read(off({ chargePct: 60, timeLeftS: 2_400 }), 10).phase, 'normal');
  const late = new Pack();
  late.settings = { plannedEndMs: 7_200_000 };
  assert.is(late.read(off({ chargePct: 60, timeLeftS: 6_000 }), 10).phase, 'saving');
});

test('a board that reports neither mains nor current is read by its falling charge', () => {
  const pack = new Pack();
  const silent = (chargePct: number) => off({ chargePct, mains: 'unknown' });
  assert.is(pack.read(silent(30), 50).phase, 'normal');
  for (let pct = 30; pct > 3; pct -= 0.1) pack.read(silent(pct));
  assert.is(pack.phase, 'shut-down');
  const charging = new Pack();
  for (let pct = 1; pct < 60; pct += 0.1) charging.read(silent(pct));
  assert.is(charging.phase, 'normal');
});

test('whatever the readings, no single kind of figure shuts down and phases are sound', () => {
  const pct = fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined });
  const reading = fc.record({
    chargePct: pct,
    timeLeftS: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
    mains: fc.constantFrom('on', 'off', 'unknown'),
  });
  fc.assert(
    fc.property(
      fc.array(reading, { maxLength: 60 }),
      fc.constantFrom('chargePct', 'timeLeftS'),
      (readings, kept) => {
        const pack = new Pack();
        for (const { mains, ...figures } of readings) {
          const figure = figures[kept];
          // The charge does not change here: a stuck gauge.
          const value = kept === 'chargePct' ? (readings[0]?.chargePct ?? 0) : figure;
          pack.read(off({ mains, ...(value === undefined ? {} : { [kept]: value }) }));
          assert.is.not(pack.phase, 'shut-down');
        }
      },
    ),
  );
});

/** A pack at a draw with some noise, by the simulated battery and the real estimator. */
async function discharge(options: {
  readonly capacityMah: number;
  readonly drawMa: number;
  readonly noise: number;
}): Promise<{ readonly phases: readonly PowerPhase[]; readonly leftS: number }> {
  const clock = new VirtualClock();
  const { capacityMah, drawMa, noise } = options;
  const pack = openSimulatedBattery({ clock, capacityMah, drawMa, chargeMa: 1_000, startPct: 60 });
  const phases: PowerPhase[] = [];
  const stop = new AbortController();
  let leftS = -1;
  let isNoisy = 0;
  pack.setMains(false);
  const running = runPower(
    {
      battery: pack.battery,
      settings: () => ({}),
      onBattery: () => {
        isNoisy = (isNoisy + 1) % 7;
        pack.setDrawMa(drawMa * (1 + (noise * (isNoisy - 3)) / 3));
      },
      shedLoadsIn: () => [],
      onPhase: (phase) => {
        phases.push(phase);
        if (phase === 'shut-down') leftS = -clock.monotonicMs() / 1000;
      },
      onEvent: () => undefined,
      clock,
      log: silentLog,
    },
    stop.signal,
  );
  const totalS = (0.6 * capacityMah * 3_600) / drawMa;
  await clock.advance(totalS * 1_000);
  stop.abort();
  await running;
  return { phases, leftS: leftS + totalS };
}

for (const [capacityMah, drawMa, noise] of [
  [2_600, 900, 0],
  [2_600, 2_600, 0.3],
  [10_000, 1_500, 0.5],
  [5_200, 5_200, 0.2],
] as const) {
  test(`${capacityMah} mAh at ${drawMa} mA: two minutes and more are left at the shut-down`, async () => {
    const { phases, leftS } = await discharge({ capacityMah, drawMa, noise });
    assert.equal(phases, RANK);
    assert.ok(leftS >= 120, `${leftS} s left`);
    assert.ok(leftS <= 900, `${leftS} s given away`);
  });
}

test('a gauge that breaks in the last minutes leaves the phase as it is', async () => {
  const clock = new VirtualClock();
  const pack = openSimulatedBattery({
    clock,
    capacityMah: 1_000,
    drawMa: 1_000,
    chargeMa: 100,
    startPct: 15,
  });
  const phases: PowerPhase[] = [];
  const stop = new AbortController();
  pack.setMains(false);
  const running = runPower(
    {
      battery: pack.battery,
      settings: () => ({}),
      onBattery: () => undefined,
      shedLoadsIn: () => [],
      onPhase: (phase) => phases.push(phase),
      onEvent: () => undefined,
      clock,
      log: silentLog,
    },
    stop.signal,
  );
  await clock.advance(120_000);
  pack.breakWith('no answer');
  await clock.advance(1_200_000);
  assert.is(phases.at(-1), 'last-minutes');
  stop.abort();
  await running;
});

test.run();
