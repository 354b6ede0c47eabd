/** Source addresses and routes of the configured links. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SOURCE_PORTS } from '../../../pipelines/bond/core/config.ts';
import {
  chooseFirstPort,
  type NetworkState,
  resolveLinks,
  type WantedLink,
} from '../../../pipelines/uplink/links.ts';

const test = suite('uplink links');

const NOTHING = { period: '2026-11', bytesByLink: {} };

const wish = (id: string, more: Partial<WantedLink> = {}): WantedLink => ({
  id,
  device: id,
  weight: 1,
  isBackup: false,
  isEnabled: true,
  ...more,
});

const network = (
  addresses: Readonly<Record<string, readonly string[]>>,
  gateways: Readonly<Record<string, { gateway?: string; subnet?: string }>> = {},
): NetworkState => ({
  addresses: new Map(Object.entries(addresses)),
  gateways: new Map(Object.entries(gateways)),
  firstPort: 61_000,
});

test('IPv6 is taken where there is nothing else, or where the receiver has nothing else', () => {
  const [v4, v6] = ['10.0.0.2', '2001:db8::2'];
  const gatewaysV6 = new Map([['wwan1', { gateway: 'fe80::1', subnet: '2001:db8::/64' }]]);
  const addresses = { wwan0: [v4, v6], wwan1: [v6] };
  for (const [prefersV6, taken] of [
    [false, [v4, v6]],
    [true, [v6, v6]],
  ] as const) {
    const state = { ...network(addresses), gatewaysV6, prefersV6 };
    const { links, routes } = resolveLinks([wish('wwan0'), wish('wwan1')], state, NOTHING);
    assert.equal(
      links.map(({ sourceAddress }) => sourceAddress),
      taken,
    );
    assert.is(routes[1]?.gateway, 'fe80::1');
  }
});

test('a link by its interface takes that interface’s address, gateway and network', () => {
  const { links, routes, missing } = resolveLinks(
    [wish('wwan0', { weight: 2, budgetBytes: 5 })],
    network(
      { lo: ['127.0.0.1'], wwan0: ['10.0.0.2', '10.0.0.3'] },
      { wwan0: { gateway: '10.0.0.1', subnet: '10.0.0.0/24' } },
    ),
    { period: '2026-11', bytesByLink: { wwan0: 3 } },
  );
  assert.equal(missing, []);
  assert.is(links[0]?.sourceAddress, '10.0.0.2');
  assert.is(links[0]?.budgetBytes, 5);
  assert.is(links[0]?.usedBytes, 3);
  assert.equal(routes, [
    {
      id: 'wwan0',
      sourceAddress: '10.0.0.2',
      device: 'wwan0',
      gateway: '10.0.0.1',
      subnet: '10.0.0.0/24',
    },
  ]);
});

test('a link by its address finds its interface', () => {
  const { device: _, ...byAddress } = wish('fibre', { address: '10.0.0.3' });
  const { links } = resolveLinks([byAddress], network({ eth0: ['10.0.0.2', '10.0.0.3'] }), NOTHING);
  assert.is(links[0]?.device, 'eth0');
});

test('a link by a loopback address is always there, and needs no route', () => {
  const { device: _, ...simulated } = wish('sim-a', { address: '127.0.0.2' });
  const { links, routes, missing } = resolveLinks(
    [simulated],
    network({ lo: ['127.0.0.1'] }),
    NOTHING,
  );
  assert.is(links[0]?.sourceAddress, '127.0.0.2');
  assert.is(links[0]?.sourcePort, undefined);
  assert.equal(routes, []);
  assert.equal(missing, []);
});

test('links without an interface or address are missing, and the others are used', () => {
  const { links, missing } = resolveLinks(
    [wish('wwan0'), wish('wwan1'), wish('eth0', { address: '10.9.9.9' })],
    network({ wwan1: ['10.0.1.2'], eth0: ['10.0.0.2'] }),
    NOTHING,
  );
  assert.equal(
    links.map(({ id }) => id),
    ['wwan1'],
  );
  assert.equal(missing, ['wwan0', 'eth0']);
});

test('two modems with the same address are told apart by their ports; the first keeps its socket', () => {
  const wanted = [wish('wwan0'), wish('wwan1'), wish('eth0')];
  const cable = { eth0: ['10.0.0.2'] };
  const alone = resolveLinks(wanted, network({ ...cable, wwan1: ['192.168.8.100'] }), NOTHING);
  assert.ok(alone.routes.every(({ sourcePort }) => sourcePort === undefined));
  const { links, routes } = resolveLinks(
    wanted,
    network({ ...cable, wwan0: ['192.168.8.100'], wwan1: ['192.168.8.100'] }),
    NOTHING,
  );
  const ports = links.map(({ sourcePort = 0 }) => sourcePort);
  assert.equal(
    ports,
    [0, 1, 2].map((at) => 61_000 + at * SOURCE_PORTS),
  );
  assert.equal(
    routes.map(({ sourcePort }) => sourcePort),
    [ports[0], ports[1], undefined],
  );
  assert.equal(
    links.filter(({ id }) => id !== 'wwan0'),
    alone.links,
    'nothing changed for the others',
  );
});

test('each process has other ports, all of them above those of other sockets', () => {
  const firsts = Array.from({ length: 50 }, chooseFirstPort);
  assert.ok(new Set(firsts).size > 10);
  assert.ok(firsts.every((first) => first >= 61_000 && first + 16 * SOURCE_PORTS <= 65_535));
});

test.run();
