/** Whoever owns a new box gets to its set-up until a person has chosen a PIN; nobody else does. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseConfig } from '../../../daemon/config/file.ts';
import { isOverCable } from '../../../daemon/first-boot/cable.ts';
import { openFirstBoot } from '../../../daemon/first-boot/open.ts';
import { openSetUp } from '../../../daemon/first-boot/progress.ts';
import { nextStep } from '../../../daemon/first-boot/steps.ts';
import { type Clock, systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import type { Network, NetworkState } from '../../../hal/wifi/port.ts';
import { until } from '../../support/box.ts';
import { fakeSnapshot } from '../web/support/fake-snapshot.ts';

const test = suite('a new box');

const CABLE = { hasCable: true, cables: ['eth0'], knowsWifi: false } as const;
const PORT = { netmask: '', mac: '', internal: false, cidr: null } as const;
const interfaces = () => ({
  lo: [{ ...PORT, family: 'IPv4' as const, address: '127.0.0.1', internal: true }],
  eth0: [
    { ...PORT, family: 'IPv4' as const, address: '192.168.1.20' },
    { ...PORT, family: 'IPv6' as const, address: 'fe80::20', scopeid: 2 },
  ],
  wlan0: [{ ...PORT, family: 'IPv4' as const, address: '10.1.0.20' }],
  wlan1: [{ ...PORT, family: 'IPv4' as const, address: '10.42.1.1' }],
});
/** Of releases: 32 bytes. */
const KEY = Buffer.alloc(32, 7).toString('base64');
const OWNER = { local: '192.168.1.20', remote: '192.168.1.6' };

/** Pauses are short. */
const clock: Clock = { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(20, signal) };

async function inFolder(work: (folder: string) => Promise<void>) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-new-'));
  await work(folder).finally(() => rm(folder, { recursive: true }));
}

/** With this config file, until NetworkManager has said what there is. */
async function start(folder: string, yaml: string, state: NetworkState, sinceMs = () => 0) {
  const config = parseConfig('test', yaml, []);
  let looked = () => {};
  const isLooked = new Promise<void>((resolve) => {
    looked = resolve;
  });
  const network = {
    look: async () => {
      setImmediate(looked);
      return state;
    },
    scan: async () => [],
  } as unknown as Network;
  const done: string[] = [];
  const stop = new AbortController();
  const firstBoot = await openFirstBoot(config, {
    live: { current: () => config },
    stateFolder: folder,
    mediaPath: {
      ...{ setHidden: () => undefined, endedLeftMs: () => 0, leadPhones: () => undefined },
    },
    state: { set: () => undefined },
    snapshot: () => ({ ...fakeSnapshot(), drop: { phase: 'idle', sinceMs: 0 } }),
    print: async ({ document }) => {
      done.push(String(document));
      return { status: 'done', detail: 'printed' };
    },
    settings: { restartForPending: () => void done.push('restart') },
    ...{ network, interfaces, untilEnd: stop.signal, clock, log: silentLog, uptimeMs: sinceMs },
  });
  const ended = firstBoot.run(stop.signal);
  await isLooked;
  const end = async () => {
    stop.abort();
    await ended;
  };
  return { ...firstBoot, done, end };
}

test('is one without a chosen PIN, whatever else an image or a boot partition has set', async () => {
  for (const [yaml, isFinished] of [
    ['', false],
    [`update: {key: ${KEY}}\nbox: {name: corner}\n`, false],
    ['operator: {pin_file: /etc/venuebox/pin}\n', true],
  ] as const) {
    await inFolder(async (folder) => {
      const box = await start(folder, yaml, { ...CABLE, wifi: 'absent' });
      assert.is(box.setUp.isFinished, isFinished, yaml);
      await box.end();
    });
  }
});

test('without a Wi-Fi card lets in who is on its cable, until somebody knows its PIN', async () => {
  await inFolder(async (folder) => {
    const box = await start(folder, '', { ...CABLE, wifi: 'absent' });
    assert.is(box.nearBy(OWNER), 'cable');
    assert.is(
      box.nearBy({ local: '10.42.1.1', remote: '10.42.1.7' }),
      undefined,
      'guests of its own',
    );
    await box.setUp.learnPin();
    assert.is(box.nearBy(OWNER), undefined);
    await box.end();
    const again = await start(folder, '', { ...CABLE, wifi: 'absent' });
    assert.is(again.nearBy(OWNER), undefined, 'after a restart');
    assert.not(again.setUp.isFinished);
    await again.end();
  });
});

