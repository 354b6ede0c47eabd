/**
 * Wi-Fi cards of the kernel's own (mac80211_hwsim), which all hear each other: the box's, with
 * Debian's NetworkManager and wpa_supplicant, those of venues, and those of phones.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { run, until } from './kernel.ts';

const FOLDER = '/run/lab-air';
const LOG = '/out/wifi-neighbours.log';
const LEASE = `#!/bin/sh
[ "$1" = bound ] || exit 0
busybox ip addr flush dev "$interface"
busybox ip addr add "$ip/24" dev "$interface"
[ -z "$router" ] || busybox ip route replace default via "$router"
echo "ip=$ip router=\${router:-none} dns=\${dns:-none}"
`;

export interface VenueWifi {
  readonly ssid: string;
  /** Left out: an open network. */
  readonly password?: string;
  readonly isWpa3?: boolean;
  /** It lets everybody in and gives no address. */
  readonly isMute?: boolean;
}

export interface Phone {
  /** Resolves with what it was given there. */
  join(ssid: string, password: string): Promise<Readonly<Record<string, string>>>;
  leave(): Promise<void>;
  /** What a program of the phone prints; undefined where it fails. */
  ask(...words: readonly string[]): Promise<string | undefined>;
}

/** A program in the lab, with all it prints in one log. */
function startLogged(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => appendFileSync(LOG, text));
  }
  return child;
}

async function end(child: ChildProcess | undefined, signal: NodeJS.Signals = 'SIGTERM') {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  // What it has started itself may hold them for ever.
  for (const stream of [child.stdout, child.stderr]) stream?.destroy();
}

/** Radio 0 is the box's, then come those of the venues, then the phones'. */
export async function openAir(venues: readonly VenueWifi[], phones: number) {
  mkdirSync(FOLDER, { recursive: true });
  mkdirSync('/run/dbus', { recursive: true });
  writeFileSync(`${FOLDER}/lease`, LEASE, { mode: 0o755 });
  mkdirSync('/etc/NetworkManager/dnsmasq-shared.d', { recursive: true });
  copyFileSync('systemd/venuebox.dnsmasq', '/etc/NetworkManager/dnsmasq-shared.d/venuebox.conf');
  const children: ChildProcess[] = [];
  const start = (command: string, ...args: readonly string[]) => {
    const child = startLogged(command, args);
    children.push(child);
    return child;
  };
  for (let radio = 1; radio <= venues.length + phones; radio += 1) {
    await run('ip', 'netns', 'add', `radio${radio}`);
    await run('iw', 'phy', `phy${radio}`, 'set', 'netns', 'name', `radio${radio}`);
    await run('ip', '-n', `radio${radio}`, 'link', 'set', 'lo', 'up');
  }
  for (const [index, venue] of venues.entries()) await startVenue(index + 1, venue, start);
  start('dbus-daemon', '--system', '--nofork', '--nopidfile');
  start('/lib/systemd/systemd-udevd');
  await until('the bus', () => existsSync('/run/dbus/system_bus_socket'));
  await until('udev', () => existsSync('/run/udev/control'));
  await run('udevadm', 'trigger', '--action=add', '-s', 'net');
  await run('udevadm', 'trigger', '--action=add', '-s', 'rfkill');
  await run('udevadm', 'settle', '-t', '20');
  start('wpa_supplicant', '-u');
  start('NetworkManager', '--debug', '--log-level=INFO');
  return {
    phone: (index: number): Phone => openPhone(1 + venues.length + index),
    [Symbol.asyncDispose]: async () => {
      for (const child of children.reverse()) await end(child, 'SIGKILL');
    },
  };
}

type Start = (command: string, ...args: readonly string[]) => ChildProcess;

function networkOf(ssid: string, password: string | undefined, more: readonly string[]): string {
  const keys = password === undefined ? ['key_mgmt=NONE'] : [`psk="${password}"`];
  return [
    `ctrl_interface=${FOLDER}/control`,
    'network={',
    ...[`ssid="${ssid}"`, ...keys, ...more].map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n');
}

async function startVenue(radio: number, venue: VenueWifi, start: Start): Promise<void> {
  const { ssid, password, isWpa3 = false, isMute = false } = venue;
  const [card, place] = [`wlan${radio}`, `radio${radio}`];
  const sae = ['key_mgmt=SAE', 'ieee80211w=2', 'proto=RSN', 'pairwise=CCMP', 'group=CCMP'];
  const wpa2 = ['key_mgmt=WPA-PSK', 'proto=RSN', 'pairwise=CCMP'];
  const how = password === undefined ? [] : isWpa3 ? sae : wpa2;
  const file = `${FOLDER}/${place}.conf`;
  writeFileSync(file, networkOf(ssid, password, ['mode=2', 'frequency=2412', ...how]));
  const inside = ['netns', 'exec', place];
  start('ip', ...inside, 'wpa_supplicant', '-i', card, '-c', file);
  await run('ip', '-n', place, 'addr', 'add', `192.168.${radio}.1/24`, 'dev', card);
  if (isMute) return;
  const serve = ['--conf-file=/dev/null', '--keep-in-foreground', '--port=0', '--leasefile-ro'];
  const range = `--dhcp-range=192.168.${radio}.10,192.168.${radio}.50`;
  start('ip', ...inside, 'dnsmasq', ...serve, `--interface=${card}`, range, '--pid-file');
}

function openPhone(radio: number): Phone {
  const [card, place] = [`wlan${radio}`, `radio${radio}`];
  const inside = ['netns', 'exec', place];
  let supplicant: ChildProcess | undefined;
  const ask = (...words: readonly string[]) =>
    run('ip', ...inside, ...words).catch((error: Error) => {
      appendFileSync(LOG, `${error.message}\n`);
      return undefined;
    });
  const leave = async () => {
    await end(supplicant, 'SIGKILL');
    supplicant = undefined;
    await run('ip', '-n', place, 'addr', 'flush', 'dev', card);
    await run('ip', '-n', place, 'link', 'set', card, 'down');
  };
  return {
    ask,
    leave,
    join: async (ssid, password) => {
      await leave();
      const file = `${FOLDER}/${place}.conf`;
      const how = password === '' ? [] : ['key_mgmt=WPA-PSK'];
      writeFileSync(file, networkOf(ssid, password === '' ? undefined : password, how));
      supplicant = startLogged('ip', [...inside, 'wpa_supplicant', '-i', card, '-c', file]);
      const client = ['udhcpc', '-f', '-q', '-n', '-t', '30', '-T', '2', '-i', card];
      const text = (await ask('busybox', ...client, '-s', `${FOLDER}/lease`)) ?? '';
      const found = /^ip=.*$/m.exec(text)?.[0] ?? '';
      return Object.fromEntries(found.split(' ').map((one) => one.split('=', 2)));
    },
  };
}
