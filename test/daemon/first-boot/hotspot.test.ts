/** The hotspot, its portal and the way into the venue's Wi-Fi, by a substitute NetworkManager. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Hotspot } from '../../../daemon/first-boot/hotspot.ts';
import { openSetUp } from '../../../daemon/first-boot/progress.ts';
import { nextStep, STEPS } from '../../../daemon/first-boot/steps.ts';
import type { HotspotInfo } from '../../../daemon/model/hotspot.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { openNetworkManager } from '../../../hal/wifi/network-manager.ts';
import { until } from '../../support/box.ts';
import { startFakeNetworkManager } from '../../support/dbus/network-manager.ts';
import { startBus } from '../../support/dbus/private-bus.ts';
import { freePort } from '../../support/free-port.ts';

const test = suite('hotspot');

const LONG_MS = 60_000;
const NETWORKS = [
  { ssid: 'Cafe Central', strength: 80, password: 'espresso1' },
  { ssid: 'Back Office', strength: 50, password: 'espresso1', isHidden: true },
];
const PAGE = 'http://127.0.0.1:8081/';
const PHONE = { local: '127.0.0.1', remote: '127.0.0.1' };

/** Pauses are short; limits of time are not. */
const PAUSES_MS = [500, 2_500, 4_000];
const clock: Clock = {
  ...systemClock,
  monotonicMs: () => systemClock.monotonicMs() * 50,
  sleep: (ms, signal) => systemClock.sleep(PAUSES_MS.includes(ms) ? ms / 50 : ms, signal),
};

async function start() {
  const bus = await startBus();
  const fake = await startFakeNetworkManager(bus.address, NETWORKS);
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-hotspot-'));
  const port = await freePort();
  const shown: (HotspotInfo | undefined)[] = [];
  const at = {
    ...{ finished: 0, isRestarting: false, hasGuests: false, pageUrl: PAGE },
    isOnAir: false,
  };
  const run = async (isNew: boolean) => {
    const setUp = await openSetUp(folder, isNew, silentLog);
    const hotspot = new Hotspot({
      network: openNetworkManager(clock, bus.address),
      ...{ setUp, ssid: 'corner', password: 'abcdefgh12', hasGuests: () => at.hasGuests },
      ...{ isOnAir: () => at.isOnAir, modems: () => [] },
      portal: {
        ...{ address: '127.0.0.1', port },
        get pageUrl() {
          return at.pageUrl;
        },
      },
      onChange: (info) => shown.push(info),
      onFinished: () => {
        at.finished += 1;
      },
      isRestarting: () => at.isRestarting,
      ...{ clock, log: silentLog },
    });
    const stop = new AbortController();
    const ended = hotspot.run(stop.signal);
    const end = async () => {
      stop.abort();
      await ended;
    };
    return { setUp, hotspot, end };
  };
  return {
    ...{ fake, folder, port, shown, at, run, address: bus.address },
    [Symbol.asyncDispose]: async () => {
      fake.stop();
      await bus.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** As a phone asks, whose names all lead to the box. */
function ask(port: number, host: string, path: string) {
  return new Promise<string>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, headers: { host } }, (response) => {
      response.resume();
      resolve(`${response.statusCode} ${response.headers.location ?? ''}`.trim());
    });
    sent.on('error', reject);
    sent.end();
  });
}

test('a new box opens its hotspot with a portal, and goes from there into the venue’s Wi-Fi', async () => {
  await using at = await start();
  const { fake, shown, port } = at;
  const box = await at.run(true);
  await until(() => shown.length === 1, LONG_MS);
  assert.equal(shown[0], { ssid: 'corner', url: PAGE });
  const probe = () => ask(port, 'captive.apple.com', '/hotspot-detect.html');
  await until(async () => (await probe().catch(() => '')) === `302 ${PAGE}`, LONG_MS);
  // Somebody moves the page to another port.
  at.at.pageUrl = 'http://127.0.0.1:9000/';
  await until(async () => (await probe().catch(() => '')) === `302 ${at.at.pageUrl}`, LONG_MS);
  assert.equal(shown.slice(1), [undefined, { ssid: 'corner', url: at.at.pageUrl }]);
  box.hotspot.clients.release(PHONE);
  assert.is(await probe(), '200');
  const signal = new AbortController().signal;
  assert.equal(
    (await box.hotspot.scan(signal)).map(({ ssid }) => ssid),
    ['Cafe Central'],
    'seen before the card was a hotspot',
  );
  await box.setUp.chooseWifi('Cafe Central', 'espresso1');
  await box.hotspot.finish();
  await until(() => at.at.finished === 1, LONG_MS);
  assert.is(fake.joined(), 'Cafe Central');
  assert.is(shown.at(-1), undefined);
  assert.not.ok(await probe().catch(() => undefined), 'the portal is gone with the hotspot');
  assert.equal(
    (await readdir(at.folder)).filter((name) => name.includes('password')),
    [],
    'the password is with NetworkManager alone',
  );
  await box.end();
  assert.is(fake.joined(), 'Cafe Central');
});

