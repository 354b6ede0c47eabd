/** Where the operator's page is after a change of its server. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { movedTo } from '../../../../daemon/web/page/settings/moved.ts';

const test = suite('the page after a change of its server');

const TLS = { cert_file: 'a', key_file: 'b' };
const PLAIN = [
  { path: 'operator.port', value: 8081 },
  { path: 'operator.tls', value: undefined },
];

test('a change of port or TLS says the address at which the page is then', () => {
  const port = { path: 'operator.port', after: 9000, need: 'page' } as const;
  const tls = { path: 'operator.tls', after: TLS, need: 'page' } as const;
  assert.is(movedTo([port], PLAIN, 'box.local'), 'http://box.local:9000/');
  assert.is(movedTo([tls], PLAIN, 'box.local'), 'https://box.local:8081/');
  assert.is(movedTo([port, tls], PLAIN, 'box.local'), 'https://box.local:9000/');
  const secure = [
    { path: 'operator.port', value: 8081 },
    { path: 'operator.tls', value: TLS },
  ];
  assert.is(movedTo([port], secure, 'box.local'), 'https://box.local:9000/');
  const without = { path: 'operator.tls', after: undefined, need: 'page' } as const;
  assert.is(movedTo([without], secure, 'box.local'), 'http://box.local:8081/');
});

test('any other change leaves it where it is', () => {
  const title = { path: 'drop.title', after: 'x', need: 'nothing' } as const;
  assert.is(movedTo([title], PLAIN, 'box.local'), undefined);
});

test.run();
