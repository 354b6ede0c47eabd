/** Interfaces of links that get another name. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { WantedLink } from '../../../pipelines/uplink/links.ts';
import {
  FollowedInterfaces,
  type InterfaceId,
  readInterfaces,
} from '../../../pipelines/uplink/renamed.ts';

const test = suite('links whose interface gets another name');

const wanted = (...devices: string[]): WantedLink[] =>
  devices.map((device) => ({ id: device, device, weight: 1, isBackup: false, isEnabled: true }));
const there = (found: Readonly<Record<string, InterfaceId>>) => new Map(Object.entries(found));
const devicesOf = (links: readonly WantedLink[]) => links.map(({ device }) => device);

const A = { index: 2, place: '/sys/usb/1-1:1.4' };
const B = { index: 3, place: '/sys/usb/1-2:1.4' };

test('one that is renamed while it is up is followed, and back', () => {
  const followed = new FollowedInterfaces();
  const links = wanted('wwan0', 'eth0');
  const eth0 = { index: 9 };
  followed.follow(links, there({ wwan0: A, eth0 }));
  assert.equal(devicesOf(followed.follow(links, there({ lte: A, eth0 }))), ['lte', 'eth0']);
  assert.equal(devicesOf(followed.follow(links, there({ wwan0: A, eth0 }))), ['wwan0', 'eth0']);
});

test('a modem that comes back with another number is found at its socket, and by its own address', () => {
  for (const [before, after] of [
    [A, { ...A, index: 12 }],
    [
      { index: 2, mac: '02:11:22:33:44:55' },
      { index: 12, mac: '02:11:22:33:44:55' },
    ],
  ] as const) {
    const followed = new FollowedInterfaces();
    followed.follow(wanted('wwan0'), there({ wwan0: before }));
    assert.equal(devicesOf(followed.follow(wanted('wwan0'), there({}))), ['wwan0']);
    assert.equal(devicesOf(followed.follow(wanted('wwan0'), there({ wwan1: after }))), ['wwan1']);
  }
});

test('two modems that swap their names keep their links', () => {
  const followed = new FollowedInterfaces();
  const links = wanted('wwan0', 'wwan1');
  followed.follow(links, there({ wwan0: A, wwan1: B }));
  const swapped = there({ wwan0: { ...B, index: 21 }, wwan1: { ...A, index: 20 } });
  assert.equal(devicesOf(followed.follow(links, swapped)), ['wwan1', 'wwan0']);
});

test('another device under the configured name is taken, unless it is the one of another link', () => {
  const followed = new FollowedInterfaces();
  followed.follow(wanted('wwan0'), there({ wwan0: A }));
  assert.equal(devicesOf(followed.follow(wanted('wwan0'), there({ wwan0: B }))), ['wwan0']);
  const two = new FollowedInterfaces();
  const links = wanted('wwan0', 'wwan1');
  two.follow(links, there({ wwan0: A, wwan1: B }));
  // The first is gone, and the second has its name: the first link is missing.
  const names = devicesOf(two.follow(links, there({ wwan0: B })));
  assert.equal(names, ['', 'wwan0']);
});

test('modems of one kind that have one address are told apart by their sockets alone', () => {
  const mac = '0c:5b:8f:27:9a:64';
  const followed = new FollowedInterfaces();
  const links = wanted('eth1', 'eth2');
  followed.follow(links, there({ eth1: { ...A, mac }, eth2: { ...B, mac } }));
  const again = there({ eth1: { ...B, mac, index: 31 }, eth3: { ...A, mac, index: 30 } });
  assert.equal(devicesOf(followed.follow(links, again)), ['eth3', 'eth1']);
});

test('no interface is ever given to two links of different names, whatever comes and goes', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd');
  const id = fc.record({
    index: fc.integer({ min: 1, max: 5 }),
    place: fc.constantFrom('x', 'y', 'z'),
    mac: fc.constantFrom('m', 'n'),
  });
  const world = fc.dictionary(name, id, { maxKeys: 4 });
  fc.assert(
    fc.property(fc.array(world, { maxLength: 8 }), (worlds) => {
      const followed = new FollowedInterfaces();
      for (const one of worlds) {
        const now = there(one);
        const names = devicesOf(followed.follow(wanted('a', 'b', 'c'), now));
        const present = names.filter((found) => now.has(found ?? ''));
        assert.is(new Set(present).size, present.length);
      }
    }),
  );
});

test('what an interface is stands in sysfs', async () => {
  const sys = mkdtempSync(join(tmpdir(), 'venuebox-net-'));
  const add = (name: string, files: Readonly<Record<string, string>>, device?: string) => {
    mkdirSync(join(sys, 'class/net', name), { recursive: true });
    for (const [file, text] of Object.entries(files))
      writeFileSync(join(sys, 'class/net', name, file), `${text}\n`);
    if (device === undefined) return;
    mkdirSync(join(sys, device), { recursive: true });
    symlinkSync(join(sys, device), join(sys, 'class/net', name, 'device'));
  };
  const mac = '02:11:22:33:44:55';
  add('eth0', { ifindex: '2', address: mac, addr_assign_type: '0' }, 'usb/1-1:1.0');
  add('veth1', { ifindex: '3', address: mac, addr_assign_type: '3' });
  add('lo', { ifindex: '1', address: '00:00:00:00:00:00', addr_assign_type: '0' });
  const found = await readInterfaces(sys);
  assert.equal(found.get('eth0'), { index: 2, place: join(sys, 'usb/1-1:1.0'), mac });
  assert.equal(found.get('veth1'), { index: 3 });
  assert.equal(found.get('lo'), { index: 1 });
  rmSync(sys, { recursive: true });
});

test('what was known before a restart of the machine is found again under another name', () => {
  const links = wanted('wwan0', 'wwan1');
  const before = new FollowedInterfaces();
  before.follow(links, there({ wwan0: A, wwan1: B }));
  const known = JSON.parse(JSON.stringify(before.known()));
  const after = new FollowedInterfaces(known);
  // Numbers of the kernel say nothing after a restart.
  const present = there({ wwan1: { ...A, index: 3 }, wwan2: { ...B, index: 2 } });
  assert.equal(devicesOf(after.follow(links, present)), ['wwan1', 'wwan2']);
  assert.equal(new FollowedInterfaces(known).known(), known);
});

test.run();