test('a Wi-Fi that cannot be joined brings the hotspot back, and the page asks for another', async () => {
  await using at = await start();
  const box = await at.run(true);
  await until(() => at.shown.length === 1, LONG_MS);
  for (const step of STEPS) await box.setUp.answer(step, 'done');
  await box.setUp.chooseWifi('Cafe Central', 'a-wrong-one');
  await box.hotspot.finish();
  await until(() => at.shown.at(-1)?.notJoined === 'Cafe Central', LONG_MS);
  assert.is(at.shown.at(-1)?.why, 'password');
  assert.ok(at.fake.isHotspotUp());
  assert.equal(at.fake.saved(), []);
  assert.is(nextStep(box.setUp.progress.answered), 'network', 'nothing else is asked again');
  assert.is(at.at.finished, 0);
  await box.end();
  const again = await at.run(true);
  assert.is(again.setUp.progress.why, 'password', 'also after a restart');
  await again.end();
  assert.not(at.fake.isHotspotUp(), 'a box that is stopped takes it along');
});

test('a Wi-Fi that does not say its name is joined by the name that was typed', async () => {
  await using at = await start();
  const box = await at.run(true);
  await until(() => at.shown.length === 1, LONG_MS);
  await box.setUp.chooseWifi('Back Office', 'espresso1');
  await box.hotspot.finish();
  await until(() => at.at.finished === 1, LONG_MS);
  assert.is(at.fake.joined(), 'Back Office');
  await box.end();
});

test('after the set-up the hotspot says which Wi-Fi the box is not in, and why', async () => {
  for (const isInReach of [false, true]) {
    await using at = await start();
    const network = openNetworkManager(clock, at.address);
    const { signal } = new AbortController();
    await network.join({ ssid: 'Cafe Central', password: 'espresso1' }, signal);
    const box = await at.run(false);
    await until(() => box.hotspot.network?.wifi === 'connected', LONG_MS);
    at.fake.drop(isInReach);
    await until(() => at.shown.length === 1, LONG_MS);
    assert.equal(at.shown[0], {
      ...{ ssid: 'corner', url: PAGE, notJoined: 'Cafe Central' },
      why: isInReach ? 'password' : 'out-of-reach',
    });
    await box.end();
  }
});

test('a restart leaves the phones on the hotspot, and what was answered stays answered', async () => {
  await using at = await start();
  const first = await at.run(true);
  await until(() => at.shown.length === 1, LONG_MS);
  await first.setUp.answer('language', 'done');
  await first.setUp.answer('name', 'skipped');
  await first.setUp.chooseWifi('Cafe Central', 'espresso1');
  const key = await first.setUp.issueKey();
  at.at.isRestarting = true;
  await first.end();
  assert.ok(at.fake.isHotspotUp());
  const second = await at.run(false);
  await until(() => at.shown.length === 2, LONG_MS);
  assert.is(at.fake.hotspots.length, 1, 'it is the same hotspot');
  assert.is(nextStep(second.setUp.progress.answered), 'pin');
  assert.ok(second.setUp.hasKey(key));
  assert.not(second.setUp.hasKey(`${key}x`));
  // The power is cut on the way into the Wi-Fi: the next start goes on with it.
  await second.setUp.startJoining();
  await second.end();
  const third = await at.run(false);
  await until(() => at.at.finished === 1, LONG_MS);
  assert.is(at.fake.joined(), 'Cafe Central');
  await third.end();
});

test('a machine without NetworkManager is set up over its cable, to the end', async () => {
  await using at = await start();
  at.fake.stop();
  const box = await at.run(true);
  await box.hotspot.finish();
  await until(() => at.at.finished === 1, LONG_MS);
  assert.ok(box.setUp.isFinished);
  await box.end();
});

test('a box that others have set up opens none while it has a network', async () => {
  await using at = await start();
  at.fake.setCable(true);
  const box = await at.run(false);
  await until(() => box.hotspot.network?.hasCable === true, LONG_MS);
  assert.ok(box.setUp.isFinished);
  assert.equal(at.fake.calls, []);
  await box.end();
});

test.run();
