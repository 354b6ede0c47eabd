/** `venuebox doctor`: examines the parts of this machine side by side. */
import { withTimeout } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { HalError } from '../../../hal/os/errors.ts';
import { type Log, messageOf, silentLog } from '../../../hal/os/log.ts';
import type { Config } from '../../config/config.ts';
import { probeButtons, probeCamera, probeSound } from './devices.ts';
import { probeModems } from './network.ts';
import { probeOwnNetworks } from './own-networks.ts';
import { probeBattery } from './power.ts';
import { probePrinter } from './printer.ts';
import { probeRecordings } from './recordings.ts';
import { type DoctorReport, type Part, type PartReport, wrong } from './report.ts';
import { nameMachine, probeEncoders, probeSystem } from './system.ts';

/** The first look at GStreamer on a machine reads all its plug-ins; the rest takes a second or two. */
const PART_TIMEOUT_MS = 30_000;

interface Os {
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Asks drivers what is there and how it is, side by side. Never takes longer than
 * {@link PART_TIMEOUT_MS}: a part that hangs is a finding.
 *
 * @param stateFolder Where relative folders of the config lie.
 */
export async function examine(
  config: Config,
  stateFolder: string,
  only: readonly Part[],
  clock: Clock,
  signal: AbortSignal,
): Promise<DoctorReport> {
  const os: Os = { clock, log: silentLog };
  const probes: Readonly<Record<Part, (signal: AbortSignal) => Promise<PartReport>>> = {
    system: probeSystem,
    encoders: () => probeEncoders(config),
    camera: (stop) => probeCamera(config, stop),
    sound: (stop) => probeSound(config, stop),
    buttons: probeButtons,
    battery: (stop) => probeBattery(config, clock, stop),
    printer: (stop) => probePrinter(config, os, stop),
    modems: (stop) => probeModems(config, os, stop),
    networks: () => probeOwnNetworks(config),
    recordings: () => probeRecordings(config, stateFolder),
  };
  const parts = only.map((part) => inTime(part, probes[part], clock, signal));
  return { machine: await nameMachine(), parts: await Promise.all(parts) };
}

/** Exported for its tests: one part, whatever it does. Rejects only when `signal` aborts. */
export async function inTime(
  part: string,
  probe: (signal: AbortSignal) => Promise<PartReport>,
  clock: Clock,
  signal: AbortSignal,
): Promise<PartReport> {
  const timeoutError = () => new HalError('TIMEOUT', `no answer in ${PART_TIMEOUT_MS / 1000} s`);
  try {
    return await withTimeout(probe, { clock, timeoutMs: PART_TIMEOUT_MS, timeoutError, signal });
  } catch (error) {
    signal.throwIfAborted();
    const finding = wrong(
      `it could not be examined (${messageOf(error)})`,
      'see dmesg; unplug it and try again',
    );
    return { part, driver: 'unknown', lines: [], findings: [finding] };
  }
}
