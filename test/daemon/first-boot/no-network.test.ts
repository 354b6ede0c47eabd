/** A box that is set up and has no network: its hotspot comes and goes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { openFirstBoot } from '../../../daemon/first-boot/open.ts';
import type { DropPhase, PlannedLink } from '../../../daemon/model/snapshot.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Network, NetworkState } from '../../../hal/wifi/port.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { makeLocalhostTls } from '../../support/localhost-tls.ts';
import { fakeSnapshot } from '../web/support/fake-snapshot.ts';

const test = suite('a box without its network');

const AWAY: NetworkState = {
  hasCable: false,
  wifi: 'off',
  knowsWifi: true,
  missed: 'Cafe Central',
};
const LONG_MS = 60_000;

/** A set-up box beside such networks; its waits are short. */
async function start(network: NetworkState, operator = '') {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-away-'));
  let nowMs = 0;
  const clock: Clock = {
    ...systemClock,
    monotonicMs: () => nowMs,
    sleep: async (ms, signal) => {
      await sleep(1, undefined, signal === undefined ? {} : { signal });
      nowMs += ms;
    },
  };
  const at = {
    ...{ network, phase: 'idle' as DropPhase, links: [] as PlannedLink[] },
    ...{ looks: 0, opened: 0, closed: 0, printed: [] as string[] },
  };
  let isUp = false;
  const fake = {
    look: async () => {
      at.looks += 1;
      return isUp ? { ...at.network, wifi: 'hotspot' } : at.network;
    },
    scan: async () => [],
    openHotspot: async () => {
      isUp = true;
      at.opened += 1;
    },
    closeHotspot: async () => {
      isUp = false;
      at.closed += 1;
    },
  } as unknown as Network;
  const config = parseConfig('test', `operator: {pin_file: /etc/venuebox/pin${operator}}\n`, []);
  const stop = new AbortController();
  const firstBoot = await openFirstBoot(config, {
    live: { current: () => config },
    ...{ stateFolder: folder, portal: { address: '127.0.0.1', port: await freePort() } },
    mediaPath: {
      ...{ setHidden: () => undefined, endedLeftMs: () => 0, leadPhones: () => undefined },
    },
    state: { set: () => undefined },
    snapshot: () => ({
      ...{ ...fakeSnapshot(), plannedLinks: at.links },
      drop: { phase: at.phase, sinceMs: 0 },
    }),
    print: async ({ document }) => {
      at.printed.push(String(document));
      return { status: 'done', detail: 'printed' };
    },
    settings: { restartForPending: () => undefined },
    isModem: (name) => name.startsWith('usb'),
    ...{ network: fake, untilEnd: stop.signal, clock, log: silentLog },
  });
  const ended = firstBoot.run(stop.signal);
  return {
    ...{ at, firstBoot },
    /** It has looked so many times more. */
    looked: async (times: number) => {
      const before = at.looks;
      await until(() => at.looks >= before + times, LONG_MS);
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
}

test('opens its hotspot again and again, and prints it once for each reason', async () => {
  await using box = await start(AWAY);
  const { at } = box;
  await until(() => at.opened === 3, LONG_MS);
  assert.equal(at.printed, ['address']);
  at.network = { ...AWAY, missed: 'Market Hall' };
  await until(() => at.opened === 6, LONG_MS);
  assert.equal(at.printed, ['address', 'address']);
});

test('opens none during a drop: the Wi-Fi may be back any moment', async () => {
  await using box = await start(AWAY);
  const { at } = box;
  at.phase = 'live';
  // Longer than it waits without one, and shorter than a drop's guests are waited for.
  await box.looked(100);
  assert.is(at.opened, 0);
  at.phase = 'idle';
  await until(() => at.opened === 1, LONG_MS);
  at.phase = 'armed';
  await box.looked(200);
  assert.is(at.closed, 0, 'the crew of this drop is on it');
});

test('takes a modem or a phone that shows as Ethernet for no cable', async () => {
  const cable = (name: string) => ({ ...AWAY, hasCable: true, cables: [name] });
  await using modem = await start(cable('wwan0'));
  await until(() => modem.at.opened === 1, LONG_MS);
  await using box = await start(cable('usb9'));
  await box.looked(200);
  assert.is(box.at.opened, 0, 'that of the crew');
  box.at.links = [{ id: 'tether', device: 'usb9' }];
  await until(() => box.at.opened === 1, LONG_MS);
});

test('takes the venue’s cable for one, also where the uplink goes through it', async () => {
  await using box = await start({ ...AWAY, hasCable: true, cables: ['eth9'] });
  box.at.links = [{ id: 'venue', device: 'eth9' }];
  await box.looked(200);
  assert.equal([box.at.opened, box.at.printed], [0, []]);
});

test('leads phones to a name that the page’s certificate has: no warning stands in their way', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-away-tls-'));
  const file = join(folder, 'cert.pem');
  await writeFile(file, makeLocalhostTls('DNS:*.example.org,DNS:live.example.org').cert);
  await using box = await start(AWAY, `, tls: {cert_file: ${file}, key_file: ${file}}`);
  assert.is(box.firstBoot.ownHotspot()?.login.url, 'https://live.example.org:8081/');
  await rm(folder, { recursive: true });
});

test.run();
