import { readSecret } from '../../pipelines/http/access.ts';
import { signPath } from '../../pipelines/http/token.ts';
import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/file.ts';
import { UsageError } from './usage.ts';

export interface SignArguments {
  /** For example `/posters/live-640`. */
  readonly path: string;
  readonly hours: number;
}

const HOURS_MAX = 8_784;

/**
 * The address that shows a poster or preview for some hours.
 *
 * @param base Where guests find the box.
 * @throws UsageError, ConfigError or PipelineError BAD_SECRET.
 */
export function renderSigned(
  { path, hours }: SignArguments,
  { clips }: Config,
  base: string,
  nowMs: number,
): string {
  if (!/^\/[\w./-]{1,200}$/.test(path)) {
    throw new UsageError('sign needs a path like /posters/live-640');
  }
  if (!(hours > 0 && hours <= HOURS_MAX)) throw new UsageError(`--hours must be 1 to ${HOURS_MAX}`);
  if (clips.token_secret_file === '') {
    throw new ConfigError(['clips.token_secret_file is empty: posters are shown to all as it is']);
  }
  const key = readSecret(clips.token_secret_file);
  return new URL(signPath(path, nowMs / 1000 + hours * 3600, key), base).href;
}
