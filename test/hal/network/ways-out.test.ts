/** By which interfaces the crew's traffic leaves. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { crewRoutes, defaultRoutes, hasRule, waysOut } from '../../../hal/network/ways-out.ts';
import { plans } from './support/plans.ts';

const test = suite('the crew’s way out');

/** Of a Pi with a cable, a modem that is a router, and one that is not. */
const LISTED = JSON.stringify([
  { dst: 'default', gateway: '192.168.8.1', dev: 'usb0', protocol: 'dhcp', metric: 300, flags: [] },
  { dst: 'default', gateway: '10.0.0.1', dev: 'eth0', protocol: 'dhcp', metric: 100, flags: [] },
  { dst: 'default', dev: 'wwan0', scope: 'link', metric: 700, flags: [] },
]);
const CREW = { device: 'eth1', upBps: 1_000_000, downBps: 1_000_000, dns: '9.9.9.9' };

test('the preferred route is the first; a machine without one has none', () => {
  assert.equal(defaultRoutes(LISTED), [
    { device: 'eth0', gateway: '10.0.0.1' },
    { device: 'usb0', gateway: '192.168.8.1' },
    { device: 'wwan0' },
  ]);
  assert.equal(defaultRoutes(''), []);
  assert.equal(defaultRoutes('[ ]'), []);
});

test('the crew leaves by the interface of the config, else by all that lead out, never by its own', () => {
  const found = defaultRoutes(LISTED);
  fc.assert(
    fc.property(plans, (plan) => {
      const out = waysOut(plan, [...found, { device: plan.crew?.device ?? 'x' }]);
      if (plan.crew === undefined) return assert.equal(out, []);
      if (plan.crew.via !== undefined) return assert.equal(out, [plan.crew.via]);
      assert.not(out.includes(plan.crew.device));
      return assert.ok(out.includes('wwan0') || plan.guests?.device === 'wwan0');
    }),
  );
});

test('by one interface alone: its gateway where it has one, and no other way where it is gone', () => {
  const found = defaultRoutes(LISTED);
  assert.is(crewRoutes(CREW, found), undefined);
  const tableOf = (via: string) =>
    crewRoutes({ ...CREW, via }, found)?.table.map((one) => one.join(' '));
  const none = 'route replace unreachable default metric 4096 table 5299';
  assert.equal(tableOf('usb0'), [
    'route replace default via 192.168.8.1 onlink dev usb0 table 5299',
    none,
  ]);
  assert.equal(tableOf('wwan0'), ['route replace default dev wwan0 table 5299', none]);
  assert.equal(tableOf('wwan7'), [none]);
});

test('the rule is found again as ip lists it', () => {
  assert.ok(hasRule('5299:\tfrom all iif eth1 lookup 5299\n', 'eth1'));
  assert.not(hasRule('5299:\tfrom all iif eth2 lookup 5299\n', 'eth1'));
  assert.not(hasRule('', 'eth1'));
});

test.run();
