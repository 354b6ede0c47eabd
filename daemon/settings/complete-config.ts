/** Completes the config with what no setting names: the simulated uplink of the demo, the broker in the box. Pure. */
import type { Config } from '../config/config.ts';

/**
 * The uplink of the demo, which is simulated, and the broker in the box where no other is named.
 *
 * @param asked The config that the box was started with.
 * @param withDrivers Names the drivers that the config leaves open.
 */
export function completeConfig(
  asked: Config,
  withDrivers: (config: Config) => Config = (same) => same,
): (config: Config) => Config {
  const { uplink } = asked;
  return (config) => {
    const now = withDrivers(withOwnBroker(config));
    return now.uplink === undefined && uplink ? { ...now, uplink } : now;
  };
}

function withOwnBroker(config: Config): Config {
  const { url, broker_port: port } = config.mqtt;
  if (url !== '' || port === 0) return config;
  return { ...config, mqtt: { ...config.mqtt, url: `mqtt://127.0.0.1:${port}` } };
}
