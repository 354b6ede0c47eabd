/** Who counts as somebody who uses the hotspot. */
import { EventEmitter } from 'node:events';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HotspotClients } from '../../../daemon/first-boot/hotspot-clients.ts';
import { systemClock } from '../../../hal/os/clock.ts';

const test = suite('clients of the hotspot');

const PHONE = { local: '10.42.0.1', remote: '10.42.0.7' };
const STRANGER = { local: '192.168.1.5', remote: '192.168.1.6' };

function open() {
  const at = { nowMs: 1_000, isOpen: true };
  const clock = { ...systemClock, monotonicMs: () => at.nowMs };
  return { at, clients: new HotspotClients('10.42.0.1', clock, () => at.isOpen) };
}

test('a request of the page counts, and no other network’s', () => {
  const { at, clients } = open();
  assert.not(clients.use(STRANGER));
  assert.is(clients.usedMs, undefined);
  assert.ok(clients.use(PHONE));
  assert.is(clients.usedMs, 1_000);
  at.isOpen = false;
  assert.not(clients.use(PHONE), 'it is closed');
});

test('what the portal is asked by a phone’s own programs does not', () => {
  const { clients } = open();
  assert.not(clients.hasSeen(PHONE.remote));
  assert.is(clients.usedMs, undefined);
});

test('a page with a session uses it for as long as it gets its events', () => {
  const { at, clients } = open();
  const [page, far] = [new EventEmitter(), new EventEmitter()];
  clients.follow(STRANGER, far);
  assert.not(clients.hasPage);
  clients.follow(PHONE, page);
  assert.ok(clients.hasPage);
  at.nowMs = 900_000;
  page.emit('close');
  assert.not(clients.hasPage);
  assert.is(clients.usedMs, 900_000, 'and was used until it was closed');
});

test('a phone that is done with the portal is one until the next hotspot', () => {
  const { clients } = open();
  clients.release(STRANGER);
  assert.not(clients.hasSeen(STRANGER.remote));
  clients.release(PHONE);
  assert.ok(clients.hasSeen(PHONE.remote));
  clients.forget();
  assert.not(clients.hasSeen(PHONE.remote));
});

test.run();
