/** Resets and PINs over the drivers: simulated, supply line, D-Bus. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { linkUseOf, plannedLinkOf } from '../../../daemon/modems/link-state.ts';
import { maintainModems } from '../../../daemon/modems/maintenance.ts';
import { openSimulatedGpio } from '../../../hal/gpio/simulated.ts';
import { openModemManager } from '../../../hal/modem/modem-manager.ts';
import type { ModemsState } from '../../../hal/modem/port.ts';
import { openSimulatedModems } from '../../../hal/modem/simulated.ts';
import { withSupply } from '../../../hal/modem/supply.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { LinkSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import { until } from '../../support/box.ts';
import { startBus } from '../../support/dbus/private-bus.ts';
import { startFakeManager } from '../../support/modem/modem-manager.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { idle, live, MODEM, maintain, never, OTHER, pass } from './support/maintained-modems.ts';

const test = suite('modem resets over drivers');

test('a link is found by interface, address or name', () => {
  const wish = { weight: 1, isBackup: false, isEnabled: true };
  const wishes = [
    { id: 'a', device: 'wwan1', ...wish },
    { id: 'b', address: '10.0.0.2', ...wish },
    { id: 'wwan0', ...wish },
  ];
  assert.is(plannedLinkOf(MODEM, wishes)?.id, 'b');
  assert.is(plannedLinkOf(OTHER, wishes)?.id, 'a');
  assert.is(plannedLinkOf({ ...MODEM, addresses: [] }, wishes)?.id, 'wwan0');
  const dead = { ...live('out', 'active'), children: {} };
  assert.is(linkUseOf({ id: '5g', ...wish }, dead), 'unknown');
});

test('a link whose interface has another name now is found by that', () => {
  const wish = { weight: 1, isBackup: false, isEnabled: true };
  const wishes = ['wwan0', 'wwan1'].map((device) => ({ id: `by-${device}`, device, ...wish }));
  const uplinkOf = (...devices: readonly (readonly [id: string, device: string])[]) => {
    const [link] = live('active', 'active').uplink?.bond?.links ?? [];
    const links = devices.map(([id, device]) => ({ ...(link as LinkSnapshot), id, device }));
    const { uplink } = live('active', 'active');
    return uplink?.bond && { ...uplink, bond: { ...uplink.bond, links } };
  };
  const at = (interfaceName: string, uplink: ReturnType<typeof uplinkOf>) =>
    plannedLinkOf({ ...MODEM, interfaceName }, wishes, uplink)?.id;
  const swapped = uplinkOf(['by-wwan0', 'wwan1'], ['by-wwan1', 'wwan0']);
  assert.equal([at('wwan0', swapped), at('wwan1', swapped)], ['by-wwan1', 'by-wwan0']);
  const moved = uplinkOf(['by-wwan0', 'lte7']);
  assert.equal([at('lte7', moved), at('wwan0', moved)], ['by-wwan0', undefined]);
  // The first is missing, and the second has its name.
  assert.is(at('wwan0', uplinkOf(['by-wwan1', 'wwan0'])), 'by-wwan1');
});

test('a simulated modem that hangs is brought back by its reset', async () => {
  const clock = new VirtualClock();
  const points = [{ fromS: 0, state: { registration: 'connected' as const } }];
  const modems = openSimulatedModems([{ id: '861', points, repeatS: 0 }], clock);
  const now = async (): Promise<ModemsState> => {
    for await (const state of modems.changes(never)) return state;
    return { phase: 'absent' };
  };
  const registration = async () => {
    const state = await now();
    return state.phase === 'known' ? state.modems[0]?.registration : undefined;
  };
  await using box = await maintain(idle(MODEM), { act: modems.act });
  await box.pass(130);
  modems.setHung('861', true);
  assert.is(await registration(), 'searching');
  for (let s = 0; s < 300; s += 1) {
    box.set({ ...idle(), modems: await now() });
    await box.pass(1);
    await clock.advance(1000);
  }
  assert.equal(box.actions(), ['reconnect', 'reset']);
  assert.is(modems.isHung('861'), false);
  assert.is(await registration(), 'connected');
});

test('a supply line is active for the cut alone', async () => {
  const clock = new VirtualClock();
  const gpio = openSimulatedGpio(clock);
  const modems = openSimulatedModems([], clock);
  const spec = { name: 'modem supply', line: 'GPIO26', isActiveLow: false };
  const switched = withSupply(modems, gpio.driver, spec, clock);
  const cut = switched.act('861', 'power', never);
  await clock.advance(7_900);
  assert.is(gpio.lamp('modem supply'), true);
  await clock.advance(200);
  await cut;
  assert.is(gpio.lamp('modem supply'), undefined);
});

test('over D-Bus: ModemManager is sent the PIN, and asked to reconnect and reset', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bus-'));
  const bus = await startBus(folder);
  const manager = await startFakeManager(bus.address, 2);
  const modems = openModemManager({ clock: systemClock, log: silentLog }, bus.address);
  const stop = new AbortController();
  let state: ModemsState = { phase: 'absent' };
  const following = (async () => {
    for await (const now of modems.changes(stop.signal)) state = now;
  })();
  const file = join(folder, 'sim.pin');
  await writeFile(file, '4711\n');
  const clock = new VirtualClock();
  const yaml = `modems: {driver: modem-manager, pin_files: {any: ${file}}}\nuplink: {host: h, port: 1, links: [{id: "867530900000017", address: 10.9.9.9}]}`;
  const caring = maintainModems(
    {
      config: parseConfig('x', yaml, []),
      modems,
      snapshot: () => ({ ...idle(), modems: state }),
      dataUse: { noteSim: () => undefined },
      stateFolder: folder,
      onMaintenance: () => undefined,
      onEvent: () => undefined,
      clock,
      log: silentLog,
    },
    stop.signal,
  );
  const received = (call: string) => async () => {
    await pass(clock, 20);
    return manager.calls.includes(call);
  };
  await until(received('SendPin 4711'), 30_000);
  manager.change(8);
  await until(received('Enable true'), 30_000);
  await until(received('Reset'), 30_000);
  assert.is(manager.calls.filter((call) => call.startsWith('SendPin')).length, 1);
  stop.abort();
  await Promise.all([following, caring]);
  manager.stop();
  await bus.stop();
  await rm(folder, { recursive: true });
});

test.run();
