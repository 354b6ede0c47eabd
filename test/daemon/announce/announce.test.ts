/** The box is found by a real avahi-daemon's own browser. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type AnnounceDeps, runAnnouncing } from '../../../daemon/announce/run.ts';
import { hostAddressesOf, servicesOf } from '../../../daemon/announce/services.ts';
import type { DropPhase } from '../../../daemon/model/snapshot.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { startBus } from '../../support/dbus/private-bus.ts';

const test = suite('announced on the network');

const NAMES = { name: 'corner-cafe', ownName: 'venuebox-3f2a1' };
const BOX = { ...NAMES, version: '1.2.3', viewersPort: 8080, operatorPort: 8081 };
type Interfaces = NonNullable<AnnounceDeps['interfaces']>;
const lan = (address: string, internal = false) => ({
  ...{ address, internal, family: 'IPv4' as const },
  ...{ netmask: '255.255.255.0', mac: '02:00:00:00:00:01', cidr: null },
});
const lan6 = (address: string) => ({ ...lan(address), family: 'IPv6' as const, scopeid: 0 });
/** More than avahi takes of one group. */
const MANY = Array.from({ length: 40 }, (_, i) => lan6(`fd00::${i + 1}`));
const run = promisify(execFile);
const LONG_MS = 60_000;

/** In a network of its own, with loopback only; undefined where this machine forbids that. */
async function startAvahi(folder: string, address: string) {
  const conf = join(folder, 'avahi.conf');
  await writeFile(conf, '[server]\nhost-name=thebox\nuse-ipv6=no\nenable-dbus=yes\n');
  const words = `ip link set lo up && exec avahi-daemon -f ${conf} --no-drop-root --no-chroot --no-rlimits --no-proc-title`;
  const env = { ...process.env, DBUS_SYSTEM_BUS_ADDRESS: address };
  const child: ChildProcess = spawn('unshare', ['--net', 'sh', '-c', words], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr?.on('data', (text: Buffer) => {
    output += text.toString();
  });
  let isGone = false;
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  }).then(() => {
    isGone = true;
  });
  await until(
    () => isGone || output.includes('startup complete'),
    LONG_MS,
    () => output,
  );
  if (isGone) return undefined;
  const browse = async (type: string) =>
    (await run('avahi-browse', ['-rpt', type], { env, timeout: LONG_MS })).stdout;
  const resolve = async (name: string) => {
    const { stdout } = await run('avahi-resolve', ['-4', '-n', `${name}.local`], { env });
    return stdout.trim().split('\t')[1];
  };
  return {
    ...{ browse, resolve },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

test('is found by name, ports and state, follows the drop, and is announced again by the next avahi', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-avahi-'));
  const bus = await startBus(folder);
  const stop = new AbortController();
  let phase: DropPhase = 'idle';
  const snapshot = () => ({ drop: { phase, sinceMs: 0 } });
  let address = '192.168.9.7';
  const common = { snapshot, busAddress: bus.address, log: silentLog };
  const start = (operatorPort: number, interfaces: Interfaces) => {
    const own = { announced: { ...BOX, operatorPort }, interfaces };
    return runAnnouncing({ ...common, ...own, clock: systemClock }, stop.signal);
  };
  // The avahi here knows loopback only.
  const boxes = [
    // One interface goes between its being seen and being announced.
    start(8081, () => ({ gone0: [lan('192.168.8.1')], lo: [lan(address), ...MANY] })),
    start(9081, () => ({})),
  ];
  try {
    for (let i = 0; i < 2; i += 1) {
      const avahi = await startAvahi(folder, bus.address);
      if (avahi === undefined) {
        console.log('SKIPPED 1: this machine cannot run avahi-daemon in a network of its own');
        return;
      }
      const found = (text: RegExp) =>
        until(async () => text.test(await avahi.browse('_venuebox._tcp')), LONG_MS);
      try {
        await found(/;corner-cafe[^;]*;.*;thebox\.local;.*;8081;.*"state=idle"/);
        // A second box of that name gets a name of its own.
        await found(/;corner-cafe\\032[^;]*2;/);
        // Its names are those of the machine, beside `thebox`, and follow the network.
        for (const now of ['192.168.9.7', '10.42.0.1']) {
          address = now;
          for (const name of Object.values(NAMES)) {
            await until(async () => (await avahi.resolve(name)) === now, LONG_MS);
          }
        }
        phase = 'live';
        await found(/;8081;.*"state=live"/);
        assert.match(await avahi.browse('_http._tcp'), /;corner-cafe[^;]*;.*;8080;"path=\/"/);
        phase = 'idle';
      } finally {
        await avahi.stop();
      }
    }
  } finally {
    stop.abort();
    await Promise.all(boxes);
    await bus.stop();
    await rm(folder, { recursive: true });
  }
});

test('a phone is told the addresses that it can use, each where it is', () => {
  const interfaces = {
    lo: [lan('127.0.0.1', true)],
    eth0: [lan('192.168.9.7'), lan6('fe80::1'), lan6('fd00::7')],
    'eth0:1': [lan('192.168.10.7')],
    wwan0: [lan('100.64.3.2')],
    docker0: [lan('172.17.0.1')],
    wlan0: [lan('10.42.0.1')],
  };
  assert.equal(
    [...hostAddressesOf(interfaces)],
    [
      ['eth0', ['192.168.9.7', 'fd00::7', '192.168.10.7']],
      ['wlan0', ['10.42.0.1']],
    ],
  );
});

test('says where the pages are, and in which state the box is', () => {
  const [page, box] = servicesOf(BOX, 'armed');
  assert.equal(page, { type: '_http._tcp', port: 8080, txt: { path: '/' } });
  assert.is(box?.txt['state'], 'armed');
  assert.is(box?.port, 8081);
});

test.run();
