/** The config of the broker, as options of a connection. */
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../../hal/os/files/read-regular.ts';
import type { MqttConfig } from '../../config/mqtt.ts';
import type { ConnectOptions, Incoming } from '../client/connection.ts';

const WILL_DELAY_S = 10;

/**
 * Files are read for each connection: a renewed certificate needs no restart.
 *
 * @throws Error for a file that cannot be read.
 */
export function connectOptions(
  config: MqttConfig,
  root: string,
  onMessage: (message: Incoming) => void,
): ConnectOptions {
  const url = new URL(config.url);
  const isTls = url.protocol === 'mqtts:';
  const file = (path: string) =>
    path === '' ? undefined : readRegular(path, CERTIFICATE_BYTES_MAX);
  const { ca_file, cert_file, key_file } = config.tls;
  const [password, ca, cert, key] = [config.password_file, ca_file, cert_file, key_file].map(file);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 8883 : 1883) : Number(url.port),
    clientId: clientIdOf(root),
    ...(config.username === '' ? {} : { username: config.username }),
    ...(password === undefined ? {} : { password: withoutLineEnd(password) }),
    ...(isTls
      ? {
          tls: {
            ...(ca === undefined ? {} : { ca }),
            ...(cert === undefined ? {} : { cert }),
            ...(key === undefined ? {} : { key }),
          },
        }
      : {}),
    will: {
      ...{ topic: `${root}/availability`, payload: 'offline', delayS: WILL_DELAY_S },
      ...{ qos: 1, isRetained: true },
    },
    onMessage,
  };
}

export function clientIdOf(root: string): string {
  return root.replaceAll('/', '-');
}

export function isUnencrypted(url: string): boolean {
  return !/^(mqtts:|mqtt:\/\/(127\.|localhost\b|\[::1\]))/.test(url);
}

function withoutLineEnd(secret: Buffer): Buffer {
  return Buffer.from(secret.toString('utf8').replace(/\r?\n$/, ''));
}
