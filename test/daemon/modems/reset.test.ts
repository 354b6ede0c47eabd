import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import type { BoxEvent } from '../../../daemon/model/commands.ts';
import type { BoxSnapshot, ModemMaintenance } from '../../../daemon/model/snapshot.ts';
import { linkUseOf, plannedLinkOf } from '../../../daemon/modems/link-state.ts';
import { maintainModems } from '../../../daemon/modems/maintenance.ts';
import { openSimulatedGpio } from '../../../hal/gpio/simulated.ts';
import { openModemManager } from '../../../hal/modem/modem-manager.ts';
import type { ModemState, Modems, ModemsState } from '../../../hal/modem/port.ts';
import { openSimulatedModems } from '../../../hal/modem/simulated.ts';
import { withSupply } from '../../../hal/modem/supply.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { startBus, startFakeManager } from '../../support/modem/modem-manager.ts';
import { link, WELL } from '../../support/snapshot.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const test = suite('a modem that does not come back');
const never = new AbortController().signal;

const MODEM: ModemState = {
  id: '861',
  model: 'EM7455',
  registration: 'connected',
  technology: 'lte',
  sim: 'ready',
  interfaceName: 'wwan0',
  addresses: ['10.0.0.2'],
};
const OTHER: ModemState = { ...MODEM, id: '862', interfaceName: 'wwan1', addresses: [] };
const TWO_LINKS =
  'uplink: {host: h, port: 1, links: [{id: 5g, device: wwan0}, {id: lte, device: wwan1}]}';

type Box = Pick<BoxSnapshot, 'modems' | 'uplink' | 'children' | 'system'>;

const idle = (...modems: readonly ModemState[]): Box => ({
  modems: { phase: 'known', modems },
  uplink: undefined,
  children: {},
  system: undefined,
});

type LinkState = Parameters<typeof link>[1];

/** On air over two links. */
function live(first: LinkState, second: LinkState, change: Partial<ModemState> = {}): Box {
  const { uplink, children, system } = WELL;
  assert.ok(uplink?.bond);
  const bond = { ...uplink.bond, links: [link('5g', first), link('lte', second)] };
  const modems = [{ ...MODEM, ...change }, OTHER];
  return { modems: { phase: 'known', modems }, uplink: { ...uplink, bond }, children, system };
}

interface Options {
  readonly yaml?: string;
  readonly canPower?: boolean;
  readonly act?: Modems['act'];
}

/** The daemon's task, in front of modems that only hear. */
async function careOf(first: Box, options: Options = {}) {
  const clock = new VirtualClock();
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-care-'));
  const stop = new AbortController();
  const acts: [atS: number, id: string, action: string][] = [];
  const events: BoxEvent[] = [];
  let box = first;
  let care: readonly ModemMaintenance[] | undefined;
  const run = maintainModems(
    {
      config: parseConfig('x', options.yaml ?? TWO_LINKS, []),
      modems: {
        canPower: options.canPower ?? false,
        act: async (id, action, signal) => {
          acts.push([Math.round(clock.monotonicMs() / 1000), id, action]);
          await options.act?.(id, action, signal);
        },
        sendPin: async () => {},
      },
      snapshot: () => box,
      stateFolder: folder,
      onMaintenance: (now) => {
        care = now;
      },
      onEvent: (event) => events.push(event),
      clock,
      log: silentLog,
    },
    stop.signal,
  );
  await until(() => care !== undefined, 30_000);
  return {
    acts,
    actions: () => acts.map(([, , action]) => action),
    events,
    care: () => care,
    set: (next: Box) => {
      box = next;
    },
    pass: (seconds: number) => pass(clock, seconds),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await run;
      await rm(folder, { recursive: true });
    },
  };
}

