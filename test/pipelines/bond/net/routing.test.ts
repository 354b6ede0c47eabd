/** The commands that set, repair and remove source routing. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLog, silentLog } from '../../../../hal/os/log.ts';
import type { KernelRoutes } from '../../../../pipelines/bond/net/kernel-routes.ts';
import {
  type LinkRoute,
  openRouting,
  RoutingTables,
} from '../../../../pipelines/bond/net/routing.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

const test = suite('source routing');

const modem = {
  id: 'wwan0',
  sourceAddress: '192.168.8.100',
  device: 'wwan0',
  gateway: '192.168.8.1',
  subnet: '192.168.8.0/24',
};
const words = (commands: readonly (readonly string[])[]) => commands.map((args) => args.join(' '));

/** What is to be done, where nothing is known of the kernel. */
function plan(tables: RoutingTables, routes: readonly LinkRoute[]): readonly string[] {
  const { removals, additions } = tables.change(routes, undefined, 0);
  return words([...removals, ...additions]);
}

/** The kernel as it is once table 5200 is that of `modem`. */
const whole: KernelRoutes = {
  routes: [
    { dst: 'default', gateway: '192.168.8.1', dev: 'wwan0', table: '5200' },
    { type: '7', dst: 'default', table: '5200' },
    { dst: '192.168.8.0/24', dev: 'wwan0', table: '5200' },
  ],
  rules: [{ priority: 5200, src: '192.168.8.100', table: '5200' }],
};

test('a link gets a table of its own, selected by source address, that ends in unreachable', () => {
  assert.equal(plan(new RoutingTables(), [modem]), [
    'route replace 192.168.8.0/24 dev wwan0 src 192.168.8.100 table 5200',
    'route replace default via 192.168.8.1 onlink dev wwan0 src 192.168.8.100 table 5200',
    'route replace unreachable default metric 4096 table 5200',
    'rule add from 192.168.8.100/32 lookup 5200 pref 5200',
  ]);
});

test('the tables of an IPv6 link are set and removed with -6', () => {
  const tables = new RoutingTables();
  const v6 = { id: 'wwan0', sourceAddress: '2001:db8::2', device: 'wwan0', gateway: 'fe80::1' };
  assert.equal(plan(tables, [v6]), [
    '-6 route replace default via fe80::1 onlink dev wwan0 table 5200',
    '-6 route replace unreachable default metric 4096 table 5200',
    '-6 rule add from 2001:db8::2/128 lookup 5200 pref 5200',
  ]);
  assert.equal(plan(tables, []), ['-6 rule del pref 5200', '-6 route flush table 5200']);
});

test('a link of IPv4 may have its next hop in IPv6', () => {
  const clat = { id: 'wwan0', sourceAddress: '192.0.0.5', device: 'wwan0', gateway: 'fe80::1' };
  const [first] = plan(new RoutingTables(), [clat]);
  assert.is(
    first,
    'route replace default via inet6 fe80::1 onlink dev wwan0 src 192.0.0.5 table 5200',
  );
});

test('two modems with the same address are distinguished by UDP ports', () => {
  const twins = [
    { ...modem, sourcePort: 40_001 },
    { ...modem, id: 'wwan1', device: 'wwan1', sourcePort: 40_101 },
  ];
  const rules = plan(new RoutingTables(), twins).filter((line) => line.startsWith('rule'));
  assert.equal(rules, [
    'rule add from 192.168.8.100/32 ipproto udp sport 40001-40016 lookup 5200 pref 5200',
    'rule add from 192.168.8.100/32 ipproto udp sport 40101-40116 lookup 5201 pref 5201',
  ]);
});

test('a point-to-point device needs no gateway', () => {
  const ppp = { id: 'ppp0', sourceAddress: '10.9.8.7', device: 'ppp0' };
  const [first] = plan(new RoutingTables(), [ppp]);
  assert.is(first, 'route replace default dev ppp0 src 10.9.8.7 table 5200');
});

