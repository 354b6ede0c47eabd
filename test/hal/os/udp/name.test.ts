/** Socket addresses as bytes and as text. */
import { SocketAddress } from 'node:net';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { familyOf, parseName, renderName } from '../../../../hal/os/udp/name.ts';

const test = suite('socket addresses');

test('every address and port comes back, in the shortest form', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.ipV4(), fc.ipV6()),
      fc.integer({ min: 1, max: 65_535 }),
      (host, port) => {
        const parsed = parseName(renderName({ host, port }, familyOf(host)));
        const family = host.includes(':') ? 'ipv6' : 'ipv4';
        const { address } = new SocketAddress({ address: host, family });
        const mapped = address.startsWith('::ffff:') && address.includes('.');
        assert.equal(parsed, { host: mapped ? address.slice(7) : parsed.host, port });
        const again = new SocketAddress({
          address: parsed.host,
          family: parsed.host.includes(':') ? 'ipv6' : 'ipv4',
        });
        if (!mapped) assert.is(again.address, address);
      },
    ),
  );
});

test('an IPv4 address on a socket of both families is the same address', () => {
  fc.assert(
    fc.property(fc.ipV4(), (host) => {
      assert.is(parseName(renderName({ host, port: 1 }, familyOf('::'))).host, host);
    }),
  );
});

test('what is no address is refused', () => {
  for (const host of ['', 'relay.example', '1.2.3', '256.1.1.1', 'fe80::1%eth0', ':::']) {
    assert.throws(() => renderName({ host, port: 1 }, familyOf(host)), /EINVAL/);
  }
});

test('an IPv6 address on a socket of IPv4 is refused, not cut', () => {
  const ipv4 = familyOf('192.0.2.1');
  assert.throws(() => renderName({ host: '2001:db8::1', port: 1 }, ipv4), /not reached by IPv4/);
});

test.run();
