/** `venuebox doctor`: the hardware of this machine, examined for a config. */
import { networkInterfaces } from 'node:os';
import { systemClock } from '../../hal/os/clock.ts';
import { stateFolder } from '../config/files/state-folder.ts';
import { findAddresses } from '../model/addresses.ts';
import { examine } from './doctor/doctor.ts';
import { renderReport, wrongCount } from './doctor/report.ts';
import type { Command } from './parse.ts';
import { readConfig } from './read-config.ts';

/** Resolves with what to print, and whether nothing is wrong. */
export async function runDoctorCommand(
  { config: file, overrides, parts, isJson }: Extract<Command, { verb: 'doctor' }>,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly isWell: boolean }> {
  const config = readConfig(file, overrides);
  const report = await examine(config, stateFolder(env), parts, systemClock, signal);
  const { player } = findAddresses(networkInterfaces(), config.viewers, config.operator);
  const text = isJson ? `${JSON.stringify(report)}\n` : renderReport(report, player);
  return { text, isWell: wrongCount(report) === 0 };
}
