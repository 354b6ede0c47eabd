/** Which of an interface's addresses comes first. */
import type { networkInterfaces } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readAddresses } from '../../../hal/os/network.ts';

const test = suite('addresses of the interfaces');

type Interfaces = ReturnType<typeof networkInterfaces>;

const interfaces = (addresses: readonly string[]): Interfaces => ({
  wwan0: addresses.map((address) => ({
    ...{ address, netmask: '', mac: '00:00:00:00:00:00', internal: false, cidr: null },
    ...(address.includes(':') ? { family: 'IPv6' as const, scopeid: 0 } : { family: 'IPv4' }),
  })) as NonNullable<Interfaces[string]>,
});

/** What the kernel lists of `2001:db8::` and so on, with these flags. */
const flagged = (flags: Readonly<Record<string, string>>) =>
  Object.entries(flags)
    .map(([address, is]) => `${address} 04 40 00 ${is}    wwan0\n`)
    .join('');

const STABLE = '2001:db8::2';
const PRIVATE = '2001:db8::a1b2:3';
const NEXT_PRIVATE = '2001:db8::c4d5:6';
const LISTED = {
  [STABLE]: '20010db8000000000000000000000002',
  [PRIVATE]: '20010db80000000000000000a1b20003',
  [NEXT_PRIVATE]: '20010db80000000000000000c4d50006',
};

const firstOf = (addresses: readonly string[], flags: Readonly<Record<string, string>>) =>
  readAddresses(interfaces(addresses), flagged(flags)).get('wwan0');

test('IPv4 comes first, and what is of this cable only is left out', () => {
  const addresses = ['fe80::1', STABLE, '10.0.0.2'];
  assert.equal(firstOf(addresses, {}), ['10.0.0.2', STABLE]);
});

test('a new address for privacy does not come before the one that stays', () => {
  const before = { [LISTED[STABLE] ?? '']: '00', [LISTED[PRIVATE] ?? '']: '01' };
  assert.equal(firstOf([PRIVATE, STABLE], before)?.[0], STABLE);
  const rotated = { ...before, [LISTED[PRIVATE] ?? '']: '21', [LISTED[NEXT_PRIVATE] ?? '']: '01' };
  assert.equal(firstOf([NEXT_PRIVATE, PRIVATE, STABLE], rotated), [STABLE, NEXT_PRIVATE, PRIVATE]);
});

test('an address that its network has given up is the last one', () => {
  const renumbered = { [LISTED[STABLE] ?? '']: '20', [LISTED[PRIVATE] ?? '']: '01' };
  assert.equal(firstOf([STABLE, PRIVATE], renumbered), [PRIVATE, STABLE]);
});

test('an address of the site only comes after one that reaches the receiver', () => {
  assert.equal(firstOf(['fd00::2', STABLE], {}), [STABLE, 'fd00::2']);
  assert.equal(firstOf(['fd00::2'], {}), ['fd00::2']);
});

test('an address that is still checked for duplicates cannot be used, nor one that failed', () => {
  assert.is(firstOf([STABLE], { [LISTED[STABLE] ?? '']: '40' }), undefined);
  assert.is(firstOf([STABLE], { [LISTED[STABLE] ?? '']: '08' }), undefined);
  assert.equal(firstOf([STABLE], { [LISTED[STABLE] ?? '']: '44' }), [STABLE]);
});

test.run();
