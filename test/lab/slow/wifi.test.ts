/** Hotspot, venue's Wi-Fi and guests' network by a real NetworkManager on the kernel's own cards. */

import { readFileSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Networks } from '../../../hal/network/helper/apply.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { runCommand } from '../../../hal/os/process.ts';
import { listWifiNeighbours } from '../../../hal/system/wifi-neighbours.ts';
import { openNetworkManager } from '../../../hal/wifi/network-manager.ts';
import { run, until } from '../support/kernel.ts';
import { openAir } from '../support/wifi-air.ts';

const test = suite('lab: Wi-Fi by a real NetworkManager');

const VENUES = [
  { ssid: 'Cafe Central', password: 'espresso1' },
  { ssid: 'Market Hall' },
  { ssid: 'Villa', password: 'sommerfest', isWpa3: true },
  { ssid: 'Mute', isMute: true },
];
const HOTSPOT = { ssid: 'venuebox-lab01', password: 'abcdefgh12', address: '10.42.0.1' };
const GUESTS = { role: 'guests', device: 'wlan0', address: '10.42.0.1', ssid: 'Disco' } as const;
const { signal } = new AbortController();
const network = openNetworkManager(systemClock);
const air = await openAir(VENUES, 2);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (error: { readonly code?: string }) => error.code ?? String(error),
  );
const measured = async (what: string, work: () => Promise<unknown>) => {
  const startMs = performance.now();
  await work();
  console.log(`  TIME ${what}: ${Math.round(performance.now() - startMs)} ms, goal 30000 ms`);
};

test('networks in reach are seen with what they ask for', async () => {
  let seen = '';
  const all = async () => {
    const found = await network.scan(signal).catch(() => []);
    seen = found
      .map(({ ssid, security }) => `${ssid} ${security}`)
      .toSorted()
      .join(', ');
    return found.length >= VENUES.length;
  };
  await until('all networks', all, undefined, () => seen);
  assert.is(seen, 'Cafe Central password, Market Hall open, Mute open, Villa password');
  assert.equal(await network.look(signal), { hasCable: false, knowsWifi: false, wifi: 'off' });
  const heard = (await listWifiNeighbours(signal)) ?? [];
  assert.equal(
    heard.map(({ name, channel }) => `${name} ${channel}`).toSorted(),
    VENUES.map(({ ssid }) => `${ssid} 1`).toSorted(),
  );
});

test('the hotspot gives a phone an address, and every name leads to the box', async () => {
  await measured('hotspot open', () => network.openHotspot(HOTSPOT, signal));
  assert.is((await network.look(signal)).wifi, 'hotspot');
  const others = (await network.scan(signal)).map(({ ssid }) => ssid);
  assert.not.ok(others.includes(HOTSPOT.ssid), 'its own name is none to join');
  const phone = air.phone(0);
  const lease = await phone.join(HOTSPOT.ssid, HOTSPOT.password);
  assert.match(lease['ip'] ?? '', /^10\.42\.0\.\d+$/);
  assert.equal([lease['router'], lease['dns']], ['10.42.0.1', '10.42.0.1']);
  const answer = await phone.ask('busybox', 'nslookup', 'captive.apple.com', '10.42.0.1');
  assert.match(answer ?? '', /^Address: 10\.42\.0\.1$/m);
  await phone.leave();
  await network.closeHotspot(signal);
  await network.openHotspot(HOTSPOT, signal);
  await network.openHotspot(HOTSPOT, signal);
  assert.is((await network.look(signal)).wifi, 'hotspot');
});

test('a wrong password is told from a network out of reach, and from one that gives no address', async () => {
  // From the hotspot, as the set-up does it.
  const wrong = { ssid: 'Cafe Central', password: 'espresso2' };
  assert.is(await codeOf(network.join(wrong, signal)), 'NOT_PERMITTED');
  assert.is(
    await codeOf(network.join({ ssid: 'Elsewhere', password: 'x1234567' }, signal)),
    'GONE',
  );
  assert.is(await codeOf(network.join({ ssid: 'Mute', password: '' }, signal)), 'TIMEOUT');
  assert.is((await network.look(signal)).knowsWifi, false);
});

