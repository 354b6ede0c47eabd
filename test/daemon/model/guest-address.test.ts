/** Tests of the address that guests are given, while the network changes. */
import type { NetworkInterfaceInfo } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { followGuestAddress } from '../../../daemon/model/guest-address.ts';
import type { BoxSnapshot } from '../../../daemon/model/snapshot.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { figures } from '../../support/snapshot.ts';

const test = suite('the address for guests');
const LONG_MS = 30_000;

/** A box whose network the test changes. */
function openBox(
  viewers: { host: string; port: number; address?: string },
  operator: { host: string; port: number; tls?: object } = { host: '::', port: 8081 },
  guests = '',
) {
  let interfaces: Readonly<Record<string, NetworkInterfaceInfo[]>> = {};
  let box: Pick<BoxSnapshot, 'playerUrl' | 'operatorUrl' | 'plannedLinks' | 'media'> = {
    playerUrl: 'http://localhost:8080/',
    media: undefined,
  };
  const told: string[] = [];
  const stop = new AbortController();
  const clock = {
    ...systemClock,
    sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(20, signal),
  };
  const state = {
    snapshot: () => box,
    set: (change: Partial<BoxSnapshot>) => {
      box = { ...box, ...change };
    },
  };
  const run = followGuestAddress(
    {
      ...{
        viewers,
        operator,
        network: { guests: { device: guests } },
        state,
        clock,
        log: silentLog,
      },
      interfaces: () => interfaces,
      onPlayerUrl: (url) => void told.push(url),
    },
    stop.signal,
  );
  const on = (address: string) =>
    [{ address, family: 'IPv4', internal: false }] as NetworkInterfaceInfo[];
  return {
    state,
    told,
    network: (names: Readonly<Record<string, string>>) => {
      interfaces = Object.fromEntries(Object.entries(names).map(([name, at]) => [name, on(at)]));
    },
    reaches: (url: string) => until(() => box.playerUrl === url, LONG_MS),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await run;
    },
  };
}

test('a box that is started before DHCP gives out its address as soon as it has one, and the next one', async () => {
  await using box = openBox({ host: '::', port: 8080 });
  box.network({ wlan0: '10.0.0.5' });
  await box.reaches('http://10.0.0.5:8080/');
  box.network({ wlan0: '192.168.7.9' });
  await box.reaches('http://192.168.7.9:8080/');
  assert.equal(box.told, ['http://10.0.0.5:8080/', 'http://192.168.7.9:8080/']);
});

test('it goes where the guests are, and stays there while none is', async () => {
  await using box = openBox({ host: '::', port: 8080 });
  box.network({ eth0: '203.0.113.5', wlan0: '10.42.0.1' });
  await box.reaches('http://203.0.113.5:8080/');
  const { http } = figures();
  box.state.set({ media: figures({ http: { ...http, reachedAt: '10.42.0.1' } }) });
  await box.reaches('http://10.42.0.1:8080/');
  assert.is(box.state.snapshot().operatorUrl, 'http://203.0.113.5:8081/', 'the crew is not there');
  box.state.set({ media: undefined });
  box.network({ eth0: '203.0.113.6', wlan0: '10.42.0.1' });
  await systemClock.sleep(100);
  assert.is(box.state.snapshot().playerUrl, 'http://10.42.0.1:8080/');
  box.network({ eth0: '203.0.113.6' });
  await box.reaches('http://203.0.113.6:8080/');
});

test('the crew’s address follows the network too, over TLS where the page has it', async () => {
  const viewers = { host: '::', port: 8080, address: 'https://example.org/live/' };
  await using box = openBox(viewers, { host: '::', port: 8081, tls: {} });
  box.network({ wlan0: '10.0.0.5' });
  await until(() => box.state.snapshot().operatorUrl === 'https://10.0.0.5:8081/', LONG_MS);
  box.network({ wlan0: '192.168.7.9' });
  await until(() => box.state.snapshot().operatorUrl === 'https://192.168.7.9:8081/', LONG_MS);
  assert.equal(box.told, ['https://example.org/live/']);
});

test('the crew’s address is none of the guests’ own network, where there is another', async () => {
  await using box = openBox({ host: '::', port: 8080 }, undefined, 'wlan0');
  box.network({ wlan0: '10.42.0.1', wlan1: '192.168.7.9' });
  await until(() => box.state.snapshot().operatorUrl === 'http://192.168.7.9:8081/', LONG_MS);
  box.network({ wlan0: '10.42.0.1' });
  await until(() => box.state.snapshot().operatorUrl === 'http://10.42.0.1:8081/', LONG_MS);
});

test('one that is set, or a server on one address, does not follow the network', async () => {
  for (const [viewers, url] of [
    [{ host: '::', port: 8080, address: 'https://example.org/live/' }, 'https://example.org/live/'],
    [{ host: '10.0.0.5', port: 8080 }, 'http://10.0.0.5:8080/'],
  ] as const) {
    await using box = openBox(viewers);
    await box.reaches(url);
    box.network({ eth0: '203.0.113.5' });
    await systemClock.sleep(100);
    assert.equal(box.told, [url]);
  }
});

test.run();
