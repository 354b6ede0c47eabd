/** `mqtt` and `fleet` of the config. An empty `url` leaves MQTT out; secrets are files, never values. */
import * as v from 'valibot';
import { type Fault, integer, name, text } from './rules.ts';

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
  spool_mb: v.optional(integer(1, 1024), 64),
  /** A broker of the box itself on loopback, for trials; 0: none. */
  broker_port: v.optional(integer(0, 65_535), 0),
});

export type MqttConfig = v.InferOutput<typeof mqttSchema>;

const maybeName = v.union(
  [v.literal(''), name],
  'must be lower-case letters, digits and hyphens, 32 at most, or empty',
);

/** Boxes that hold a drop together. */
export const fleetSchema = v.strictObject({
  /** Empty: the box is in none. */
  name: v.optional(maybeName, ''),
  /** `box.name` of the box whose drop all others take; its own name on that box. */
  leader: v.optional(maybeName, ''),
});

export type FleetConfig = v.InferOutput<typeof fleetSchema>;

/** @param hasBroker Boxes of a fleet find each other by it. */
export function* fleetFaults({ name: fleet, leader }: FleetConfig, hasBroker: boolean) {
  if (fleet !== '' && !hasBroker) {
    const message = 'needs a broker that all its boxes reach: set mqtt.url too';
    yield { path: ['fleet', 'name'], message } satisfies Fault;
  }
  if (fleet === '' && leader !== '') {
    const message = 'needs fleet.name: boxes find each other by it';
    yield { path: ['fleet', 'leader'], message } satisfies Fault;
  }
}
