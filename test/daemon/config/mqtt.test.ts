/** Tests of the config of MQTT. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { mqttSchema } from '../../../daemon/config/mqtt.ts';

const test = suite('config of MQTT');

const faults = (input: unknown) =>
  (v.safeParse(mqttSchema, input).issues ?? []).map(({ message }) => message);

test('nothing said is a whole config, with MQTT left out', () => {
  const config = v.parse(mqttSchema, {});
  assert.equal([config.url, config.discovery_prefix, config.spool_mb], ['', 'homeassistant', 64]);
});

test('a broker is an address in clear or over TLS, by name or by number', () => {
  for (const url of ['mqtt://127.0.0.1', 'mqtts://broker.example:8883', 'mqtt://[::1]:1883'])
    assert.equal(faults({ url }), [], url);
});

test('other schemes, secrets and paths in the address are refused with what it must be', () => {
  for (const url of ['http://x', 'mqtt://me:secret@x', 'mqtt://x/y', 'x:1883', 'mqtt://x:123456'])
    assert.match(faults({ url })[0] ?? '', 'must be mqtt://HOST:PORT', url);
  assert.match(faults({ discovery_prefix: 'a/+' })[0] ?? '', 'must be letters');
  assert.match(faults({ spool_mb: 0 })[0] ?? '', 'from 1 to 1024');
  assert.is(faults({ surplus: 1 }).length, 1);
});

test.run();