test('lets in nobody on its cable half an hour after it was switched on: guests may be there too', async () => {
  await inFolder(async (folder) => {
    let sinceMs = 0;
    const box = await start(folder, '', { ...CABLE, wifi: 'absent' }, () => sinceMs);
    sinceMs = 29 * 60_000;
    assert.is(box.nearBy(OWNER), 'cable');
    sinceMs = 31 * 60_000;
    assert.is(box.nearBy(OWNER), undefined);
    await box.end();
  });
});

test('belongs again to who switches it off and on, until there is a PIN', async () => {
  await inFolder(async (folder) => {
    const at = async (sinceMs: number) =>
      start(folder, '', { ...CABLE, wifi: 'absent' }, () => sinceMs);
    const first = await at(3 * 60_000);
    const key = await first.setUp.issueKey();
    await first.end();
    const restarted = await at(5 * 60_000);
    assert.ok(restarted.setUp.hasKey(key), 'a restart by its settings');
    await restarted.end();
    const switchedOn = await at(30_000);
    assert.not(switchedOn.setUp.hasKey(key));
    await switchedOn.end();
  });
});

test('that an older version left without a set-up lets nobody in by its cable', async () => {
  await inFolder(async (folder) => {
    await writeFile(join(folder, 'operator-pin'), '123456\n');
    const box = await start(folder, '', { ...CABLE, wifi: 'absent' });
    assert.is(box.nearBy(OWNER), undefined);
    await box.end();
    await writeFile(join(folder, 'setup.json'), '{"phase": "open", "answered": {}}');
    const asked = await start(folder, '', { ...CABLE, wifi: 'absent' });
    assert.is(asked.nearBy(OWNER), undefined);
    await asked.end();
  });
});

test('prints where guests and crew find it, once the set-up has brought it into its network', async () => {
  await inFolder(async (folder) => {
    const box = await start(folder, '', { ...CABLE, wifi: 'absent' });
    await box.hotspot.finish();
    await until(() => box.done.includes('restart'), 60_000);
    assert.equal(box.done, ['address', 'status', 'restart']);
    await box.end();
  });
});

test('a cable is a local network, and no other one, no proxy and no tunnel', () => {
  const over = (local: string, remote: string, cables: readonly string[] = ['eth0']) =>
    isOverCable({ local, remote }, { cables }, interfaces());
  assert.ok(over('192.168.1.20', '192.168.1.6'));
  assert.ok(over('fe80::20%eth0', 'fe80::6%eth0'));
  assert.not(over('192.168.1.20', '203.0.113.6'), 'through a router, from the internet');
  assert.not(over('192.168.1.20', '192.168.1.20'), 'a proxy on the box');
  assert.not(over('127.0.0.1', '127.0.0.1'));
  assert.not(over('10.1.0.20', '10.1.0.7'), 'the venue’s Wi-Fi');
  assert.not(over('192.168.1.20', '192.168.1.6', []), 'something else manages networks');
  assert.not(over('192.168.1.20', ''));
  assert.not(isOverCable(OWNER, undefined, interfaces()));
});

test('the Wi-Fi of a boot partition waits for the set-up where nobody knows the PIN', async () => {
  await inFolder(async (folder) => {
    const open = () => openSetUp(folder, true, silentLog);
    await (await open()).takeWifi('Cafe Central', 'espresso1', false);
    const setUp = await open();
    assert.is(setUp.progress.phase, 'open');
    assert.equal(setUp.chosenWifi(), { ssid: 'Cafe Central', password: 'espresso1' });
    await setUp.answer('language', 'done');
    await setUp.answer('name', 'skipped');
    await setUp.answer('pin', 'done');
    assert.is(nextStep(setUp.progress.answered), 'camera', 'nothing is asked twice');
    await setUp.takeWifi('Cafe Central', 'espresso1', true);
    assert.is(setUp.progress.phase, 'joining', 'with a PIN the box joins it at once');
  });
});

test('a Wi-Fi that is chosen after the set-up opens no set-up again, joined or not', async () => {
  await inFolder(async (folder) => {
    const setUp = await openSetUp(folder, false, silentLog);
    for (const isJoined of [false, true]) {
      await setUp.chooseWifi('Market Hall', '');
      await setUp.startJoining();
      assert.ok(setUp.isFinished);
      assert.ok((await openSetUp(folder, true, silentLog)).isFinished, 'after a power cut');
      await (isJoined ? setUp.finish() : setUp.reopen({ notJoined: 'Market Hall' }));
      assert.ok(setUp.isFinished);
      assert.is(setUp.progress.phase, 'finished');
      assert.is(setUp.progress.notJoined, isJoined ? undefined : 'Market Hall');
    }
  });
});

test.run();