async function pass(clock: VirtualClock, seconds: number): Promise<void> {
  for (let s = 0; s < seconds; s += 1) {
    await clock.advance(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const searching = { ...MODEM, registration: 'searching' } as const;

test('nothing is done in the first two minutes; then it climbs, ever more seldom, and tells each step', async () => {
  await using box = await careOf(idle(searching));
  await box.pass(160);
  assert.equal(box.acts, []);
  await box.pass(4 * 3600);
  assert.equal(box.actions().slice(0, 3), ['reconnect', 'reset', 'reset']);
  assert.ok(box.acts.length <= 14, `${box.acts.length} resets in four hours`);
  assert.is(box.events.length, box.acts.length);
  assert.equal(box.events[0]?.data, {
    modem: '861',
    model: 'EM7455',
    action: 'reconnect',
    reason: 'it is searching',
  });
  assert.is(box.care()?.[0]?.reset?.action, 'reset');
});

test('one that is back is told as well after two minutes, and climbs from the first rung again', async () => {
  await using box = await careOf(idle(searching));
  await box.pass(300);
  const before = box.acts.length;
  assert.ok(before > 0);
  box.set(idle(MODEM));
  await box.pass(60);
  assert.ok(box.care()?.[0]?.reset);
  await box.pass(90);
  assert.is(box.care()?.[0]?.reset, undefined);
  box.set(idle(searching));
  await box.pass(60);
  assert.equal(box.actions().slice(before), ['reconnect']);
});

test('one that comes back only for a moment is not reset each time', async () => {
  await using box = await careOf(idle(searching));
  for (let i = 0; i < 72; i += 1) {
    box.set(idle(MODEM));
    await box.pass(50);
    box.set(idle(searching));
    await box.pass(50);
  }
  assert.ok(box.acts.length <= 8, `${box.acts.length} resets in two hours`);
});

test('a modem that no link wants and that was never connected is left alone, as is a disabled link', async () => {
  const spare = { ...searching, interfaceName: 'wwan7', addresses: [] };
  await using box = await careOf(idle(spare));
  await box.pass(1200);
  assert.equal(box.acts, []);
  box.set(idle({ ...spare, registration: 'connected' }));
  await box.pass(10);
  box.set(idle(spare));
  await box.pass(60);
  assert.equal(box.actions(), ['reconnect']);
  const disabled = 'uplink: {host: h, port: 1, links: [{id: a, device: wwan0, enabled: false}]}';
  await using left = await careOf(idle(searching), { yaml: disabled });
  await left.pass(1200);
  assert.equal(left.acts, []);
});

test('a serial modem that another program has dialled is connected by its interface', async () => {
  const yaml = `${TWO_LINKS}\nmodems: {driver: at, at_ports: [/dev/ttyUSB2]}`;
  const { system } = WELL;
  assert.ok(system);
  const registered = idle({ ...MODEM, registration: 'registered' });
  const wwan0 = (addresses: readonly string[]) => ({
    ...registered,
    system: {
      ...system,
      interfaces: [{ name: 'wwan0', isUp: true, addresses, rxBytesTotal: 0, txBytesTotal: 0 }],
    },
  });
  await using box = await careOf(wwan0(['10.0.0.2']), { yaml });
  await box.pass(1200);
  assert.equal(box.acts, []);
  box.set(wwan0(['fe80::1']));
  await box.pass(60);
  assert.equal(box.actions(), ['reconnect']);
});

test('modems.reset: false leaves all to people; so are a PIN, a refusal and an empty slot', async () => {
  const yaml = `${TWO_LINKS}\nmodems: {reset: false}`;
  await using off = await careOf(idle(searching), { yaml });
  await off.pass(1200);
  assert.equal(off.acts, []);
  const states: readonly Partial<ModemState>[] = [
    { registration: 'locked', sim: 'puk' },
    { registration: 'denied' },
    { registration: 'failed', sim: 'absent' },
  ];
  for (const change of states) {
    await using box = await careOf(idle({ ...MODEM, ...change }));
    await box.pass(600);
    assert.equal(box.acts, []);
  }
});

test('connected with a dead link, while another carries, is reset after two minutes', async () => {
  await using box = await careOf(live('active', 'active'));
  await box.pass(200);
  box.set(live('stalled', 'active'));
  await box.pass(115);
  assert.equal(box.acts, []);
  await box.pass(10);
  assert.equal(
    box.acts.map(([, id, action]) => [id, action]),
    [['861', 'reconnect']],
  );
  assert.match(String(box.events[0]?.data['reason']), 'its link carries nothing');
  await box.pass(7200);
  assert.ok(box.acts.length <= 9, `${box.acts.length} resets in two hours`);
});

test('with all links dead the receiver may be away: only a modem that receives nothing is reset', async () => {
  await using unknown = await careOf(live('out', 'out'));
  await unknown.pass(1200);
  assert.equal(unknown.acts, []);
  await using hearing = await careOf(live('out', 'out', { rxBytesTotal: 0 }));
  for (let i = 1; i < 60; i += 1) {
    hearing.set(live('out', 'out', { rxBytesTotal: i * 5000 }));
    await hearing.pass(20);
  }
  assert.equal(hearing.acts, []);
  await using deaf = await careOf(live('out', 'out', { rxBytesTotal: 5000 }));
  await deaf.pass(400);
  assert.is(deaf.acts[0]?.[2], 'reconnect');
});

test('a link that carries is well, whatever its modem says', async () => {
  await using box = await careOf(live('active', 'active', { registration: 'registered' }));
  await box.pass(1200);
  assert.equal(box.acts, []);
});

test('a supply is cut last, not while another modem is connected, and for one that has gone', async () => {
  const off = { ...searching, registration: 'off' } as const;
  await using beside = await careOf(idle(off, OTHER), { canPower: true });
  await beside.pass(1200);
  assert.equal(beside.actions().slice(0, 3), ['enable', 'reset', 'reset']);
  await using alone = await careOf(idle(off), { canPower: true });
  await alone.pass(1200);
  assert.equal(alone.actions().slice(0, 3), ['enable', 'reset', 'power']);
  await using gone = await careOf(idle(MODEM), { canPower: true });
  await gone.pass(200);
  gone.set(idle());
  await gone.pass(60);
  assert.equal(gone.actions(), ['power']);
});

test('a refused reset is told with its reason, and the ladder goes on', async () => {
  await using box = await careOf(idle(searching), {
    act: async () => {
      throw new HalError('NOT_PERMITTED', 'polkit forbids it');
    },
  });
  await box.pass(400);
  assert.equal(box.actions().slice(0, 2), ['reconnect', 'reset']);
  assert.is(box.events[0]?.data['failure'], 'polkit forbids it');
});

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
  await using box = await careOf(idle(MODEM), { act: modems.act });
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

test('over D-Bus: ModemManager is given the PIN, and told to reconnect and reset', async () => {
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
      stateFolder: folder,
      onMaintenance: () => undefined,
      onEvent: () => undefined,
      clock,
      log: silentLog,
    },
    stop.signal,
  );
  const heard = (call: string) => async () => {
    await pass(clock, 20);
    return manager.calls.includes(call);
  };
  await until(heard('SendPin 4711'), 30_000);
  manager.change(8);
  await until(heard('Enable true'), 30_000);
  await until(heard('Reset'), 30_000);
  assert.is(manager.calls.filter((call) => call.startsWith('SendPin')).length, 1);
  stop.abort();
  await Promise.all([following, caring]);
  manager.stop();
  await bus.stop();
  await rm(folder, { recursive: true });
});

test.run();
