/** Networks without a password, of each kind. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { keyManagementOf, networksOf } from '../../../hal/wifi/access-points.ts';
import { venueProfile } from '../../../hal/wifi/profiles.ts';

const test = suite('open networks');

/** NM80211ApSecurityFlags: Opportunistic Wireless Encryption, and the open name beside such a one. */
const [OWE, OWE_TRANSITION, ENTERPRISE] = [0x800, 0x1000, 0x200];

const point = (RsnFlags: number) => ({ Ssid: Buffer.from('Cafe'), Strength: 50, RsnFlags });
const securityOf = (flags: number) => networksOf([point(flags)], '')[0]?.security;
const profileOf = (flags: number) =>
  venueProfile({ ssid: 'Cafe', password: '' }, keyManagementOf(point(flags)))[
    '802-11-wireless-security'
  ];

test('one that is encrypted without a password can be chosen, and needs none', () => {
  assert.equal([0, OWE, OWE_TRANSITION].map(securityOf), ['open', 'open', 'open']);
  assert.is(securityOf(ENTERPRISE), 'other');
  assert.equal(Object.keys(profileOf(OWE) ?? {}), ['key-mgmt']);
  assert.is((profileOf(OWE) as { 'key-mgmt'?: { value: string } })?.['key-mgmt']?.value, 'owe');
});

test('a name that is open beside an encrypted one is joined as it is', () => {
  assert.is(profileOf(OWE_TRANSITION), undefined);
  assert.is(profileOf(0), undefined);
});

test.run();
