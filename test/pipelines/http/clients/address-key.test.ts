/** What limits per client count by. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  addressKeyOf,
  isOneOfMany,
  prefixesOf,
} from '../../../../pipelines/http/clients/address-key.ts';

const test = suite('what limits count by');

test('an IPv4 address is itself, also where the socket is of IPv6', () => {
  assert.is(addressKeyOf('192.0.2.7'), '192.0.2.7');
  assert.is(addressKeyOf('::ffff:192.0.2.7'), '192.0.2.7');
});

test('all addresses of one /64 are one peer, however they are written', () => {
  const written = ['2001:db8::9', '2001:db8:0:0:1::2', '2001:0db8:0000:0000:0:0:0:3'];
  assert.is(new Set(written.map((one) => addressKeyOf(one))).size, 1);
  assert.is(addressKeyOf('2001:db8:0:1::9') === addressKeyOf('2001:db8::9'), false);
  assert.is(addressKeyOf('::1'), '0:0:0:0');
});

test('guests who share a network with the box are one peer each, not the whole room', () => {
  const port = { netmask: '', mac: '', cidr: null, scopeid: 0 } as const;
  const own = prefixesOf({
    lo: [{ ...port, family: 'IPv6', address: '::1', internal: true }],
    wlan0: [
      { ...port, family: 'IPv4', address: '192.0.2.5', internal: false },
      { ...port, family: 'IPv6', address: '2001:db8:0:7::5', internal: false },
    ],
  });
  const keyOf = (address: string) => addressKeyOf(address, (prefix) => own.has(prefix));
  assert.is.not(keyOf('2001:db8:0:7::8'), keyOf('2001:db8:0:7::9'));
  assert.is(keyOf('2001:db8:0:7::8'), keyOf('2001:0db8::7:0:0:0:8'), 'however it is written');
  assert.is(keyOf('2001:db8:0:8::8'), keyOf('2001:db8:0:8::9'), 'another network');
  assert.is(keyOf('::1'), '0:0:0:0');
  assert.is.not(addressKeyOf('fe80::1%eth0'), addressKeyOf('fe80::2%eth0'), 'on the cable itself');
  assert.is(addressKeyOf('fe80::1%eth0'), addressKeyOf('fe80::1'));
  assert.ok(isOneOfMany(keyOf('2001:db8:0:7::8')));
  assert.not(isOneOfMany(keyOf('2001:db8:0:8::8')));
  assert.not(isOneOfMany('192.0.2.7'));
});

test('any address of the kernel is a key', () => {
  fc.assert(fc.property(fc.oneof(fc.ipV6(), fc.ipV4()), (one) => addressKeyOf(one).length > 0));
});

test('a socket without a peer counts too', () => {
  assert.is(addressKeyOf(undefined), '');
});

test.run();
