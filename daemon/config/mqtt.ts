/** `mqtt` of the config. An empty `url` leaves MQTT out; secrets are files, never values. */
import * as v from 'valibot';
import { text, whole } from './rules.ts';

const tls = v.strictObject({
  ca_file: v.optional(text, ''),
  cert_file: v.optional(text, ''),
  key_file: v.optional(text, ''),
});

export const mqttSchema = v.strictObject({
  url: v.optional(
    v.pipe(
      text,
      v.regex(
        /^(?:mqtts?:\/\/(?:[\w.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?)?$/i,
        'must be mqtt://HOST:PORT or mqtts://HOST:PORT, or empty for none',
      ),
    ),
    '',
  ),
  username: v.optional(text, ''),
  password_file: v.optional(text, ''),
  tls: v.optional(tls, {}),
  discovery_prefix: v.optional(
    v.pipe(
      text,
      v.regex(/^(?:[\w-]+(?:\/[\w-]+)*)?$/, 'must be letters, digits, hyphens and slashes'),
    ),
    'homeassistant',
  ),
  spool_mb: v.optional(whole(1, 1024), 64),
  /** A broker of the box itself on loopback, for trials; 0: none. */
  broker_port: v.optional(whole(0, 65_535), 0),
});

export type MqttConfig = v.InferOutput<typeof mqttSchema>;