test('the venue’s Wi-Fi is joined with WPA2, without a password and with WPA3, also from the hotspot', async () => {
  for (const { ssid, password = '' } of VENUES.slice(0, 3)) {
    await network.openHotspot(HOTSPOT, signal);
    await measured(`joined ${ssid}`, () => network.join({ ssid, password }, signal));
    const state = { hasCable: false, knowsWifi: true, wifi: 'connected', ssid };
    assert.equal(await network.look(signal), state);
  }
});

test('guests get a network that is open or has a password, and do not reach each other', async () => {
  for (const password of ['', 'tanzmusik']) {
    await network.openShared({ ...GUESTS, password }, signal);
    assert.equal([...(await network.shared(signal))], [['guests', 'wlan0']]);
    assert.is((await network.look(signal)).wifi, 'absent');
    const [one, two] = [air.phone(0), air.phone(1)];
    const first = await one.join('Disco', password);
    const second = await two.join('Disco', password);
    assert.match(`${first['ip']} ${second['ip']}`, /^10\.42\.0\.\d+ 10\.42\.0\.\d+$/);
    const ping = ['busybox', 'ping', '-c', '3', '-W', '2'];
    assert.ok(await one.ask(...ping, '10.42.0.1'), 'the box');
    assert.is(await one.ask(...ping, second['ip'] ?? ''), undefined, 'another guest');
    await network.closeShared('guests', signal);
    assert.equal([...(await network.shared(signal))], []);
  }
});

test('the crew’s class has cake, and what the crew sends goes through it', async () => {
  const forwarding = '/proc/sys/net/ipv4/ip_forward';
  const networks = new Networks({
    run: runCommand,
    readForwarding: () => readFileSync(forwarding, 'utf8').trim() === '1',
    writeForwarding: (isOn) => writeFileSync(forwarding, isOn ? '1' : '0'),
  });
  for (const [card, place, net] of [
    ['crew0', 'crew', '10.42.77'],
    ['way0', 'way', '10.99.0'],
  ] as const) {
    await run('ip', 'netns', 'add', place);
    await run('ip', 'link', 'add', card, 'type', 'veth', 'peer', 'name', 'lan0', 'netns', place);
    await run('ip', 'link', 'set', card, 'up');
    await run('ip', 'addr', 'add', `${net}.1/24`, 'dev', card);
    await run('ip', '-n', place, 'link', 'set', 'lan0', 'up');
    await run('ip', '-n', place, 'addr', 'add', `${net}.2/24`, 'dev', 'lan0');
  }
  await run('ip', '-n', 'crew', 'route', 'add', 'default', 'via', '10.42.77.1');
  await run('ip', 'route', 'add', 'default', 'via', '10.99.0.2');
  const rates = { upBps: 20_000_000, downBps: 50_000_000, dns: '10.99.0.2' };
  const reply = await networks.apply({ crew: { device: 'crew0', ...rates } });
  assert.equal(reply.ok && reply.shaped, [
    { device: 'way0', queue: 'cake' },
    { device: 'crew0', queue: 'cake' },
  ]);
  await run('ip', 'netns', 'exec', 'crew', 'busybox', 'ping', '-c', '5', '10.99.0.2');
  const queues = await run('tc', '-s', 'qdisc', 'show', 'dev', 'way0');
  const [, sent = '0'] = /qdisc cake 8b0d:[\s\S]*?Sent \d+ bytes (\d+) pkt/.exec(queues) ?? [];
  assert.ok(Number(sent) >= 5, queues);
  assert.ok((await networks.undo()).ok);
  assert.not.match(await run('tc', 'qdisc', 'show'), 'cake');
});

test.after(() => air[Symbol.asyncDispose]());
test.run();
