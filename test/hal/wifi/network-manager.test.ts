/** Networks through a substitute NetworkManager on a private D-Bus. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { openNetworkManager } from '../../../hal/wifi/network-manager.ts';
import { type FakeNetwork, startFakeNetworkManager } from '../../support/dbus/network-manager.ts';
import { startBus } from '../../support/dbus/private-bus.ts';

const test = suite('networks by NetworkManager');

const NETWORKS = [
  { ssid: 'Cafe Central', strength: 61, password: 'espresso1' },
  { ssid: 'Cafe Central', strength: 83, password: 'espresso1' },
  { ssid: 'Free', strength: 40 },
  { ssid: 'Corp', strength: 90, isEnterprise: true },
];
const HOTSPOT = { ssid: 'venuebox-1', password: 'abcdefgh12', address: '10.42.0.1' };

/** Looks again at once. @param joinMs What is left of a minute to join. */
const clockOf = (joinMs: number): Clock => ({
  ...systemClock,
  sleep: (ms, signal) => systemClock.sleep(ms === 500 ? 10 : ms === 60_000 ? joinMs : ms, signal),
});

const failureOf = async (work: Promise<void>) =>
  await work.then(
    () => ({ code: '', message: '' }),
    (error: { readonly code: string; readonly message: string }) => error,
  );

async function open(networks: readonly FakeNetwork[] = NETWORKS, isStuck = false) {
  const bus = await startBus();
  const fake = await startFakeNetworkManager(bus.address, networks, isStuck);
  const { signal } = new AbortController();
  const network = openNetworkManager(clockOf(isStuck ? 300 : 60_000), bus.address);
  return {
    ...{ fake, network, signal },
    [Symbol.asyncDispose]: async () => {
      fake.stop();
      await bus.stop();
    },
  };
}

test('networks in reach are listed once each, the strongest first, with what they ask for', async () => {
  await using at = await open();
  assert.equal(await at.network.scan(at.signal), [
    { ssid: 'Corp', strengthPct: 90, security: 'other' },
    { ssid: 'Cafe Central', strengthPct: 83, security: 'password' },
    { ssid: 'Free', strengthPct: 40, security: 'open' },
  ]);
});

test('a hotspot is opened with its password, seen as the box’s own, and closed without a trace', async () => {
  await using at = await open();
  const { network, fake, signal } = at;
  assert.equal(await network.look(signal), { hasCable: false, knowsWifi: false, wifi: 'off' });
  await network.openHotspot(HOTSPOT, signal);
  assert.equal(await network.look(signal), { hasCable: false, knowsWifi: false, wifi: 'hotspot' });
  const [profile] = fake.hotspots;
  const wifi = profile?.['802-11-wireless'];
  assert.is(String(wifi?.['ssid']?.value), 'venuebox-1');
  assert.is(wifi?.['mode']?.value, 'ap');
  assert.is(wifi?.['ap-isolation']?.value, 1);
  assert.is(wifi?.['channel']?.value, 6);
  assert.is(profile?.['802-11-wireless-security']?.['psk']?.value, 'abcdefgh12');
  assert.is(profile?.['ipv4']?.['method']?.value, 'shared');
  assert.equal(await network.scan(signal), [], 'its own name is none to join');
  await network.closeHotspot(signal);
  assert.not(fake.isHotspotUp());
  assert.is((await network.look(signal)).wifi, 'off');
});

test('a network that was joined is known from then on, and what was saved for it before is gone', async () => {
  await using at = await open();
  const { network, fake, signal } = at;
  await network.join({ ssid: 'Cafe Central', password: 'espresso1' }, signal);
  await network.join({ ssid: 'Cafe Central', password: 'espresso1' }, signal);
  assert.equal(fake.saved(), ['Cafe Central']);
  const state = { hasCable: false, knowsWifi: true, wifi: 'connected', ssid: 'Cafe Central' };
  assert.equal(await network.look(signal), state);
  await network.join({ ssid: 'Free', password: '' }, signal);
  assert.is(fake.joined(), 'Free');
});

test('a network with a wrong password, or that gives no address, is forgotten again', async () => {
  for (const isStuck of [false, true]) {
    await using at = await open(NETWORKS, isStuck);
    const login = { ssid: 'Cafe Central', password: isStuck ? 'espresso1' : 'wrong-one' };
    const failure = await failureOf(at.network.join(login, at.signal));
    assert.match(failure.message, /Cafe Central: not connected/);
    assert.is(failure.code, isStuck ? 'TIMEOUT' : 'NOT_PERMITTED');
    assert.equal(at.fake.saved(), []);
  }
});

