/** What the kernel says of an interface, in a /sys of the test's own. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isModem, leadsElsewhere } from '../../../hal/network/interface-kind.ts';

const test = suite('kinds of interfaces');

/** Values are contents of files, true for a folder, and names of interfaces for links to them. */
async function sysWith(
  interfaces: Readonly<Record<string, Readonly<Record<string, string | true>>>>,
) {
  const root = await mkdtemp(join(tmpdir(), 'venuebox-sys-'));
  for (const [name, entries] of Object.entries(interfaces)) {
    const folder = join(root, 'sys/class/net', name);
    await mkdir(folder, { recursive: true });
    for (const [entry, value] of Object.entries(entries)) {
      if (value === true) await mkdir(join(folder, entry));
      else if (entry.startsWith('lower_')) await symlink(`../${value}`, join(folder, entry));
      else await writeFile(join(folder, entry), `${value}\n`);
    }
  }
  return {
    root,
    elsewhere: Object.keys(interfaces).filter((name) => leadsElsewhere(name, root)),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}

const CARD = { type: '1', device: true } as const;

test('modems, tunnels and bridges of containers are known under any name', async () => {
  await using sys = await sysWith({
    cable: { ...CARD, uevent: 'INTERFACE=cable' },
    air: { ...CARD, uevent: 'DEVTYPE=wlan\nINTERFACE=air' },
    stick: { ...CARD, uevent: 'DEVTYPE=wwan\nINTERFACE=stick' },
    raw: { type: '519', device: true },
    wire: { type: '65534' },
    dial: { type: '512' },
    tap: { type: '1', tun_flags: '0x1002' },
    apps: { type: '1', bridge: true, uevent: 'DEVTYPE=bridge', lower_pod: 'pod' },
    none: { type: '1', bridge: true },
    pod: { type: '1' },
    lo: { type: '772' },
  });
  assert.equal(sys.elsewhere, ['stick', 'raw', 'wire', 'dial', 'tap', 'apps', 'none']);
});

test('a bridge with a card in it is of the room, also where a VLAN is between', async () => {
  await using sys = await sysWith({
    cable: CARD,
    vlan: { type: '1', uevent: 'DEVTYPE=vlan', lower_cable: 'cable' },
    pod: { type: '1' },
    hall: { type: '1', bridge: true, lower_pod: 'pod', lower_vlan: 'vlan' },
    // As no kernel allows it.
    loop: { type: '1', bridge: true, lower_loop: 'loop' },
  });
  assert.equal(sys.elsewhere, ['loop']);
});

test('a modem or a phone that shows as Ethernet is known by its driver, a card on USB is none', async () => {
  await using sys = await sysWith({ stick: CARD, phone: CARD, onboard: CARD, pod: { type: '1' } });
  const drivers = { stick: 'cdc_ether', phone: 'rndis_host', onboard: 'smsc95xx' };
  for (const [name, driver] of Object.entries(drivers)) {
    const folder = join(sys.root, 'sys/bus/usb/drivers', driver);
    await mkdir(folder, { recursive: true });
    await symlink(folder, join(sys.root, 'sys/class/net', name, 'device/driver'));
  }
  const found = ['stick', 'phone', 'onboard', 'pod'].filter((name) => isModem(name, sys.root));
  assert.equal(found, ['stick', 'phone']);
});

test('what the kernel does not say is not held against an interface', () => {
  assert.is(leadsElsewhere('eth0', '/nowhere'), false);
});

test.run();
