import { readdir, readFile } from 'node:fs/promises';
import si from 'systeminformation';
import { runCommand } from '../os/process.ts';
import { diskOf, parseLifeTime, parseTemperatureC, parseThrottled } from './parse.ts';
import type { Disk, NetworkInterface, System, SystemState, Throttling } from './port.ts';
import { readClockSync } from './timex.ts';

const FIRMWARE_FLAGS = '/sys/devices/platform/soc/soc:firmware/get_throttled';
/** Filesystems of files that last; the rest is memory or an image. */
const REAL_FILESYSTEMS: ReadonlySet<string> = new Set([
  'ext4',
  'ext3',
  'btrfs',
  'xfs',
  'f2fs',
  'vfat',
  'exfat',
  'ntfs',
  'overlay',
]);

/** This machine. */
export function openLinuxSystem(root = ''): System {
  return {
    read: async (signal) => {
      signal.throwIfAborted();
      const [cpuC, throttling, loadPct, memory, disks, interfaces] = await Promise.all([
        readCpuC(root),
        readThrottling(root, signal),
        orAbsent(si.currentLoad().then(({ currentLoad }) => currentLoad)),
        orAbsent(si.mem()),
        readDisks(root),
        readInterfaces(),
      ]);
      signal.throwIfAborted();
      const state: SystemState = {
        ...(cpuC === undefined ? {} : { cpuC }),
        ...(throttling === undefined ? {} : { throttling }),
        ...(loadPct === undefined ? {} : { loadPct: Math.round(loadPct * 10) / 10 }),
        ...(memory === undefined
          ? {}
          : { memoryTotalBytes: memory.total, memoryAvailableBytes: memory.available }),
        disks,
        clock: readClockSync(),
        interfaces,
      };
      return state;
    },
  };
}

async function readCpuC(root: string): Promise<number | undefined> {
  const zones = `${root}/sys/class/thermal`;
  const names = (await orAbsent(readdir(zones))) ?? [];
  const temperatures = await Promise.all(
    names
      .filter((name) => name.startsWith('thermal_zone'))
      .map((name) => orAbsent(readFile(`${zones}/${name}/temp`, 'utf8'))),
  );
  const known = temperatures.flatMap((text) => parseTemperatureC(text ?? '') ?? []);
  return known.length === 0 ? undefined : Math.max(...known);
}

async function readThrottling(root: string, signal: AbortSignal): Promise<Throttling | undefined> {
  const flags = await orAbsent(readFile(root + FIRMWARE_FLAGS, 'utf8'));
  if (flags !== undefined) return parseThrottled(flags);
  // vcgencmd needs this device; asking for it elsewhere would start a process for nothing.
  if ((await orAbsent(readFile(`${root}/sys/class/vcio/vcio/dev`))) === undefined) return undefined;
  const said = runCommand('vcgencmd', ['get_throttled'], { timeoutMs: 2000, signal });
  return parseThrottled((await orAbsent(said))?.stdout ?? '');
}

async function readDisks(root: string): Promise<Disk[]> {
  const all = (await orAbsent(si.fsSize())) ?? [];
  const real = all.filter(({ type, size }) => REAL_FILESYSTEMS.has(type) && size > 0);
  return Promise.all(
    real.map(async ({ mount, fs: device, size, available }) => {
      const disk = diskOf(device);
      const life = `${root}/sys/block/${disk}/device/life_time`;
      const wornPct = disk && parseLifeTime((await orAbsent(readFile(life, 'utf8'))) ?? '');
      const sizes = { mount, device, totalBytes: size, freeBytes: available };
      return typeof wornPct === 'number' ? { ...sizes, wornPct } : sizes;
    }),
  );
}

async function readInterfaces(): Promise<NetworkInterface[]> {
  const told = await orAbsent(si.networkInterfaces());
  const list = told === undefined ? [] : Array.isArray(told) ? told : [told];
  const stats = (await orAbsent(si.networkStats('*'))) ?? [];
  return list.map(({ iface, operstate, ip4, ip6 }) => {
    const counters = stats.find((one) => one.iface === iface);
    return {
      name: iface,
      isUp: operstate === 'up' || (operstate === 'unknown' && ip4 !== ''),
      addresses: [ip4, ip6].filter((address) => address !== ''),
      rxBytesTotal: counters?.rx_bytes ?? 0,
      txBytesTotal: counters?.tx_bytes ?? 0,
    };
  });
}

/** Undefined where a part of the system does not answer: the others still do. */
async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}
