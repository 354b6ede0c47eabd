/** Batteries with a kernel driver, by the power supply class. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type EstimateState, stepEstimate } from '../../../hal/battery/estimate.ts';
import { openKernelBattery } from '../../../hal/battery/open.ts';
import { listBatteries, parseSupply, powerSupplyGauge } from '../../../hal/battery/power-supply.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { openMovedClock } from './support/moved-clock.ts';

const test = suite('power supply class');

const never = new AbortController().signal;

/** A folder like `/sys/class/power_supply`. */
async function makeSupplies() {
  const root = await mkdtemp(join(tmpdir(), 'power-supply-'));
  const supply = async (name: string, type: string, uevent: Record<string, string>) => {
    await mkdir(join(root, name), { recursive: true });
    await writeFile(join(root, name, 'type'), `${type}\n`);
    const lines = Object.entries(uevent).map(([key, value]) => `POWER_SUPPLY_${key}=${value}\n`);
    await writeFile(join(root, name, 'uevent'), lines.join(''));
  };
  return { root, supply };
}

test('the power supply class is read with its chargers, and a mouse is no pack', async () => {
  const { root, supply } = await makeSupplies();
  await supply('mouse', 'Battery', { SCOPE: 'Device', CAPACITY: '5', ONLINE: '1' });
  await supply('pen', 'USB', { SCOPE: 'Device', ONLINE: '1' });
  await supply('pack', 'Battery', {
    STATUS: 'Discharging',
    CAPACITY: '61',
    VOLTAGE_NOW: '7400000',
    CURRENT_NOW: '500000',
    TIME_TO_EMPTY_NOW: '3600',
  });
  await supply('ac', 'Mains', { ONLINE: '0' });
  assert.equal(await listBatteries(root), ['pack']);
  assert.equal(await powerSupplyGauge('pack', root)(never), {
    mains: 'off',
    chargePct: 61,
    voltageMv: 7400,
    currentMa: -500,
    isCharging: false,
    timeLeftS: 3600,
  });
  await writeFile(join(root, 'ac', 'uevent'), 'POWER_SUPPLY_ONLINE=1\n');
  assert.is((await powerSupplyGauge('pack', root)(never)).mains, 'on');
  const gone = await powerSupplyGauge('none', root)(never).catch((error: unknown) => error);
  assert.is(gone instanceof HalError && gone.code, 'GONE');
});

const DISCHARGING = {
  STATUS: 'Discharging',
  CAPACITY: '50',
  VOLTAGE_NOW: '7400000',
  CURRENT_NOW: '1000000',
};

/** Time left after a minute of these figures, in s. */
async function timeLeftOf(uevent: Record<string, string>, capacityMah?: number) {
  const { root, supply } = await makeSupplies();
  const { clock, pass } = openMovedClock();
  const config = { board: 'auto', ...(capacityMah === undefined ? {} : { capacityMah }) };
  const battery = openKernelBattery('pack', config, clock, root);
  await supply('pack', 'Battery', { ...DISCHARGING, ...uevent });
  await battery.read(never);
  pass(60_000);
  const state = await battery.read(never);
  assert.is(state.phase === 'known' && state.currentMa, -1000, JSON.stringify(state));
  return state.phase === 'known' ? state.timeLeftS : undefined;
}

test('time left of a kernel battery is made of the capacity that its driver or the config reports', async () => {
  assert.is(await timeLeftOf({ CHARGE_FULL: '10000000' }), 5 * 3600);
  assert.is(await timeLeftOf({ ENERGY_FULL: '74000000' }), 5 * 3600);
  assert.is(await timeLeftOf({ CHARGE_FULL: '10000000' }, 4000), 2 * 3600);
  assert.is(await timeLeftOf({}, 4000), 2 * 3600);
});

test('without a capacity that a pack can have, a current alone reports no time', async () => {
  assert.is(await timeLeftOf({}), undefined);
  assert.is(await timeLeftOf({ CHARGE_FULL: '0', ENERGY_FULL: '0' }), undefined);
  // The kernel's test_power says 100 uAh.
  assert.is(await timeLeftOf({ CHARGE_FULL: '100' }), undefined);
});

test('without a capacity, time left comes from the slope beside any current', () => {
  let state: EstimateState | undefined;
  let leftS: number | undefined;
  for (let s = 0; s <= 600; s += 5) {
    const figures = { chargePct: 80 - s / 100, currentMa: -900, capacityMah: undefined };
    const step = stepEstimate(state, { atMs: s * 1000, mains: 'off', ...figures });
    state = step.state;
    leftS = step.timeLeftS;
  }
  assert.ok(Math.abs((leftS ?? 0) - 7400) < 0.15 * 7400, String(leftS));
});

test('any uevent text parses', async () => {
  await fc.assert(
    fc.property(fc.string(), (text) => {
      assert.type(parseSupply(`${text}\nPOWER_SUPPLY_STATUS=Full\n`).STATUS, 'string');
    }),
  );
});

test.run();
