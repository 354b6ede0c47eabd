/** Networks as the config wants them. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { ConfigError, parseConfig } from '../../../daemon/config/file.ts';
import { wantedNetworks } from '../../../daemon/network/wanted.ts';
import { planSchema } from '../../../hal/network/plan.ts';

const test = suite('networks of the config');

const wanted = (yaml: string) => wantedNetworks(parseConfig('box.yaml', yaml, []));

function faultsOf(yaml: string): string {
  try {
    parseConfig('box.yaml', yaml, []);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.join('\n');
    throw error;
  }
}

test('a config that says nothing of it wants none', () => {
  assert.is(wanted(''), undefined);
  assert.is(wanted('network: {guests: {ssid: x}, crew: {up_bps: 64000}}'), undefined);
});

test('guests reach what serves them: the player on each of its ports, and the captive portal', () => {
  const yaml =
    'box: {name: corner}\nnetwork: {guests: {device: wlan0}}\n' +
    'viewers: {port: 8000, tls: {port: 8443, cert_file: a, key_file: b}, whep: {port: 9000}}\n';
  const { plan, shared, guestsPage, hasPortal } = wanted(yaml) ?? {};
  assert.equal(plan, { guests: { device: 'wlan0', tcp: [80, 8000, 8443], udp: [9000] } });
  assert.equal(shared, [
    { role: 'guests', device: 'wlan0', address: '10.42.0.1', ssid: 'corner', password: '' },
  ]);
  assert.equal([guestsPage, hasPortal], ['http://10.42.0.1:8000/', true]);
});

test('a player that has port 80 itself leaves none to the captive portal', () => {
  const { plan, hasPortal } =
    wanted('network: {guests: {device: eth1}}\nviewers: {port: 80}') ?? {};
  assert.equal([plan?.guests?.tcp, hasPortal], [[80], false]);
});

test('the crew’s port has its rates, its resolver, and a modem where one is named', () => {
  const yaml = 'network: {crew: {device: eth1, via: wwan0, up_bps: 900000, dns: 1.1.1.1}}';
  const { plan, shared, guestsPage } = wanted(yaml) ?? {};
  assert.equal(plan, {
    crew: { device: 'eth1', via: 'wwan0', upBps: 900_000, downBps: 20_000_000, dns: '1.1.1.1' },
  });
  assert.equal(
    shared?.map(({ role, address }) => [role, address]),
    [['crew', '10.42.77.1']],
  );
  assert.is(guestsPage, undefined);
});

test('every config that is taken makes a plan that the helper takes', () => {
  const name = fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('', 'wlan0', 'eth1', 'wwan0') },
    { weight: 1, arbitrary: fc.constantFrom('lo', 'eth0; drop', '-x', 'a*') },
    { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  );
  const config = fc.record({
    network: fc.record({
      guests: fc.record({
        device: name,
        ssid: fc.string({ maxLength: 40 }),
        password: fc.constantFrom('', 'short', 'abcdefgh12'),
      }),
      crew: fc.record({
        device: name,
        via: name,
        up_bps: fc.integer({ min: 50_000, max: 11_000_000_000 }),
        dns: fc.oneof({ weight: 3, arbitrary: fc.ipV4() }, { weight: 1, arbitrary: fc.string() }),
      }),
    }),
  });
  let taken = 0;
  fc.assert(
    fc.property(config, (given) => {
      const yaml = JSON.stringify(given);
      if (faultsOf(yaml) !== '') return;
      const { plan } = wanted(yaml) ?? {};
      taken += 1;
      if (plan !== undefined) assert.ok(v.safeParse(planSchema, plan).success, yaml);
    }),
    { numRuns: 400 },
  );
  assert.ok(taken > 0);
});

test('an interface with two uses, a way out without a port, and a wrong password say what is wrong', () => {
  assert.match(
    faultsOf('network: {guests: {device: eth1}, crew: {device: eth1}}'),
    'network.crew.device: interface eth1 is already used by network.guests.device',
  );
  assert.match(
    faultsOf(
      'network: {crew: {device: wwan0}}\nuplink: {host: a, port: 1, links: [{id: a, device: wwan0}]}',
    ),
    'network.crew.device: interface wwan0 is already used by a link of uplink.links',
  );
  assert.match(
    faultsOf('network: {crew: {via: wwan0}}'),
    'network.crew.via must be empty where network.crew.device is',
  );
  assert.match(
    faultsOf('network: {guests: {device: wlan0}, crew: {device: eth1, via: wlan0}}'),
    'network.crew.via: interface wlan0 is already used by network.guests.device',
  );
  assert.match(faultsOf('network: {guests: {password: short}}'), '8 to 63 letters');
  assert.match(
    faultsOf('network: {guests: {device: "wlan0; drop"}}'),
    'must be an interface like wlan0',
  );
  // A modem of the uplink may carry the crew beside the stream.
  const both = 'uplink: {host: a, port: 1, links: [{id: a, device: wwan0}]}\n';
  assert.is(faultsOf(`${both}network: {crew: {device: eth1, via: wwan0}}`), '');
});

test.run();
