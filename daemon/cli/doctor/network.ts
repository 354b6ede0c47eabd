/** `venuebox doctor modems`. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { openModemManager } from '../../../hal/modem/modem-manager.ts';
import { type NmDevice, readNmDevices } from '../../../hal/modem/nm-state.ts';
import type { ModemState, ModemsState } from '../../../hal/modem/port.ts';
import { withTimeout } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { openDbus } from '../../../hal/os/dbus.ts';
import { HalError } from '../../../hal/os/errors.ts';
import type { ClockAndLog } from '../../../hal/os/log.ts';
import type { Config } from '../../config/config.ts';
import { signalQuality } from '../../health/thresholds.ts';
import { judgeModem } from './findings.ts';
import { type Finding, note, type PartReport, wrong } from './report.ts';

/** The bus starts ModemManager for the question, and that lists its modems a moment later. */
const SETTLE_MS = 2500;

/** Modems by ModemManager, NetworkManager's devices, and serial ports for AT commands. */
export async function probeModems(
  { modems: config }: Pick<Config, 'modems'>,
  os: ClockAndLog,
  signal: AbortSignal,
): Promise<PartReport> {
  const [state, devices, ports] = await Promise.all([
    firstKnown(os, signal),
    listDevices(os.clock, signal),
    listPorts(),
  ]);
  const modems = state.phase === 'known' ? state.modems : [];
  const missing = config.driver === 'at' ? config.at_ports.filter((port) => !existsSync(port)) : [];
  return {
    part: 'modems',
    driver: `set to ${config.driver}`,
    lines: [
      ...modems.map(renderModem),
      ...devices.map((one) => `NetworkManager ${one.interfaceName}: ${one.kind}, ${one.state}`),
      ...ports.map((port) => `serial port ${port}`),
    ],
    findings: [
      ...modems.flatMap(judgeModem),
      ...missing.map((port) => wrong(`serial port ${port} is not there`, 'plug in its modem')),
      ...managerFindings(state, config.driver, ports.length > 0),
    ],
  };
}

function managerFindings(state: ModemsState, driver: string, hasPorts: boolean): Finding[] {
  if (state.phase === 'away' && driver === 'modem-manager') {
    const what = `ModemManager does not answer (${state.reason})`;
    return [wrong(what, 'install modemmanager and start it: systemctl start ModemManager')];
  }
  if (state.phase === 'away' && hasPorts) {
    const advice =
      'install modemmanager, or set modems.driver to at and modems.at_ports to such a port';
    return [note(`ModemManager does not answer (${state.reason})`, advice)];
  }
  const isNone = state.phase === 'known' && state.modems.length === 0;
  return isNone && driver === 'modem-manager'
    ? [wrong('ModemManager has no modem', 'plug one in; lsusb shows whether it is seen')]
    : [];
}

/** The first modem that is reported, or what was reported until the time is over. */
async function firstKnown(os: ClockAndLog, signal: AbortSignal): Promise<ModemsState> {
  let state: ModemsState = { phase: 'absent' };
  const read = async (until: AbortSignal) => {
    for await (const now of openModemManager(os).changes(until)) {
      state = now;
      if (now.phase === 'known' && now.modems.length > 0) break;
    }
  };
  const late = new HalError('TIMEOUT', 'ModemManager reports no modem');
  const limit = { clock: os.clock, timeoutMs: SETTLE_MS, timeoutError: () => late, signal };
  await withTimeout(read, limit).catch((error: unknown) => {
    if (error !== late) throw error;
  });
  return state;
}

/** Empty where there is no NetworkManager. */
async function listDevices(clock: Clock, signal: AbortSignal): Promise<readonly NmDevice[]> {
  try {
    await using bus = await openDbus(clock, signal);
    return (await readNmDevices(bus, signal)).filter(({ kind }) => kind !== 'other');
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

async function listPorts(): Promise<string[]> {
  const names = await readdir('/dev').catch(() => []);
  return names
    .filter((name) => /^tty(USB|ACM|AMA)\d+$/.test(name))
    .map((name) => `/dev/${name}`)
    .toSorted();
}

function renderModem(modem: ModemState): string {
  const { id, model, registration, technology, operator, rsrpDbm, sim, interfaceName } = modem;
  const radio = rsrpDbm === undefined ? '' : `, ${rsrpDbm} dBm (${signalQuality(modem)})`;
  const where = interfaceName === undefined ? '' : ` on ${interfaceName}`;
  return `${model} ${id}${where}: ${registration} ${operator ?? ''} ${technology}${radio}, SIM ${sim}`;
}
