import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Clock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { parseGateways, planRouting, runRouting } from '../../../pipelines/bond/routing.ts';

const test = suite('source routing');

const modem = {
  sourceAddress: '192.168.8.100',
  device: 'wwan0',
  gateway: '192.168.8.1',
  subnet: '192.168.8.0/24',
};
const words = (commands: readonly (readonly string[])[]) => commands.map((args) => args.join(' '));

test('a link gets its own table, found by its source address, that ends in unreachable', () => {
  assert.equal(words(planRouting([modem]).up), [
    'route replace 192.168.8.0/24 dev wwan0 src 192.168.8.100 table 5200',
    'route replace default via 192.168.8.1 onlink dev wwan0 src 192.168.8.100 table 5200',
    'route replace unreachable default metric 4096 table 5200',
    'rule add from 192.168.8.100/32 lookup 5200 pref 5200',
  ]);
});

test('two modems with the same address are told apart by the links` UDP ports', () => {
  const twins = [
    { ...modem, sourcePort: 40_001 },
    { ...modem, device: 'wwan1', sourcePort: 40_002 },
  ];
  const rules = words(planRouting(twins).up).filter((line) => line.startsWith('rule'));
  assert.equal(rules, [
    'rule add from 192.168.8.100/32 ipproto udp sport 40001 lookup 5200 pref 5200',
    'rule add from 192.168.8.100/32 ipproto udp sport 40002 lookup 5201 pref 5201',
  ]);
});

test('a point-to-point device needs no gateway', () => {
  const [first] = words(planRouting([{ sourceAddress: '10.9.8.7', device: 'ppp0' }]).up);
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

test('what was set up is taken down, and what a crash left is removed first', async () => {
  const done: string[] = [];
  const stop = new AbortController();
  const clock: Clock = {
    wallMs: () => 0,
    monotonicMs: () => 0,
    sleep: async (_ms, signal) => {
      done.push('holding');
      stop.abort();
      signal?.throwIfAborted();
    },
  };
  const run = async (_command: string, args: readonly string[]) => {
    done.push(args.slice(0, 2).join(' '));
    return { exitCode: args[1] === 'del' ? 2 : 0, stdout: '', stderr: 'no such rule' };
  };
  await runRouting([modem], { clock, log: silentLog, run }, stop.signal);
  const held = done.indexOf('holding');
  assert.is(done[0], 'rule del');
  assert.equal(done.slice(held - 4, held), [
    'route replace',
    'route replace',
    'route replace',
    'rule add',
  ]);
  assert.ok(done.slice(held + 1).every((line) => line === 'rule del' || line === 'route flush'));
  assert.ok(done.length > held + 1);
});

test.run();
