/** Completes the config with what no setting names: the simulated uplink of the demo, the broker in the box. Pure. */
import type { Config } from '../config/config.ts';

/**
 * The uplink of the demo, which is simulated, and the broker in the box where no other is named.
 *
 * @param asked The config that the box was started with.
 */
export function completing(asked: Config): (config: Config) => Config {
  const { uplink } = asked;
  return (config) =>
    withOwnBroker(config.uplink === undefined && uplink ? { ...config, uplink } : config);
}

function withOwnBroker(config: Config): Config {
  const { url, broker_port: port } = config.mqtt;
  if (url !== '' || port === 0) return config;
  return { ...config, mqtt: { ...config.mqtt, url: `mqtt://127.0.0.1:${port}` } };
}
