/**
 * Debian's NetworkManager with the ports of a box, in network namespaces and on a D-Bus of this
 * test run:
 *
 *   uplink (gives out 192.0.2.0/24) ── eth0  box  eth1 ── crew
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../box.ts';
import { startBus } from '../dbus/private-bus.ts';

type Place = 'box' | 'uplink' | 'crew';
const PLACES: readonly Place[] = ['box', 'uplink', 'crew'];

const LONG_MS = 120_000;
const PATH = `${process.env['PATH']}:/usr/sbin:/sbin`;
const name = (place: Place) => `vbnm${place}${process.pid}`;
const ip = (...args: readonly string[]) =>
  execFileSync('ip', args, { encoding: 'utf8', timeout: LONG_MS, env: { PATH }, stdio: 'pipe' });

/** Why this machine cannot make one; undefined where it can. */
export function whyNoCabledBox(): string | undefined {
  for (const [program, ...args] of [
    ['NetworkManager', '--version'],
    ['dnsmasq', '--version'],
    ['dbus-daemon', '--version'],
    ['busybox', 'udhcpc', '--help'],
  ] as const) {
    try {
      execFileSync(program, args, { env: { PATH }, stdio: 'ignore', timeout: LONG_MS });
    } catch {
      return `${program} is not on this machine: apt-get install network-manager dnsmasq-base`;
    }
  }
  try {
    ip('netns', 'add', name('box'));
    // It hides the files of this machine's own.
    ip('netns', 'exec', name('box'), 'mount', '-t', 'tmpfs', 'tmpfs', '/etc/NetworkManager');
    return undefined;
  } catch {
    return 'this machine allows no namespaces';
  } finally {
    forget('box');
  }
}

function forget(place: Place): void {
  try {
    ip('netns', 'del', name(place));
  } catch {
    // It was never made.
  }
}

/** What NetworkManager has started outlives it. */
function endAll(place: Place): void {
  try {
    const pids = ip('netns', 'pids', name(place))
      .split('\n')
      .filter((pid) => pid !== '');
    for (const pid of pids) process.kill(Number(pid), 'SIGKILL');
  } catch {
    // They ended by themselves.
  }
}

/** All that NetworkManager writes lies in memory, and it asks neither udev nor polkit. */
const START = `
set -e
for folder in /run /etc/NetworkManager /var/lib/NetworkManager; do mount -t tmpfs tmpfs $folder; done
mkdir -p /etc/NetworkManager/system-connections /etc/NetworkManager/dnsmasq-shared.d
cp "$1" /etc/NetworkManager/dnsmasq-shared.d/venuebox.conf
mount -o remount,ro,bind /sys
exec NetworkManager --debug --log-level=INFO --config "$2" --pid-file=/run/nm.pid
`;
const SETTINGS = `[main]
plugins=keyfile
auth-polkit=false
dhcp=internal
dns=none
hostname-mode=none
systemd-resolved=false
`;
/** The client's own words for what it was given. */
const LEASE = `#!/bin/sh
[ "$1" = bound ] || exit 0
busybox ip addr add "$ip/\${mask:-24}" dev "$interface"
echo "ip=$ip router=\${router:-none} dns=\${dns:-none}"
`;

export interface CabledBox extends AsyncDisposable {
  /** Of its D-Bus. */
  readonly address: string;
  readonly run: (place: Place, ...words: readonly string[]) => string;
  /** What a machine on the crew's port is given by DHCP. */
  readonly lease: () => Readonly<Record<string, string>>;
  readonly log: () => string;
}

export async function openCabledBox(): Promise<CabledBox> {
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-nm-'));
  const file = (of: string) => join(folder, of);
  writeFileSync(file('nm.conf'), SETTINGS);
  writeFileSync(file('lease.sh'), LEASE, { mode: 0o755 });
  const inside = (place: Place) => ['netns', 'exec', name(place)];
  const run = (place: Place, ...words: readonly string[]) => ip(...inside(place), ...words);
  const bus = await startBus();
  const children: ChildProcess[] = [];
  let log = '';
  const start = (place: Place, words: readonly string[]) => {
    const env = { PATH, DBUS_SYSTEM_BUS_ADDRESS: bus.address };
    const child = spawn('ip', [...inside(place), ...words], { env, stdio: 'pipe' });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        log += text;
      });
    }
    children.push(child);
    return child;
  };
  const close = async () => {
    for (const child of children.reverse()) {
      const ended = new Promise((resolve) => child.once('close', resolve));
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGTERM');
      await ended;
    }
    await bus.stop();
    for (const place of PLACES) endAll(place);
    for (const place of PLACES) forget(place);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const place of PLACES) {
      ip('netns', 'add', name(place));
      run(place, 'ip', 'link', 'set', 'lo', 'up');
    }
    for (const [port, place] of [
      ['eth0', 'uplink'],
      ['eth1', 'crew'],
    ] as const) {
      const peer = ['type', 'veth', 'peer', 'name', 'lan0', 'netns', name(place)];
      ip('link', 'add', port, 'netns', name('box'), ...peer);
    }
    run('uplink', 'ip', 'link', 'set', 'lan0', 'up');
    run('uplink', 'ip', 'addr', 'add', '192.0.2.1/24', 'dev', 'lan0');
    const serve = [
      '--conf-file=/dev/null',
      '--keep-in-foreground',
      '--port=0',
      '--bind-interfaces',
    ];
    const range = ['--interface=lan0', '--dhcp-range=192.0.2.10,192.0.2.50', '--leasefile-ro'];
    start('uplink', ['dnsmasq', ...serve, ...range, `--pid-file=${file('dnsmasq.pid')}`]);
    const own = join(process.cwd(), 'systemd/venuebox.dnsmasq');
    start('box', ['sh', '-c', START, 'sh', own, file('nm.conf')]);
    await until(
      () => log.includes('startup complete'),
      LONG_MS,
      () => log,
    );
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ address: bus.address, run, log: () => log },
    lease: () => {
      const client = ['udhcpc', '-f', '-q', '-n', '-t', '20', '-i', 'lan0', '-s', file('lease.sh')];
      const text = run('crew', 'busybox', ...client);
      const found = /^ip=.*$/m.exec(text)?.[0] ?? '';
      return Object.fromEntries(found.split(' ').map((one) => one.split('=', 2)));
    },
    [Symbol.asyncDispose]: close,
  };
}
