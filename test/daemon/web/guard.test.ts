/** Checks of a request's headers: host, origin, cookie. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isOwnHost, isOwnPage, ownNames, readCookie } from '../../../daemon/web/guard.ts';

const test = suite('operator guard');
const NAMES = ownNames('record-shop', 'Pi-7.lan', ['box.example.org']);

for (const host of [
  '192.0.2.7',
  '192.0.2.7:8081',
  '[2001:db8::1]:8081',
  '[::1]',
  'localhost:8081',
  'record-shop.local:8081',
  'RECORD-SHOP.local',
  'record-shop',
  'record-shop-2.local:8081',
  'Record-Shop-13.local.',
  'pi-7.local',
  'pi-8.local',
  'pi-7-2.local',
  'pi-7.lan:8081',
  'box.example.org',
  'box.example.org.',
]) {
  test(`Host ${host} is this box`, () => assert.is(isOwnHost(host, NAMES), true));
}

for (const host of [
  undefined,
  '',
  'evil.example',
  'evil.example:8081',
  'record-shop.local.evil.example',
  'other.local',
  'other-2.local',
  'record-shop-.local',
  'record-shop-x.local',
  'record-shop-2',
  'record-shop-2.local.evil.example',
  'record-shop-2.example',
  '192.0.2.7.evil.example',
  'localhost@evil.example',
  'localhost:8081/x',
  '1.2.3.4:99999999',
]) {
  test(`Host ${host} is not`, () => assert.is(isOwnHost(host, NAMES), false));
}

function asks(headers: Readonly<Record<string, string>>): boolean {
  return isOwnPage((name) => ({ host: 'box:8081', ...headers })[name]);
}

const OWN = { 'x-venuebox-operator': '1' };

test('a change is accepted with the own header, from the own origin', () => {
  assert.is(asks(OWN), true);
  assert.is(asks({ ...OWN, origin: 'http://box:8081', 'sec-fetch-site': 'same-origin' }), true);
  assert.is(asks({ ...OWN, origin: 'https://BOX:8081' }), true);
});

test('a change is refused without the own header, or from elsewhere, the viewers’ port included', () => {
  assert.is(asks({}), false);
  assert.is(asks({ 'x-venuebox-operator': '0' }), false);
  assert.is(asks({ ...OWN, origin: 'http://box:8080' }), false);
  assert.is(asks({ ...OWN, origin: 'http://evil.example' }), false);
  assert.is(asks({ ...OWN, origin: 'null' }), false);
  assert.is(asks({ ...OWN, 'sec-fetch-site': 'same-site' }), false);
  assert.is(asks({ ...OWN, 'sec-fetch-site': 'cross-site' }), false);
  assert.is(asks({ ...OWN, 'sec-fetch-site': 'none' }), false);
});

test('a cookie is found among others by its complete name', () => {
  assert.is(readCookie('a=1; venuebox-8081=xyz; b=2', 'venuebox-8081'), 'xyz');
  assert.is(readCookie('xvenuebox-8081=xyz', 'venuebox-8081'), undefined);
  assert.is(readCookie(undefined, 'venuebox-8081'), undefined);
});

test('any host and cookie gives an answer', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (host, cookie) => {
      isOwnHost(host, NAMES);
      readCookie(cookie, 'venuebox-8081');
    }),
  );
});

test.run();
