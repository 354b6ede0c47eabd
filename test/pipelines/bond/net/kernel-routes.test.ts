/** Reading the kernel’s routes and rules, from captured output. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  findGateways,
  isComplete,
  type KernelRoutes,
  parseKernelRoutes,
} from '../../../../pipelines/bond/net/kernel-routes.ts';

const test = suite('kernel routes');

/** Captured: see test/data/kernel-routes/README. */
function captured(name: string): KernelRoutes {
  const file = new URL(`../../../data/kernel-routes/${name}.txt`, import.meta.url);
  const parsed = parseKernelRoutes(readFileSync(file, 'utf8'));
  if (parsed === undefined) throw new Error(`${name} cannot be read`);
  return parsed;
}

const modem = {
  table: 5200,
  sourceAddress: '192.168.8.100',
  device: 'wwan0',
  gateway: '192.168.8.1',
  subnet: '192.168.8.0/24',
};

test('gateway and network come from the main table', () => {
  const { routes, rules } = captured('set');
  const expected = { gateway: '192.168.8.1', subnet: '192.168.8.0/24' };
  assert.equal(findGateways({ routes, rules }).get('wwan0'), expected);
});

test('a changed gateway is used, whatever the bond’s own table has', () => {
  const { routes, rules } = captured('other-gateway');
  assert.is(routes[0]?.table, '5200', 'the kernel lists it before the main table');
  const found = findGateways({ routes, rules }).get('wwan0');
  assert.equal(found, { gateway: '192.168.8.2', subnet: '192.168.8.0/24' });
});

test('a removed gateway is no longer found', () => {
  assert.equal(findGateways(captured('replugged')).get('wwan0'), { subnet: '192.168.8.0/24' });
});

test('a gateway of another table is used where the main table has none', () => {
  const routes = [
    { dst: 'default', gateway: '10.0.0.9', dev: 'wwan1', table: '100' },
    { dst: 'default', gateway: '10.0.0.8', dev: 'wwan2', table: '100' },
    { dst: 'default', gateway: '10.0.0.1', dev: 'wwan1', metric: 700 },
    { dst: 'default', gateway: '10.0.0.7', dev: 'wwan3', table: '5215' },
    { dst: 'default', gateway: '10.0.0.6', dev: 'wwan4', table: '5216' },
    { dst: 'default', dev: 'ppp0' },
  ];
  const found = findGateways({ routes, rules: [] });
  assert.is(found.get('wwan1')?.gateway, '10.0.0.1');
  assert.is(found.get('wwan2')?.gateway, '10.0.0.8');
  assert.is(found.get('wwan3'), undefined);
  assert.is(found.get('wwan4')?.gateway, '10.0.0.6');
  assert.equal(found.get('ppp0'), {});
});

test('IPv4 over a hop of IPv6, as a CLAT has it, is read as its gateway', () => {
  // As `ip` of iproute2 6.1.0 prints `default via inet6 fe80::1 dev wwan0`.
  const hop = { dst: 'default', via: { family: 'inet6', host: 'fe80::1' }, dev: 'wwan0' };
  assert.equal(findGateways({ routes: [hop], rules: [] }).get('wwan0'), { gateway: 'fe80::1' });
  const { subnet: _none, ...link } = modem;
  const wanted = { ...link, gateway: 'fe80::1' };
  const set = captured('set');
  const others = set.routes.filter(({ dev }) => dev === undefined);
  const seen = { ...set, routes: [...others, { ...hop, table: '5200' }] };
  assert.ok(isComplete(wanted, seen));
  assert.not.ok(isComplete({ ...wanted, gateway: 'fe80::2' }, seen));
});

test('a table is complete after it was set, and incomplete after its device was down', () => {
  assert.ok(isComplete(modem, captured('set')));
  assert.ok(isComplete(modem, captured('other-gateway')));
  assert.not.ok(isComplete({ ...modem, gateway: '192.168.8.2' }, captured('other-gateway')));
  assert.not.ok(isComplete(modem, captured('replugged')));
  assert.not.ok(isComplete({ ...modem, table: 5201 }, captured('set')));
});

test('malformed output is refused, and any list is accepted', () => {
  for (const text of ['', 'no json', '[]', '{}\n[]', '[]\n{}', '[{}'])
    assert.is(parseKernelRoutes(text), undefined, text);
  const strange = parseKernelRoutes('[null, 3, {}]\n[[], {"priority":"x"}]');
  assert.is(findGateways(strange ?? captured('set')).size, 0);
  fc.assert(
    fc.property(fc.array(fc.json()), fc.array(fc.object()), (rules, routes) => {
      const parsed = parseKernelRoutes(`${JSON.stringify(routes)}\n${JSON.stringify(rules)}`);
      if (parsed === undefined) throw new Error('not read');
      findGateways(parsed);
      assert.is(isComplete(modem, parsed), false);
    }),
  );
});

test.run();
