import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { peerOf } from '../../../pipelines/http/peer.ts';

const test = suite('who a limit counts');

test('an IPv4 address is itself, also where the socket is of IPv6', () => {
  assert.is(peerOf('192.0.2.7'), '192.0.2.7');
  assert.is(peerOf('::ffff:192.0.2.7'), '192.0.2.7');
});

test('all addresses of one /64 are one peer, however they are written', () => {
  const written = ['2001:db8::9', '2001:db8:0:0:1::2', '2001:0db8:0000:0000:0:0:0:3'];
  assert.is(new Set(written.map(peerOf)).size, 1);
  assert.is(peerOf('2001:db8:0:1::9') === peerOf('2001:db8::9'), false);
  assert.is(peerOf('fe80::1%eth0'), peerOf('fe80::2%eth0'));
  assert.is(peerOf('::1'), '0:0:0:0');
});

test('a socket without a peer counts too', () => {
  assert.is(peerOf(undefined), '');
});

test.run();
