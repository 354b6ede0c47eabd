/** `venuebox sign`: an address of a poster or preview that holds for some hours. */
import { networkInterfaces } from 'node:os';
import { readSecret } from '../../pipelines/http/access/access.ts';
import { signPath } from '../../pipelines/http/access/token.ts';
import { ConfigError } from '../config/file.ts';
import { findAddresses } from '../model/addresses.ts';
import { readConfig } from './read-config.ts';
import { UsageError } from './usage.ts';

export interface SignArguments {
  /** For example `/posters/live-640`. */
  readonly path: string;
  readonly hours: number;
}

const HOURS_MAX = 8_784;

/**
 * @throws UsageError, ConfigError or PipelineError BAD_SECRET.
 */
export function renderSigned(
  {
    path,
    hours,
    config: file,
    overrides,
  }: SignArguments & {
    readonly config: string;
    readonly overrides: readonly string[];
  },
  nowMs: number,
): string {
  const { clips, viewers, operator } = readConfig(file, overrides);
  if (!/^\/[\w./-]{1,200}$/.test(path)) {
    throw new UsageError('sign needs a path like /posters/live-640', 'sign');
  }
  if (!(hours > 0 && hours <= HOURS_MAX)) {
    throw new UsageError(`--hours must be 1 to ${HOURS_MAX}`, 'sign');
  }
  if (clips.token_secret_file === '') {
    const fault = 'clips.token_secret_file is empty: posters need no signed address';
    throw new ConfigError([fault]);
  }
  const key = readSecret(clips.token_secret_file);
  const { player } = findAddresses(networkInterfaces(), viewers, operator);
  return `${new URL(signPath(path, nowMs / 1000 + hours * 3600, key), player).href}\n`;
}
