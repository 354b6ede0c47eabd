/** GPIO lines of the panel and of the battery board. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { panelSchema } from '../../../daemon/config/panel.ts';
import { powerSchema } from '../../../daemon/config/power.ts';
import { openLines } from '../../../daemon/devices/lines.ts';
import type { SimulatedDevices } from '../../../daemon/devices/simulated-controls.ts';
import { openBattery } from '../../../hal/battery/open.ts';
import { openSimulatedGpio } from '../../../hal/gpio/simulated.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openFakeBus } from '../../hal/battery/fake-bus.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('GPIO lines by who uses them');
const never = new AbortController().signal;
const clock = new VirtualClock();

const configOf = (board: string, driver: string) => ({
  power: v.parse(powerSchema, { board }),
  panel: v.parse(panelSchema, { driver }),
});
const absent = () => {
  throw new HalError('NOT_FOUND', 'GPIO: no /dev/gpiochip*');
};

for (const driver of ['simulated', 'none', 'gpio']) {
  test(`an X728 beside the panel ${driver} reports the mains by the machine's own pin`, async () => {
    const real = openSimulatedGpio(clock);
    const config = configOf('geekworm-x728', driver);
    const lines = openLines(config, {}, { clock, log: silentLog }, () => real.driver);
    const bus = openFakeBus({ 54: { words: { 2: 3080 << 4, 4: 50 * 256 } } });
    const { board } = config.power;
    await using battery = await openBattery({ board }, bus, lines.battery, clock, never);
    const mains = async () => (await battery?.read(never)) ?? { phase: 'absent' };
    const on = await mains();
    assert.is('mains' in on && on.mains, 'on');
    real.press('geekworm-x728 mains');
    // A change is believed when a second reading agrees.
    await mains();
    const off = await mains();
    assert.is('mains' in off && off.mains, 'off');
    assert.is(lines.panel === real.driver, driver === 'gpio');
    assert.is(lines.panel === undefined, driver === 'none');
  });
}

test('a board whose pin cannot be read has unknown mains with the reason, which is logged', async () => {
  const warned: string[] = [];
  const log = { ...silentLog, warn: (text: string) => void warned.push(text) };
  const config = configOf('geekworm-x728', 'simulated');
  const simulated: SimulatedDevices = {};
  const lines = openLines(config, simulated, { clock, log }, absent);
  assert.equal(warned, ['no GPIO lines']);
  assert.ok(simulated.gpio !== undefined && lines.panel === simulated.gpio.driver);
  const bus = openFakeBus({ 54: { words: { 2: 3080 << 4, 4: 50 * 256 } } });
  await using battery = await openBattery(
    { board: 'geekworm-x728' },
    bus,
    lines.battery,
    clock,
    never,
  );
  const state = await battery?.read(never);
  assert.is(state?.phase === 'known' && state.mains, 'unknown');
  assert.is(state?.phase === 'known' && state.fault, 'this machine has no GPIO lines');
});

test('a panel on a machine without GPIO says so, lamps of the LED class apart, until the chip comes', () => {
  const real = openSimulatedGpio(clock);
  let isThere = false;
  const open = () => (isThere ? real.driver : absent());
  const { panel } = openLines(configOf('none', 'gpio'), {}, { clock, log: silentLog }, open);
  const spec = { name: 'power', line: 'GPIO22', isActiveLow: false };
  assert.throws(() => panel?.openOutput(spec, true), /no \/dev\/gpiochip/);
  assert.throws(
    () =>
      panel?.openInputs(
        [],
        () => undefined,
        () => undefined,
      ),
    /no \/dev\/gpiochip/,
  );
  isThere = true;
  panel?.openOutput(spec, true);
  assert.is(real.lamp('power'), true);
});

test('a simulated box opens no line of the machine', () => {
  const lines = openLines(
    configOf('simulated', 'simulated'),
    {},
    { clock, log: silentLog },
    absent,
  );
  assert.is(lines.battery, undefined);
  assert.is(lines.panel?.name, 'simulated');
});

test.run();
