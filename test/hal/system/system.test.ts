/** Tests of the machine's sensors, disks and clock. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { absentBattery, absentInputs, absentModems, absentPrinter } from '../../../hal/absent.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { runCommand } from '../../../hal/os/process.ts';
import { openLinuxSystem } from '../../../hal/system/linux.ts';
import {
  diskOf,
  parseLifeTime,
  parseTemperatureC,
  parseThrottled,
  parseTimex,
  TIMEX_BYTES,
} from '../../../hal/system/parse.ts';
import { readClockSync } from '../../../hal/system/timex.ts';
import { listWatchdogs } from '../../../hal/system/watchdog.ts';

const test = suite('system');
const never = new AbortController().signal;

test('throttling flags: now, since the start, and what is no flag', () => {
  const calm = {
    isUnderVoltage: false,
    isSlowed: false,
    isHot: false,
    wasUnderVoltage: false,
    wasSlowed: false,
  };
  assert.equal(parseThrottled('throttled=0x0\n'), calm);
  assert.equal(parseThrottled('50005'), {
    ...calm,
    isUnderVoltage: true,
    isSlowed: true,
    wasUnderVoltage: true,
    wasSlowed: true,
  });
  assert.equal(parseThrottled('0x8'), { ...calm, isHot: true });
  assert.is(parseThrottled('VCHI initialization failed'), undefined);
});

test('temperatures in millidegrees; a dead sensor is absent', () => {
  assert.is(parseTemperatureC('48312\n'), 48.312);
  assert.equal(
    ['0', '-274000', 'x', '', '999999'].map(parseTemperatureC),
    Array(5).fill(undefined),
  );
});

test('eMMC wear is the worse of its two figures', () => {
  assert.is(parseLifeTime('0x01 0x03\n'), 30);
  assert.is(parseLifeTime('0x0b 0x01'), 100);
  assert.is(parseLifeTime('0x00 0x00'), undefined);
  assert.is(parseLifeTime(''), undefined);
});

test('the disk of a partition', () => {
  const devices = ['/dev/mmcblk0p2', '/dev/nvme0n1p1', '/dev/sda1', '/dev/sda', 'overlay'];
  assert.equal(devices.map(diskOf), ['mmcblk0', 'nvme0n1', 'sda', 'sda', undefined]);
});

test('the kernel clock: synchronised, free, unknown', () => {
  const timex = Buffer.alloc(TIMEX_BYTES);
  timex.writeBigInt64LE(15_500n, 24);
  timex.writeBigInt64LE(-1_500n, 8);
  const synchronised = { phase: 'synchronised', maxErrorMs: 15.5 } as const;
  assert.equal(parseTimex(0, timex), { ...synchronised, offsetMs: -1.5 });
  // With STA_NANO the offset is in ns.
  timex.writeInt32LE(0x2000, 40);
  assert.equal(parseTimex(0, timex), { ...synchronised, offsetMs: -0.0015 });
  assert.is(parseTimex(5, timex).phase, 'free');
  timex.writeInt32LE(0x2040, 40);
  assert.is(parseTimex(0, timex).phase, 'free');
  assert.equal(parseTimex(-1, timex), { phase: 'unknown' });
});

test('any text of sysfs parses', async () => {
  await fc.assert(
    fc.property(fc.string(), (text) => {
      const worn = parseLifeTime(text);
      assert.ok(worn === undefined || (worn >= 10 && worn <= 100));
      const warm = parseTemperatureC(text);
      assert.ok(warm === undefined || (warm > -40 && warm < 150));
      parseThrottled(text);
      diskOf(text);
    }),
  );
});

test('this machine reports its memory, its root disk, its clock and its loopback', async () => {
  const state = await openLinuxSystem().read(never);
  assert.ok((state.memoryTotalBytes ?? 0) > (state.memoryAvailableBytes ?? Infinity) / 2);
  assert.ok((state.memoryAvailableBytes ?? 0) > 0);
  assert.ok((state.loadPct ?? -1) >= 0);
  const root = state.disks.find(({ mount }) => mount === '/');
  assert.ok(root !== undefined && root.freeBytes > 0 && root.freeBytes < root.totalBytes);
  const loopback = state.interfaces.find(({ name }) => name === 'lo');
  assert.ok(loopback?.addresses.includes('127.0.0.1'));
  assert.ok(['synchronised', 'free'].includes(readClockSync().phase));
  assert.is(state.clock.phase, readClockSync().phase);
});

test('the hottest sensor and the firmware flags are read where a Pi has them', async () => {
  const root = await mkdtemp(join(tmpdir(), 'venuebox-sys-'));
  for (const [zone, temperature] of [
    ['thermal_zone0', '48312'],
    ['thermal_zone1', '61000'],
  ] as const) {
    await mkdir(join(root, 'sys/class/thermal', zone), { recursive: true });
    await writeFile(join(root, 'sys/class/thermal', zone, 'temp'), `${temperature}\n`);
  }
  const firmware = join(root, 'sys/devices/platform/soc/soc:firmware');
  await mkdir(firmware, { recursive: true });
  await writeFile(join(firmware, 'get_throttled'), '50000\n');
  const state = await openLinuxSystem(root).read(never);
  assert.is(state.cpuC, 61);
  assert.is(state.throttling?.wasUnderVoltage, true);
  assert.is(state.throttling?.isUnderVoltage, false);
});

test('a part that hangs is left out after its time, and the others are reported', async () => {
  const root = await mkdtemp(join(tmpdir(), 'venuebox-sys-'));
  const zone = join(root, 'sys/class/thermal/thermal_zone0');
  await mkdir(zone, { recursive: true });
  // Reading a FIFO without a writer waits for ever.
  await runCommand('mkfifo', [join(zone, 'temp')], { timeoutMs: 5000 });
  const fast = {
    ...systemClock,
    sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 2, signal),
  };
  const state = await openLinuxSystem(root, fast).read(never);
  await writeFile(join(zone, 'temp'), '1');
  assert.is(state.cpuC, undefined);
  assert.ok((state.memoryTotalBytes ?? 0) > 0);
});

test('network interfaces are read from sysfs with their counters', async () => {
  const root = await mkdtemp(join(tmpdir(), 'venuebox-sys-'));
  const net = join(root, 'sys/class/net/wwan7');
  await mkdir(join(net, 'statistics'), { recursive: true });
  await writeFile(join(net, 'operstate'), 'up\n');
  await writeFile(join(net, 'statistics/rx_bytes'), '1234\n');
  await writeFile(join(net, 'statistics/tx_bytes'), '99\n');
  const { interfaces } = await openLinuxSystem(root).read(never);
  assert.equal(interfaces, [
    { name: 'wwan7', isUp: true, addresses: [], rxBytesTotal: 1234, txBytesTotal: 99 },
  ]);
});

test('watchdogs are reported with their time and state', async () => {
  const root = await mkdtemp(join(tmpdir(), 'venuebox-dog-'));
  assert.equal(await listWatchdogs(join(root, 'none')), []);
  await mkdir(join(root, 'watchdog0'));
  await writeFile(join(root, 'watchdog0/identity'), 'Broadcom BCM2835 Watchdog timer\n');
  await writeFile(join(root, 'watchdog0/timeout'), '15\n');
  await writeFile(join(root, 'watchdog0/state'), 'active\n');
  assert.equal(await listWatchdogs(root), [
    {
      name: 'watchdog0',
      identity: 'Broadcom BCM2835 Watchdog timer',
      timeoutS: 15,
      isActive: true,
    },
  ]);
});

test('what a venue does not have says so, refuses, and ends with its reader', async () => {
  assert.equal(await absentBattery.read(never), { phase: 'absent' });
  assert.equal(await absentPrinter.status(never), { phase: 'absent' });
  assert.is((await absentPrinter.print([], never)).outcome, 'failed');
  const refused = await absentModems.act('x', 'reset', never).catch((error: unknown) => error);
  assert.match(String(refused), 'there are no modems');
  for (const device of [absentModems, absentInputs]) {
    const stop = new AbortController();
    let reported = 0;
    for await (const _ of device.changes(stop.signal)) {
      reported += 1;
      setTimeout(() => stop.abort(), 5);
    }
    assert.is(reported, 1);
  }
});

test.run();
