/** What limits per client count by. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addressKeyOf } from '../../../../pipelines/http/clients/address-key.ts';

const test = suite('what limits count by');

test('an IPv4 address is itself, also where the socket is of IPv6', () => {
  assert.is(addressKeyOf('192.0.2.7'), '192.0.2.7');
  assert.is(addressKeyOf('::ffff:192.0.2.7'), '192.0.2.7');
});

test('all addresses of one /64 are one peer, however they are written', () => {
  const written = ['2001:db8::9', '2001:db8:0:0:1::2', '2001:0db8:0000:0000:0:0:0:3'];
  assert.is(new Set(written.map(addressKeyOf)).size, 1);
  assert.is(addressKeyOf('2001:db8:0:1::9') === addressKeyOf('2001:db8::9'), false);
  assert.is(addressKeyOf('fe80::1%eth0'), addressKeyOf('fe80::2%eth0'));
  assert.is(addressKeyOf('::1'), '0:0:0:0');
});

test('any address of the kernel is a key', () => {
  fc.assert(fc.property(fc.oneof(fc.ipV6(), fc.ipV4()), (one) => addressKeyOf(one).length > 0));
});

test('a socket without a peer counts too', () => {
  assert.is(addressKeyOf(undefined), '');
});

test.run();
