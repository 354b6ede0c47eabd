/** A USB modem gadget, by the AT driver and by ModemManager. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { probeModems } from '../../daemon/cli/doctor/network.ts';
import { parseConfig } from '../../daemon/config/file.ts';
import { openPinEntry } from '../../daemon/modems/pin-entry.ts';
import { openAtModem } from '../../hal/modem/at-modem.ts';
import { openModemManager } from '../../hal/modem/modem-manager.ts';
import type { Modems, ModemsState } from '../../hal/modem/port.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { silentLog } from '../../hal/os/log.ts';
import { run, timed, until } from './support/kernel.ts';
import { startAtModem } from './support/tty-modem.ts';
import { makeGadget } from './support/usb-gadget.ts';

const test = suite('lab: a USB modem');
const os = { clock: systemClock, log: silentLog };
const IMEI = '867530900000017';

const gadget = makeGadget(
  'modem',
  { vendor: '0x1e0e', product: '0x9999', maker: 'LAB', model: 'LTE-LAB' },
  ['acm.0', 'ncm.0'],
  1,
);
gadget.link();
gadget.plug();

/** Keeps the newest state that a driver reported. */
function follow(modems: Modems) {
  const stop = new AbortController();
  let latest: ModemsState | undefined;
  const ended = (async () => {
    for await (const state of modems.changes(stop.signal)) latest = state;
  })();
  const first = () => (latest?.phase === 'known' ? latest.modems[0] : undefined);
  return {
    latest: () => latest,
    first,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}

test('the AT driver reports registration and signal over a real tty', async () => {
  await until('/dev/ttyACM0', () => existsSync('/dev/ttyACM0'));
  await using _modem = await startAtModem('/dev/ttyGS0');
  await using seen = follow(openAtModem('/dev/ttyACM0', 115_200, os));
  await until('a registered modem', () => seen.first()?.registration === 'registered');
  const { id, technology, operator, rsrpDbm, rsrqDb, sim, interfaceName, rxBytesTotal } =
    seen.first() ?? {};
  console.log(`  AT: its interface is ${interfaceName}, which received ${rxBytesTotal} bytes`);
  assert.ok(existsSync(`/sys/class/net/${interfaceName}`), interfaceName);
  assert.type(rxBytesTotal, 'number');
  assert.equal(
    { id, technology, operator, rsrpDbm, rsrqDb, sim },
    {
      id: IMEI,
      technology: 'lte',
      operator: 'Lab Telecom',
      rsrpDbm: -81,
      rsrqDb: -10,
      sim: 'ready',
    },
  );
});

test('the AT driver: an unplugged modem is reported, and is back after the replug', async () => {
  await using _modem = await startAtModem('/dev/ttyGS0');
  await using seen = follow(openAtModem('/dev/ttyACM0', 115_200, os));
  await until('the modem', () => seen.first() !== undefined);
  gadget.unplug();
  await timed(1000, 'AT modem: absence reported', () => seen.latest()?.phase === 'away');
  gadget.plug();
  await timed(5000, 'AT modem: found again', () => seen.first()?.id === IMEI);
});

test('the real ModemManager: no bus, then a modem with its signal, a crash of ModemManager, the unplug', async () => {
  await using modem = await startAtModem('/dev/ttyGS0');
  await using seen = follow(openModemManager(os));
  await until('a missing bus to be reported', () => seen.latest()?.phase === 'away');
  mkdirSync('/run/dbus', { recursive: true });
  const children: ChildProcess[] = [];
  const start = (command: string, ...args: string[]) => {
    const child = spawn(command, args, { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  try {
    start('dbus-daemon', '--system', '--nofork', '--nopidfile');
    start('/lib/systemd/systemd-udevd');
    await until('the bus', () => existsSync('/run/dbus/system_bus_socket'));
    await until('udev', () => existsSync('/run/udev/control'));
    for (const subsystem of ['usb', 'tty', 'net']) {
      await run('udevadm', 'trigger', '--action=add', '-s', subsystem);
    }
    await run('udevadm', 'settle', '-t', '8');
    // The bus starts ModemManager for the driver's call, as it does on any Debian.
    const foundMs = await until('the modem', () => seen.first()?.id === IMEI);
    console.log(`  ModemManager: found after ${foundMs | 0} ms`);
    modem.rsrpStep = 50;
    await openModemManager(os).act(IMEI, 'enable', AbortSignal.timeout(20_000));
    await until('a registered modem', () => seen.first()?.registration === 'registered');
    await until('its signal', () => seen.first()?.rsrpDbm !== undefined);
    const { operator, rsrpDbm, sim } = seen.first() ?? {};
    assert.is(operator, 'Lab Telecom');
    assert.is(sim, 'ready');
    // ModemManager counts the steps of 27.007 from -140 dBm.
    assert.ok(rsrpDbm !== undefined && Math.abs(rsrpDbm - -91) <= 1, `${rsrpDbm} dBm`);
    const { lines } = await probeModems(
      parseConfig('doctor', '', []),
      os,
      AbortSignal.timeout(60_000),
    );
    assert.ok(
      lines.some((line) =>
        /^LabTel LTE-LAB \d+.*: registered Lab Telecom \S+, -\d+ dBm/.test(line),
      ),
      lines.join('; '),
    );
    const [pid] = (await run('busybox', 'pidof', 'ModemManager')).split(' ');
    process.kill(Number(pid), 'SIGKILL');
    await timed(1000, 'ModemManager crashed: modem unknown', () => seen.first() === undefined);
    await until('the modem again', () => seen.first()?.id === IMEI);
    gadget.unplug();
    const isGone = () => seen.latest()?.phase === 'known' && seen.first() === undefined;
    await timed(1000, 'ModemManager: absence reported', isGone);
    modem.pin = '4711';
    gadget.plug();
    await until('a locked SIM', () => seen.first()?.sim === 'pin');
    console.log(`  ModemManager: tries left: ${seen.first()?.pinTriesLeft ?? 'unknown'}`);
    const folder = mkdtempSync('/tmp/venuebox-pin-');
    const file = `${folder}/sim.pin`;
    const keeper = openPinEntry({
      modems: openModemManager(os),
      files: { any: file },
      stateFolder: folder,
      ...os,
    });
    const look = async () => {
      const state = seen.latest();
      const known = state?.phase === 'known' ? state.modems : [];
      return (await keeper.poll(known, AbortSignal.timeout(60_000))).get(seen.first()?.id ?? '');
    };
    writeFileSync(file, '9999');
    assert.is((await look())?.kind, 'wrong');
    assert.is((await look())?.kind, 'wrong');
    writeFileSync(file, '4711\n');
    await look();
    await until('an open SIM', () => seen.first()?.sim === 'ready');
    const tried = modem.received.filter((command) => command.startsWith('AT+CPIN='));
    assert.equal(tried, ['AT+CPIN="9999"', 'AT+CPIN="4711"']);
  } finally {
    for (const child of children) child.kill('SIGKILL');
  }
});

test.run();
