/** Settings of the WHIP process, from the config. Pure. */
import type { WhipSettings } from '../../../pipelines/whip/messages.ts';
import type { Config } from '../../config/config.ts';
import { isAny } from '../../model/addresses.ts';
import { iceOf } from './ice.ts';

/** What H.264 of a phone needs, in bits for each pixel: 720p of 30 frames is 2.8 Mb/s. */
const BITS_PER_PIXEL = 0.1;
const MAX_BPS = { least: 1_000_000, most: 12_000_000 } as const;

export function whipSettings(
  config: Pick<Config, 'camera' | 'camera2' | 'operator' | 'viewers'>,
  key: 'camera' | 'camera2',
): WhipSettings {
  const { width, height, fps } = config.camera;
  const { host } = config.operator;
  const bps = Math.round(width * height * fps * BITS_PER_PIXEL);
  return {
    key,
    port: config[key]?.port ?? 0,
    ...(isAny(host) ? {} : { host }),
    ...iceOf(config),
    maxBps: Math.min(MAX_BPS.most, Math.max(MAX_BPS.least, bps)),
  };
}
