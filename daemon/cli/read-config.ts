/** The config that a verb works on: of a file, or of the demo, with the settings of --set over it. */

import { CONFIG_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { Config } from '../config/config.ts';
import { ConfigError, parseConfig } from '../config/file.ts';
import type { ConfigText } from '../settings/load.ts';

/** Of a demo, beside its simulated devices; --set comes after them. */
const DEMO_SETTINGS = [
  'power.shut_down=program',
  'mqtt.broker_port=1883',
  // The machine is somebody's laptop, and its Wi-Fi theirs.
  'network.hotspot=false',
  'recording.targets=[{id: demo, folder: recordings, reserve_pct: 10}]',
];

/** The demo's config, as text. */
export function demoConfigText(overrides: readonly string[], isIdle: boolean): ConfigText {
  // An idle demo does not resume a drop that an earlier demo was stopped in.
  const idle = isIdle ? ['drop.resume_within_s=0'] : [];
  return { source: 'demo', yaml: '', overrides: [...DEMO_SETTINGS, ...idle, ...overrides] };
}

/**
 * The text of a config file.
 *
 * @throws ConfigError
 */
export function configText(file: string, overrides: readonly string[]): ConfigText {
  try {
    const yaml = readRegular(file, CONFIG_BYTES_MAX).toString();
    return { source: file, yaml, overrides };
  } catch (error) {
    throw new ConfigError([`${file}: cannot be read: ${messageOf(error)}`]);
  }
}

/**
 * @param file Undefined for the defaults.
 * @throws ConfigError
 */
export function readConfig(file: string | undefined, overrides: readonly string[]): Config {
  if (file === undefined) return parseConfig('defaults', '', overrides);
  const { source, yaml } = configText(file, overrides);
  return parseConfig(source, yaml, overrides);
}
