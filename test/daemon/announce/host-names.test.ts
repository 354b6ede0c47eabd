/** The box's own name on each interface: only what changed is told again, what failed or was lost is retried. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HostNames } from '../../../daemon/announce/host-names.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { silentLog } from '../../../hal/os/log.ts';

const test = suite('the name on the network');
const found = (addresses: Readonly<Record<string, readonly string[]>>) =>
  new Map(Object.entries(addresses));

/** An avahi that notes what it is told. */
function openAvahi(own: readonly string[] = ['corner']) {
  const told: string[] = [];
  const said: string[] = [];
  const state = { nowMs: 0, failing: '', lost: '' };
  const announcement = {
    host: async (name: string, device: string, addresses: readonly string[]) => {
      told.push([...(name === 'corner' ? [] : [name]), device, addresses.join()].join(' '));
      if ([device, name].includes(state.failing)) throw new HalError('IO', 'no name was free');
      return `${name}.local`;
    },
    hasLost: async (_name: string, device: string) => device === state.lost,
  };
  const log = { ...silentLog, info: (text: string) => void said.push(text) };
  const clock = { ...systemClock, monotonicMs: () => state.nowMs };
  const names = new HostNames(announcement, own, { clock, log });
  /** What it is told by a look at the interfaces, some time later. */
  const look = async (addresses: Readonly<Record<string, readonly string[]>>, afterMs = 1_000) => {
    state.nowMs += afterMs;
    told.length = 0;
    await names.follow(found(addresses));
    return [...told];
  };
  return { state, said, look };
}

const ROOM = ['10.42.0.1'];

test('a modem that comes, changes and goes does not touch the name in the room', async () => {
  const { look } = openAvahi();
  assert.equal(await look({ wlan0: ROOM }), ['wlan0 10.42.0.1']);
  assert.equal(await look({ wlan0: ROOM, usb0: ['192.168.8.2'] }), ['usb0 192.168.8.2']);
  assert.equal(await look({ wlan0: ROOM, usb0: ['192.168.8.3'] }), ['usb0 192.168.8.3']);
  assert.equal(await look({ wlan0: ROOM }), ['usb0 ']);
  assert.equal(await look({ wlan0: ROOM }, 60_000), []);
});

test('one that fails takes no other, is tried again, and said once', async () => {
  const { state, said, look } = openAvahi();
  state.failing = 'eth0';
  const both = { eth0: ['192.168.9.7'], wlan0: ROOM };
  assert.equal(await look(both), ['eth0 192.168.9.7', 'wlan0 10.42.0.1']);
  assert.equal(await look(both), []);
  assert.equal(await look(both, 10_000), ['eth0 192.168.9.7']);
  assert.is(said.length, 2);
  state.failing = '';
  assert.equal(await look(both, 10_000), ['eth0 192.168.9.7']);
  assert.is(said.length, 3);
  assert.equal(await look(both, 60_000), []);
});

test('the box’s own name is known where another box has the one that was chosen', async () => {
  const { state, look } = openAvahi(['corner', 'venuebox-3f2a1']);
  state.failing = 'corner';
  const own = 'venuebox-3f2a1 wlan0 10.42.0.1';
  assert.equal(await look({ wlan0: ROOM }), ['wlan0 10.42.0.1', own]);
  assert.equal(await look({ wlan0: ROOM }, 10_000), ['wlan0 10.42.0.1']);
});

test('one that is lost to another is taken again', async () => {
  const { state, look } = openAvahi();
  await look({ wlan0: ROOM });
  state.lost = 'wlan0';
  assert.equal(await look({ wlan0: ROOM }, 10_000), ['wlan0 10.42.0.1']);
  state.lost = '';
  assert.equal(await look({ wlan0: ROOM }, 10_000), []);
});

test.run();
