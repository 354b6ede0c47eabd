/** The modems of the config. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, parseConfig } from '../../../daemon/config/file.ts';
import { openDevices } from '../../../daemon/devices/devices.ts';
import { countersOf, interfaceBesideTty } from '../../../hal/modem/counters.ts';
import { joinModems, joinStates } from '../../../hal/modem/join.ts';
import type { Modems, ModemsState } from '../../../hal/modem/port.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { answering, freshModem } from '../../support/modem/at-modem.ts';
import { openPty } from '../../support/pty.ts';

const test = suite('the modems of the config');
const os = { clock: systemClock, log: silentLog };
const never = new AbortController().signal;
const IMEI = '867530900000017';

function config(modems: string) {
  const around = 'panel: {driver: none}\npower: {board: none}\nprinter: {driver: none}\n';
  return parseConfig('box.yaml', `${around}modems: ${modems}\n`, []);
}

function faultsOf(modems: string): string {
  try {
    config(modems);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.join('\n');
    throw error;
  }
}

test('driver at opens each serial port of the config; a missing one is reported', async () => {
  await using pty = openPty();
  const modem = freshModem();
  pty.onData(answering(modem, (text) => pty.write(text)));
  const modemsConfig = `{driver: at, at_ports: [${pty.path}, /dev/tty-none]}`;
  await using devices = await openDevices(config(modemsConfig), {}, os, never);
  const stop = new AbortController();
  let latest: ModemsState | undefined;
  const ended = (async () => {
    for await (const state of devices.modems.changes(stop.signal)) latest = state;
  })();
  const isComplete = () => latest?.phase === 'known' && latest.away !== undefined;
  await until(isComplete, 30_000);
  assert.ok(latest?.phase === 'known');
  assert.equal(
    latest.modems.map(({ id, port, operator }) => [id, port, operator]),
    [[IMEI, pty.path, 'Lab Telecom']],
  );
  assert.match(latest.away?.join() ?? '', '/dev/tty-none');
  await devices.modems.act(IMEI, 'reset', never);
  assert.ok(modem.received.includes('AT+CFUN=1,1'));
  const unknown = await devices.modems.act('1', 'reset', never).catch((error: unknown) => error);
  assert.match(String(unknown), 'no port has it now');
  stop.abort();
  await ended;
});

test('driver at without a port, with a port twice or an invalid one is a fault with its key', () => {
  assert.match(faultsOf('{driver: at}'), 'modems.at_ports must list at least one serial port');
  assert.match(
    faultsOf('{at_ports: [/dev/a, /dev/a]}'),
    'modems.at_ports must name each port once',
  );
  assert.match(faultsOf('{at_ports: [ttyUSB2]}'), 'modems.at_ports.0 must be a serial port like');
});

test('joined drivers end together with their reader', async () => {
  let open = 0;
  const one = (reason: string): Modems => ({
    driver: reason,
    canPower: false,
    changes: async function* (signal) {
      open += 1;
      yield { phase: 'away', reason };
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
      });
      open -= 1;
    },
    act: async () => {},
    sendPin: async () => {},
  });
  const joined = joinModems([one('a'), one('b')]);
  for await (const state of joined.changes(never)) {
    if (state.phase === 'away' && state.reason === 'a; b') break;
  }
  assert.is(open, 0);
  assert.equal(joinStates([undefined, undefined]), { phase: 'absent' });
});

test("a serial port's USB device reports its network interface, and that its counters", async () => {
  const sys = await mkdtemp(join(tmpdir(), 'venuebox-sys-'));
  const device = join(sys, 'devices/usb1/1-1');
  await mkdir(join(device, '1-1:1.2/ttyUSB2'), { recursive: true });
  await mkdir(join(device, '1-1:1.4/net/wwan0'), { recursive: true });
  await writeFile(join(device, 'idVendor'), '2c7c\n');
  await mkdir(join(sys, 'class/tty/ttyUSB2'), { recursive: true });
  await symlink(join(device, '1-1:1.2/ttyUSB2'), join(sys, 'class/tty/ttyUSB2/device'));
  await writeFile(join(sys, 'ttyUSB2'), '');
  const statistics = join(sys, 'class/net/wwan0/statistics');
  await mkdir(statistics, { recursive: true });
  await writeFile(join(statistics, 'rx_bytes'), '700\n');
  await writeFile(join(statistics, 'tx_bytes'), '300\n');
  assert.is(await interfaceBesideTty(join(sys, 'ttyUSB2'), sys), 'wwan0');
  assert.is(await interfaceBesideTty(join(sys, 'none'), sys), undefined);
  assert.equal(await countersOf('wwan0', sys), { rxBytesTotal: 700, txBytesTotal: 300 });
  assert.equal(await countersOf('../wwan0', sys), {});
  await rm(sys, { recursive: true });
});

test.run();
