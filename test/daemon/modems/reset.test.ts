/** Tests of modem resets. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ModemState } from '../../../hal/modem/port.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { WELL } from '../../support/snapshot.ts';
import {
  idle,
  live,
  MODEM,
  maintain,
  OTHER,
  searching,
  TWO_LINKS,
} from './support/maintained-modems.ts';

const test = suite('modem resets');

test('nothing is done in the first two minutes; then each reset attempt is stronger, rarer and reported', async () => {
  await using box = await maintain(idle(searching));
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
    reason: 'searching',
  });
  assert.is(box.care()?.[0]?.reset?.action, 'reset');
});

test('one that is back counts as connected after two minutes, and starts with the first attempt again', async () => {
  await using box = await maintain(idle(searching));
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
  await using box = await maintain(idle(searching));
  for (let i = 0; i < 72; i += 1) {
    box.set(idle(MODEM));
    await box.pass(50);
    box.set(idle(searching));
    await box.pass(50);
  }
  assert.ok(box.acts.length <= 8, `${box.acts.length} resets in two hours`);
});

test('a modem without a link that was never connected is left alone, as is a disabled link', async () => {
  const spare = { ...searching, interfaceName: 'wwan7', addresses: [] };
  await using box = await maintain(idle(spare));
  await box.pass(1200);
  assert.equal(box.acts, []);
  box.set(idle({ ...spare, registration: 'connected' }));
  await box.pass(10);
  box.set(idle(spare));
  await box.pass(60);
  assert.equal(box.actions(), ['reconnect']);
  const disabled = 'uplink: {host: h, port: 1, links: [{id: a, device: wwan0, enabled: false}]}';
  await using left = await maintain(idle(searching), { yaml: disabled });
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
  await using box = await maintain(wwan0(['10.0.0.2']), { yaml });
  await box.pass(1200);
  assert.equal(box.acts, []);
  box.set(wwan0(['fe80::1']));
  await box.pass(60);
  assert.equal(box.actions(), ['reconnect']);
});

test('modems.reset: false leaves all to people; so do a PIN, a refusal and an empty slot', async () => {
  const yaml = `${TWO_LINKS}\nmodems: {reset: false}`;
  await using off = await maintain(idle(searching), { yaml });
  await off.pass(1200);
  assert.equal(off.acts, []);
  const states: readonly Partial<ModemState>[] = [
    { registration: 'locked', sim: 'puk' },
    { registration: 'denied' },
    { registration: 'failed', sim: 'absent' },
  ];
  for (const change of states) {
    await using box = await maintain(idle({ ...MODEM, ...change }));
    await box.pass(600);
    assert.equal(box.acts, []);
  }
});

test('connected with a dead link, while another carries, is reset after two minutes', async () => {
  await using box = await maintain(live('active', 'active'));
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

test('with all links down the receiver may be the cause: only a modem that receives nothing is reset', async () => {
  await using unknown = await maintain(live('out', 'out'));
  await unknown.pass(1200);
  assert.equal(unknown.acts, []);
  await using hearing = await maintain(live('out', 'out', { rxBytesTotal: 0 }));
  for (let i = 1; i < 60; i += 1) {
    hearing.set(live('out', 'out', { rxBytesTotal: i * 5000 }));
    await hearing.pass(20);
  }
  assert.equal(hearing.acts, []);
  await using deaf = await maintain(live('out', 'out', { rxBytesTotal: 5000 }));
  await deaf.pass(400);
  assert.is(deaf.acts[0]?.[2], 'reconnect');
});

test('a link in use is connected, whatever its modem reports', async () => {
  await using box = await maintain(live('active', 'active', { registration: 'registered' }));
  await box.pass(1200);
  assert.equal(box.acts, []);
});

test('a supply is cut last, not while another modem is connected, and for one that has gone', async () => {
  const off = { ...searching, registration: 'off' } as const;
  await using beside = await maintain(idle(off, OTHER), { canPower: true });
  await beside.pass(1200);
  assert.equal(beside.actions().slice(0, 3), ['enable', 'reset', 'reset']);
  await using alone = await maintain(idle(off), { canPower: true });
  await alone.pass(1200);
  assert.equal(alone.actions().slice(0, 3), ['enable', 'reset', 'power']);
  await using gone = await maintain(idle(MODEM), { canPower: true });
  await gone.pass(200);
  gone.set(idle());
  await gone.pass(60);
  assert.equal(gone.actions(), ['power']);
});

test('a refused reset is reported with its reason, and the next attempt follows', async () => {
  await using box = await maintain(idle(searching), {
    act: async () => {
      throw new HalError('NOT_PERMITTED', 'polkit forbids it');
    },
  });
  await box.pass(400);
  assert.equal(box.actions().slice(0, 2), ['reconnect', 'reset']);
  assert.is(box.events[0]?.data['failure'], 'polkit forbids it');
});

test.run();