test('a network for guests is open or has a password, keeps its clients apart, and hides the card', async () => {
  await using at = await open();
  const { network, fake, signal } = at;
  const settings = {
    role: 'guests',
    device: 'wlan0',
    address: '10.42.0.1',
    ssid: 'Disco',
  } as const;
  await network.openShared({ ...settings, password: '' }, signal);
  assert.equal([...(await network.shared(signal))], [['guests', 'wlan0']]);
  const [profile] = fake.hotspots;
  assert.is(String(profile?.['802-11-wireless']?.['ssid']?.value), 'Disco');
  assert.is(profile?.['802-11-wireless']?.['ap-isolation']?.value, 1);
  assert.is(profile?.['802-11-wireless-security'], undefined);
  assert.is(profile?.['ipv4']?.['method']?.value, 'shared');
  // The box's own hotspot would end it.
  assert.is((await network.look(signal)).wifi, 'absent');
  await network.closeShared('crew', signal);
  assert.ok(fake.isHotspotUp());
  await network.closeShared('guests', signal);
  assert.not(fake.isHotspotUp());
  await network.openShared({ ...settings, password: 'abcdefgh12' }, signal);
  const security = fake.hotspots.at(-1)?.['802-11-wireless-security'];
  assert.is(security?.['psk']?.value, 'abcdefgh12');
  const isUp = (change: object) =>
    network.isShared({ ...settings, password: 'abcdefgh12', ...change }, signal);
  assert.is(await isUp({}), true);
  for (const other of [{ password: 'abcdefgh13' }, { password: '' }, { ssid: 'Bar' }]) {
    assert.is(await isUp(other), false, JSON.stringify(other));
  }
});

test('a network on a port needs its cable, and is no cable that the box could use', async () => {
  await using at = await open();
  const { network, fake, signal } = at;
  const crew = {
    role: 'crew',
    device: 'eth0',
    address: '10.42.77.1',
    ssid: '',
    password: '',
  } as const;
  const codeOf = async (device: string) =>
    await network
      .openShared({ ...crew, device }, signal)
      .catch((error: { code: string }) => error.code);
  assert.is(await codeOf('eth0'), 'GONE');
  assert.is(await codeOf('eth7'), 'NOT_FOUND');
  fake.setCable(true);
  await network.openShared(crew, signal);
  assert.is(fake.onPort()?.['connection']?.['type']?.value, '802-3-ethernet');
  assert.is(fake.onPort()?.['802-11-wireless'], undefined);
  assert.equal([...(await network.shared(signal))], [['crew', 'eth0']]);
  assert.is((await network.look(signal)).hasCable, false);
  await network.closeShared('crew', signal);
  assert.equal([...(await network.shared(signal))], []);
  assert.is((await network.look(signal)).hasCable, true);
});

test('a network that is not in reach is told from one with another password', async () => {
  await using at = await open();
  const failure = await failureOf(at.network.join({ ssid: 'Elsewhere', password: 'x' }, at.signal));
  assert.is(failure.code, 'GONE');
  await at.network.join({ ssid: 'Cafe Central', password: 'espresso1' }, at.signal);
  at.fake.drop();
  const { missed, knowsWifi } = await at.network.look(at.signal);
  assert.equal([missed, knowsWifi], ['Cafe Central', true]);
});

test('of two cards the one counts that is in a network, or serves the hotspot', async () => {
  await using at = await open();
  const { network, fake, signal } = at;
  await network.join({ ssid: 'Free', password: '' }, signal);
  fake.plugStick();
  assert.is((await network.look(signal)).wifi, 'connected');
  await network.openHotspot(HOTSPOT, signal);
  assert.is((await network.look(signal)).wifi, 'hotspot');
  assert.equal(await network.scan(signal), [], 'its own name is none to join');
});

test('a network that does not say its name is joined by a card that asks for it', async () => {
  const login = { ssid: 'Back Office', password: 'espresso1' };
  await using at = await open([{ ...login, strength: 50, isHidden: true }]);
  const { network, fake, signal } = at;
  assert.equal(await network.scan(signal), []);
  await network.join({ ...login, isHidden: true }, signal);
  assert.is(fake.joined(), 'Back Office');
});

test('a cable that gives no address is none to use, and is named', async () => {
  await using at = await open();
  // Disconnected: the plug is in, and nobody there gives out addresses.
  at.fake.setCable(true, 30);
  const { hasCable, muteCables } = await at.network.look(at.signal);
  assert.equal([hasCable, muteCables], [false, ['eth0']]);
});

test('a cable counts, and a machine without NetworkManager says so', async () => {
  await using at = await open();
  at.fake.setCable(true);
  assert.is((await at.network.look(at.signal)).hasCable, true);
  at.fake.stop();
  const failure = await at.network.look(at.signal).catch((error: { code: string }) => error.code);
  assert.is(failure, 'NOT_FOUND');
});

test.run();
