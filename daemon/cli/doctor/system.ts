/** `venuebox doctor system` and `encoders`. */
import { release } from 'node:os';
import { openSound } from '../../../hal/audio/open.ts';
import { openCamera } from '../../../hal/camera/open.ts';
import { openLinuxSystem } from '../../../hal/system/linux.ts';
import { readModel } from '../../../hal/system/model.ts';
import type { SystemState } from '../../../hal/system/port.ts';
import { listWatchdogs, type Watchdog } from '../../../hal/system/watchdog.ts';
import { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';
import type { Config } from '../../config/config.ts';
import { findEncoders } from '../../media/inputs/element-check.ts';
import { judgeSystem } from './findings.ts';
import { type PartReport, wrong } from './report.ts';

/** `Raspberry Pi 5 Model B Rev 1.0, Linux 6.12.25, Node 20.20.2`. */
export async function nameMachine(): Promise<string> {
  return `${readModel() ?? process.arch}, Linux ${release()}, Node ${process.versions.node}`;
}

/** What GStreamer has, for the configured camera and sound. */
export async function probeEncoders(config: Config): Promise<PartReport> {
  const part = 'encoders';
  const sources = {
    camera: openCamera(config.camera).source,
    sound: openSound(config.sound).source,
  };
  try {
    const { encoder, uplink, viewers } = config;
    const hasWhep = viewers.whep.port !== 0;
    const { video, audio } = await findEncoders(encoder.driver, uplink, sources, hasWhep);
    const lines = [`video ${video}`, `audio ${audio ?? 'none'}`];
    return { part, driver: 'GStreamer', lines, findings: [] };
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    const finding = wrong(error.what, error.advice ?? 'install its packages');
    return { part, driver: 'GStreamer', lines: [], findings: [finding] };
  }
}

export async function probeSystem(signal: AbortSignal): Promise<PartReport> {
  const [state, watchdogs] = await Promise.all([openLinuxSystem().read(signal), listWatchdogs()]);
  return {
    part: 'system',
    driver: 'Linux',
    lines: [...renderSystem(state), ...watchdogs.map(renderWatchdog)],
    findings: judgeSystem(state),
  };
}

function renderSystem(state: SystemState): string[] {
  const { cpuC, loadPct, memoryAvailableBytes, memoryTotalBytes, clock, disks, interfaces } = state;
  const error = clock.maxErrorMs === undefined ? '' : `, within ${Math.ceil(clock.maxErrorMs)} ms`;
  return [
    `CPU ${cpuC === undefined ? '' : `${cpuC} C, `}load ${loadPct ?? 'unknown'} %`,
    `memory ${gigabytes(memoryAvailableBytes)} of ${gigabytes(memoryTotalBytes)} available`,
    `clock ${clock.phase}${error}`,
    ...disks.map(
      ({ mount, device, freeBytes, totalBytes, wornPct }) =>
        `disk ${mount} (${device}): ${gigabytes(freeBytes)} of ${gigabytes(totalBytes)} free${wornPct === undefined ? '' : `, worn ${wornPct} %`}`,
    ),
    ...interfaces
      .filter(({ name }) => name !== 'lo')
      .map(
        ({ name, isUp, addresses }) => `${name}: ${isUp ? addresses.join(' ') || 'up' : 'down'}`,
      ),
  ];
}

function renderWatchdog({ name, identity, timeoutS, isActive }: Watchdog): string {
  return `${name}: ${identity}, ${timeoutS} s, ${isActive ? 'fed by a program' : 'not used'}`;
}

function gigabytes(bytes: number | undefined): string {
  return bytes === undefined ? 'unknown' : `${(bytes / 1e9).toFixed(1)} GB`;
}
