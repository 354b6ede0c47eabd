import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { silentLog } from '../../../hal/os/log.ts';
import { openRouting, parseGateways, RoutingTables } from '../../../pipelines/bond/routing.ts';

const test = suite('source routing');

const modem = {
  id: 'wwan0',
  sourceAddress: '192.168.8.100',
  device: 'wwan0',
  gateway: '192.168.8.1',
  subnet: '192.168.8.0/24',
};
const words = (commands: readonly (readonly string[])[]) => commands.map((args) => args.join(' '));

test('a link gets its own table, found by its source address, that ends in unreachable', () => {
  assert.equal(words(new RoutingTables().change([modem])), [
    'route replace 192.168.8.0/24 dev wwan0 src 192.168.8.100 table 5200',
    'route replace default via 192.168.8.1 onlink dev wwan0 src 192.168.8.100 table 5200',
    'route replace unreachable default metric 4096 table 5200',
    'rule add from 192.168.8.100/32 lookup 5200 pref 5200',
  ]);
});

test('two modems with the same address are told apart by the links` UDP ports', () => {
  const twins = [
    { ...modem, sourcePort: 40_001 },
    { ...modem, id: 'wwan1', device: 'wwan1', sourcePort: 40_002 },
  ];
  const rules = words(new RoutingTables().change(twins)).filter((line) => line.startsWith('rule'));
  assert.equal(rules, [
    'rule add from 192.168.8.100/32 ipproto udp sport 40001 lookup 5200 pref 5200',
    'rule add from 192.168.8.100/32 ipproto udp sport 40002 lookup 5201 pref 5201',
  ]);
});

test('a point-to-point device needs no gateway', () => {
  const ppp = { id: 'ppp0', sourceAddress: '10.9.8.7', device: 'ppp0' };
  const [first] = words(new RoutingTables().change([ppp]));
  assert.is(first, 'route replace default dev ppp0 src 10.9.8.7 table 5200');
});

test('gateways and networks are read from ip -json route', () => {
  const json = JSON.stringify([
    { dst: 'default', gateway: '192.168.8.1', dev: 'wwan0', metric: 700 },
    { dst: '192.168.8.0/24', dev: 'wwan0', scope: 'link' },
    { dst: 'default', dev: 'ppp0' },
  ]);
  const found = parseGateways(json);
  assert.equal(found.get('wwan0'), { gateway: '192.168.8.1', subnet: '192.168.8.0/24' });
  assert.equal(found.get('ppp0'), {});
  assert.is(parseGateways('no json').size, 0);
  assert.is(parseGateways('[null, 3, {}]').size, 0);
});

test('a link that comes or goes leaves the tables of the others alone', () => {
  const other = { ...modem, id: 'wwan1', device: 'wwan1', sourceAddress: '10.0.0.2' };
  const tables = new RoutingTables();
  tables.change([modem, other]);
  assert.equal(words(tables.change([other])), ['rule del pref 5200', 'route flush table 5200']);
  assert.equal(tables.change([other]), []);
  const back = words(tables.change([other, modem]));
  assert.ok(back.length > 0 && back.every((line) => line.includes('5200')));
  const moved = words(tables.change([{ ...other, gateway: '10.0.0.9' }, modem]));
  assert.is(moved[0], 'rule del pref 5201');
  assert.ok(moved.every((line) => line.includes('5201')));
});

test('what was set up is taken down, and what a crash left is removed first', async () => {
  const done: string[] = [];
  const run = async (_command: string, _args: readonly string[], { input }: { input: string }) => {
    for (const line of input.trim().split('\n')) done.push(line.split(' ').slice(0, 2).join(' '));
    return { exitCode: input.includes('del') ? 1 : 0, stdout: '', stderr: 'no such rule' };
  };
  {
    await using routing = await openRouting({ log: silentLog, run });
    assert.is(done[0], 'rule del');
    done.length = 0;
    await routing.set([modem]);
    assert.equal(done.splice(0), ['route replace', 'route replace', 'route replace', 'rule add']);
  }
  assert.equal(done, ['rule del', 'route flush']);
});

test.run();
