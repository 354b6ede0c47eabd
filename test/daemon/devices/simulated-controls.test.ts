/** Switches of the simulated devices: each device then fails as a real one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { openDevices } from '../../../daemon/devices/devices.ts';
import { withFoundDrivers } from '../../../daemon/devices/found-drivers.ts';
import { runningPanel } from '../../../daemon/devices/run-panel.ts';
import { openTestSound } from '../../../hal/audio/open.ts';
import { openTestCamera } from '../../../hal/camera/open.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { WELL } from '../../support/snapshot.ts';

const test = suite('switches of the simulated devices');
const never = new AbortController().signal;

/** No command is of interest here. */
const NOBODY = {
  commander: { run: async () => ({ status: 'done', detail: '' }) as const },
  opening: { open: () => undefined },
  state: { set: () => undefined, setPanelAway: () => undefined },
};

async function openDemo() {
  const config = withFoundDrivers(true)(parseConfig('demo', '', []));
  const [camera, sound] = [openTestCamera(config.camera), openTestSound()];
  const os = { clock: systemClock, log: silentLog };
  const devices = await openDevices(config, { camera, sound }, os, never);
  const panel = devices.simulatedControls;
  const state = () => {
    const shown = panel.state(WELL);
    if (shown === undefined) throw new Error('nothing is simulated');
    return shown;
  };
  const stop = new AbortController();
  const box = { ...os, devices, live: { current: () => config }, snapshot: () => WELL };
  const running = runningPanel(config, { ...box, ...NOBODY })(stop.signal);
  return {
    devices,
    panel,
    camera: camera.camera,
    sound: sound.sound,
    state,
    isOn: (name: string) => state().switches.find((other) => other.name === name)?.isOn,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
      await devices[Symbol.asyncDispose]();
    },
  };
}

test('each is on at first, stays where it is put, and has a name of its own', async () => {
  await using demo = await openDemo();
  const names = demo.state().switches.map(({ name }) => name);
  assert.ok(names.length >= 9 && new Set(names).size === names.length, names.join());
  for (const name of names) {
    assert.is(demo.isOn(name), true, name);
    assert.is(demo.panel.setSwitch(name, false), true);
    assert.is(demo.isOn(name), false, name);
    demo.panel.setSwitch(name, true);
    assert.is(demo.isOn(name), true, name);
  }
});

test('a camera or a sound source that is unplugged is not found, until it is plugged in', async () => {
  await using demo = await openDemo();
  for (const [name, device] of [
    ['camera', demo.camera],
    ['sound', demo.sound],
  ] as const) {
    const codeOf = () =>
      device.check(never).then(
        () => 'found',
        ({ code }: { code: string }) => code,
      );
    assert.is(await codeOf(), 'found');
    demo.panel.setSwitch(name, false);
    assert.is(await codeOf(), 'NOT_FOUND');
    demo.panel.setSwitch(name, true);
    assert.is(await codeOf(), 'found');
  }
});

test('the printer reports its open cover, no paper, nothing at all, or is away', async () => {
  await using demo = await openDemo();
  const status = async () => {
    const known = await demo.devices.printer.status(never);
    return known.phase === 'known' ? [known.isCoverOpen, known.paper] : known.phase;
  };
  const whileOff = async (name: string) => {
    demo.panel.setSwitch(name, false);
    const result = await status();
    demo.panel.setSwitch(name, true);
    return result;
  };
  assert.equal(await status(), [false, 'ok']);
  assert.equal(await whileOff('printer-cover'), [true, 'ok']);
  assert.equal(await whileOff('printer-paper'), [false, 'out']);
  assert.equal(await whileOff('printer-status'), 'silent');
  assert.equal(await whileOff('printer'), 'away');
  assert.equal(await status(), [false, 'ok']);
});

test('a battery board that is unplugged leaves the charge unknown', async () => {
  await using demo = await openDemo();
  demo.panel.setSwitch('battery', false);
  assert.is((await demo.devices.battery.read(never)).phase, 'unknown');
  demo.panel.setSwitch('battery', true);
  assert.is((await demo.devices.battery.read(never)).phase, 'known');
});

test('a button or a switch that does not exist is refused', async () => {
  await using demo = await openDemo();
  const [button] = demo.state().buttons;
  assert.is(demo.panel.press(button?.name ?? ''), true);
  assert.is(demo.panel.press('eject'), false);
  assert.is(demo.panel.setSwitch('fridge', false), false);
});

test('a modem that stops responding is on again after its reset', async () => {
  await using demo = await openDemo();
  demo.panel.setSwitch('sim-a', false);
  assert.is(demo.isOn('sim-a'), false);
  await demo.devices.modems.act('sim-a', 'reset', never);
  assert.is(demo.isOn('sim-a'), true);
});

test('a lamp keeps the time at which its rhythm started', async () => {
  await using demo = await openDemo();
  const first = demo.state().lamps;
  await systemClock.sleep(5, never);
  assert.equal(demo.state().lamps, first);
  const later = demo.panel.state({ ...WELL, drop: { phase: 'idle', sinceMs: 0 } })?.lamps ?? [];
  const onAir = (lamps: typeof first) => lamps.find(({ name }) => name === 'on-air');
  assert.ok((onAir(later)?.sinceMs ?? 0) > (onAir(first)?.sinceMs ?? 0));
});

test('a battery that another one replaces goes with its switch', async () => {
  await using demo = await openDemo();
  const board = (name: string) => parseConfig('demo', `power: {board: ${name}}`, []).power;
  await demo.devices.battery.use(board('none'), never);
  assert.is((await demo.devices.battery.read(never)).phase, 'absent');
  assert.equal([demo.isOn('battery'), demo.state().battery], [undefined, undefined]);
  await demo.devices.battery.use(board('simulated'), never);
  assert.is((await demo.devices.battery.read(never)).phase, 'known');
  assert.is(demo.isOn('battery'), true);
});

test('real devices have no panel', async () => {
  const yaml =
    'panel: {driver: none}\npower: {board: none}\nprinter: {driver: none}\nmodems: {driver: none}';
  const os = { clock: systemClock, log: silentLog };
  await using devices = await openDevices(parseConfig('x', yaml, []), {}, os, never);
  assert.is(devices.simulatedControls.state(WELL), undefined);
});

test.run();
