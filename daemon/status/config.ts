import * as v from 'valibot';

const text = v.string('must be text');

function whole(min: number, max: number) {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(message),
    v.integer(message),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
}

const tls = v.strictObject({
  ca_file: v.optional(text, ''),
  cert_file: v.optional(text, ''),
  key_file: v.optional(text, ''),
});

/** `mqtt` in the config. An empty `url` leaves MQTT out. Secrets are files, never values. */
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
});

export type MqttConfig = v.InferOutput<typeof mqttSchema>;
