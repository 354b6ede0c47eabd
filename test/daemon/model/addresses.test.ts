/** Of several networks the address is of the one that the room is on, whatever others have. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AddressHints, findAddresses } from '../../../daemon/model/addresses.ts';

const test = suite('addresses of several networks');

const ANY = { host: '::', port: 8080 };
const at = (...all: readonly string[]) =>
  all.map((address) => ({
    address,
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    internal: false,
  }));

function playerOn(interfaces: Record<string, ReturnType<typeof at>>, hints: AddressHints = {}) {
  return findAddresses(interfaces, ANY, ANY, { machine: 'stage', ...hints }).player;
}

test('a room with IPv6 only is not left for a modem or containers that have IPv4', () => {
  const outer = { docker0: at('172.17.0.1'), wwan0: at('100.70.1.2'), tun0: at('10.8.0.2') };
  assert.is(playerOn({ ...outer, eth0: at('fe80::1', 'fd00::2') }), 'http://[fd00::2]:8080/');
  assert.is(playerOn({ ...outer, eth0: at('fe80::1') }), 'http://stage.local:8080/');
  assert.is(playerOn({ ...outer, eth0: at('169.254.3.4') }), 'http://169.254.3.4:8080/');
  const named = { usb0: at('192.168.8.100'), eth0: at('fd00::2') };
  assert.is(playerOn(named, { upstream: ['usb0'] }), 'http://[fd00::2]:8080/');
  assert.is(playerOn(outer), 'http://172.17.0.1:8080/', 'better than none');
});

test('in the room an IPv4 address is shorter', () => {
  assert.is(playerOn({ eth0: at('fd00::2'), wlan0: at('10.0.0.5') }), 'http://10.0.0.5:8080/');
});

test('the network that guests are on comes first, then the one that is made for them', () => {
  const interfaces = { eth0: at('192.168.1.5'), wlan0: at('10.42.0.1', 'fd42::1') };
  assert.is(playerOn(interfaces), 'http://192.168.1.5:8080/');
  assert.is(playerOn(interfaces, { guests: 'wlan0' }), 'http://10.42.0.1:8080/');
  const reachedAt = '192.168.1.5';
  assert.is(playerOn(interfaces, { guests: 'wlan0', reachedAt }), 'http://192.168.1.5:8080/');
  // One phone came by IPv6: the code on the wall is the shorter address of the same network.
  assert.is(playerOn(interfaces, { reachedAt: 'fd42::1' }), 'http://10.42.0.1:8080/');
});

test.run();
