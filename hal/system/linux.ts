/** Reads processor, memory, disks and network of a Linux machine. */

import { readdir, readFile } from 'node:fs/promises';
import si from 'systeminformation';
import { withTimeout } from '../os/async.ts';
import { type Clock, systemClock } from '../os/clock.ts';
import { HalError } from '../os/errors.ts';
import { readAddresses } from '../os/network.ts';
import { runCommand } from '../os/process.ts';
import { openClockSync } from './clock-sync.ts';
import { diskOf, parseLifeTime, parseTemperatureC, parseThrottled } from './parse.ts';
import type { Disk, NetworkInterface, System, SystemState, Throttling } from './port.ts';

/** Reading it all takes half a second. */
const PART_TIMEOUT_MS = 5000;
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
export function openLinuxSystem(root = '', clock: Clock = systemClock): System {
  const readClockSync = openClockSync(clock);
  return {
    read: async (signal) => {
      signal.throwIfAborted();
      const [cpuC, throttling, loadPct, memory, disks, interfaces, sync] = await Promise.all([
        inTime(readCpuC(root), clock),
        inTime(readThrottling(root, signal), clock),
        inTime(
          si.currentLoad().then(({ currentLoad }) => currentLoad),
          clock,
        ),
        inTime(si.mem(), clock),
        inTime(readDisks(root), clock),
        inTime(readInterfaces(root), clock),
        inTime(readClockSync(signal), clock),
      ]);
      signal.throwIfAborted();
      const state: SystemState = {
        ...(cpuC === undefined ? {} : { cpuC }),
        ...(throttling === undefined ? {} : { throttling }),
        ...(loadPct === undefined ? {} : { loadPct: Math.round(loadPct * 10) / 10 }),
        ...(memory === undefined
          ? {}
          : { memoryTotalBytes: memory.total, memoryAvailableBytes: memory.available }),
        disks: disks ?? [],
        clock: sync ?? { phase: 'unknown' },
        interfaces: interfaces ?? [],
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
  const flagsNow = runCommand('vcgencmd', ['get_throttled'], { timeoutMs: 2000, signal });
  return parseThrottled((await orAbsent(flagsNow))?.stdout ?? '');
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

/** From sysfs: systeminformation starts a dozen processes for the same. */
async function readInterfaces(root: string): Promise<NetworkInterface[]> {
  const folder = `${root}/sys/class/net`;
  const names = ((await orAbsent(readdir(folder))) ?? []).toSorted();
  const addresses = readAddresses();
  return Promise.all(
    names.map(async (name) => {
      const read = async (file: string) =>
        (await orAbsent(readFile(`${folder}/${name}/${file}`, 'utf8')))?.trim() ?? '';
      const own = addresses.get(name) ?? [];
      const state = await read('operstate');
      return {
        name,
        // Loopback and some modems never report "up".
        isUp: state === 'up' || (state === 'unknown' && own.length > 0),
        addresses: own,
        rxBytesTotal: Number(await read('statistics/rx_bytes')),
        txBytesTotal: Number(await read('statistics/tx_bytes')),
      };
    }),
  );
}

/** Undefined where a part of the system does not answer: the others still do. */
async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch {
    return undefined;
  }
}

/** The same after a while: `df` waits for ever on a network disk that went away. */
async function inTime<T>(work: Promise<T>, clock: Clock): Promise<T | undefined> {
  const timeoutError = () => new HalError('TIMEOUT', `no answer in ${PART_TIMEOUT_MS} ms`);
  return orAbsent(withTimeout(() => work, { clock, timeoutMs: PART_TIMEOUT_MS, timeoutError }));
}