test('adding or removing a link does not touch the tables of others', () => {
  const other = { ...modem, id: 'wwan1', device: 'wwan1', sourceAddress: '10.0.0.2' };
  const tables = new RoutingTables();
  plan(tables, [modem, other]);
  assert.equal(plan(tables, [other]), ['rule del pref 5200', 'route flush table 5200']);
  assert.equal(plan(tables, [other]), []);
  const back = plan(tables, [other, modem]);
  assert.ok(back.length > 0 && back.every((line) => line.includes('5200')));
  const moved = plan(tables, [{ ...other, gateway: '10.0.0.9' }, modem]);
  assert.is(moved[0], 'rule del pref 5201');
  assert.ok(moved.every((line) => line.includes('5201')));
});

test('tables are removed at the end, and those of a crashed run first', async () => {
  const done: string[] = [];
  const run = async (_command: string, args: readonly string[], { input }: { input: string }) => {
    // Without it a hop of IPv6 makes a route of IPv6.
    assert.ok(['-4', '-6'].includes(args[0] ?? ''));
    for (const line of input.trim().split('\n')) done.push(line.split(' ').slice(0, 2).join(' '));
    return { exitCode: input.includes('del') ? 1 : 0, stdout: '', stderr: 'no such rule' };
  };
  {
    await using routing = await openRouting({ clock: new VirtualClock(), log: silentLog, run });
    assert.is(done[0], 'rule del');
    done.length = 0;
    await routing.set([modem], undefined);
    assert.equal(done.splice(0), ['route replace', 'route replace', 'route replace', 'rule add']);
  }
  assert.equal(done, ['rule del', 'route flush']);
});

test('a table that the kernel has lost is set again at once, and a complete one is not touched', () => {
  const losses: readonly [string, KernelRoutes][] = [
    ['the cable was out for a moment', { ...whole, routes: whole.routes.slice(1, 2) }],
    ['its rule was flushed', { ...whole, rules: [] }],
    ['its end was taken', { ...whole, routes: whole.routes.filter(({ type }) => type !== '7') }],
    ['its network was taken', { ...whole, routes: whole.routes.slice(0, 2) }],
    [
      'its gateway is another',
      { ...whole, routes: [{ ...whole.routes[0], gateway: '192.168.8.9' }] },
    ],
  ];
  for (const [why, seen] of losses) {
    const tables = new RoutingTables();
    const first = tables.change([modem], { routes: [], rules: [] }, 0);
    assert.equal(tables.change([modem], whole, 60_000).additions, [], why);
    const again = tables.change([modem], seen, 60_100);
    assert.equal(again.additions, first.additions, why);
    assert.equal(again.lost, ['wwan0']);
    assert.equal(words(again.removals), ['rule del pref 5200', 'route flush table 5200']);
  }
});

test('a table that cannot be set is retried with growing pauses of up to a minute', () => {
  const tables = new RoutingTables();
  const nothing = { routes: [], rules: [] };
  const tries: number[] = [];
  for (let nowMs = 0; nowMs < 300_000; nowMs += 50) {
    const { additions } = tables.change([modem], nothing, nowMs);
    if (additions.length > 0) tries.push(nowMs);
  }
  const pauses = tries.slice(1).map((atMs, i) => atMs - (tries[i] ?? 0));
  assert.equal(pauses, [2_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('where the kernel’s tables are not known, failed commands are tried again', async () => {
  const clock = new VirtualClock();
  const lines: string[] = [];
  const log = openLog('info', 'journal', (line) => lines.push(line));
  let failing = 3;
  const sets: number[] = [];
  const run = async (_command: string, _args: readonly string[], { input }: { input: string }) => {
    if (!input.includes('replace')) return { exitCode: 0, stdout: '', stderr: '' };
    sets.push(clock.monotonicMs());
    failing -= 1;
    if (failing === 0) throw new Error('ip ended with signal SIGTERM');
    return { exitCode: failing > 0 ? 1 : 0, stdout: '', stderr: 'Operation not permitted' };
  };
  await using routing = await openRouting({ clock, log, run });
  for (let s = 0; s < 120; s += 1) {
    await routing.set([modem], undefined);
    await clock.advance(1_000);
  }
  assert.equal(sets, [0, 2_000, 4_000, 8_000]);
  const logged = lines.filter((line) => line.includes('routes not set'));
  assert.is(logged.length, 2, 'each reason once');
});

test.run();
