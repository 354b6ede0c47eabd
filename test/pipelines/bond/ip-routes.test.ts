import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRoutes } from '../../../pipelines/bond/ip-routes.ts';

const test = suite('the kernel’s routes');

test('gateways and networks are read from ip -json route', () => {
  const json = JSON.stringify([
    { dst: 'default', gateway: '192.168.8.1', dev: 'wwan0', metric: 700 },
    { dst: '192.168.8.0/24', dev: 'wwan0', scope: 'link' },
    { dst: 'default', dev: 'ppp0' },
  ]);
  const found = parseRoutes(json)?.gateways;
  assert.equal(found?.get('wwan0'), { gateway: '192.168.8.1', subnet: '192.168.8.0/24' });
  assert.equal(found?.get('ppp0'), {});
  assert.is(parseRoutes('no json'), undefined);
  assert.is(parseRoutes('{}'), undefined);
  assert.is(parseRoutes('[null, 3, {}]')?.gateways.size, 0);
});

test('our own tables, which come first and are old, say which lead somewhere and no gateway', () => {
  const json = JSON.stringify([
    { dst: 'default', gateway: '192.168.8.1', dev: 'wwan0', table: '5200' },
    { dst: '192.168.8.0/24', dev: 'wwan0', table: '5200' },
    { type: 'unreachable', dst: 'default', dev: 'lo', table: '5201', metric: 4096 },
    { dst: 'default', gateway: '10.1.0.1', dev: 'wwan0' },
    { dst: '10.1.0.0/16', dev: 'wwan0' },
    { dst: 'default', gateway: '10.7.0.1', dev: 'eth0', table: '5216' },
  ]);
  const found = parseRoutes(json);
  assert.equal(found?.gateways.get('wwan0'), { gateway: '10.1.0.1', subnet: '10.1.0.0/16' });
  assert.equal(found?.gateways.get('eth0'), { gateway: '10.7.0.1' }, 'somebody else’s table');
  assert.equal([...(found?.ways ?? [])], [5200]);
});

test.run();
