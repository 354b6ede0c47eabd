/** How soon a box that is gone is reported as such. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { connectOptions } from '../../../../daemon/mqtt/broker/connect-options.ts';
import { clientOptions } from '../../../../daemon/mqtt/client/client-options.ts';
import { mqttConfig } from '../support/mqtt.ts';

const test = suite('options of an MQTT connection');

test('a box without power is reported offline within 45 s: keepalive and the delay of its will', () => {
  const options = connectOptions(mqttConfig(1883), 'venuebox/v1/corner', () => undefined);
  const { keepalive, will } = clientOptions(5, options);
  // MQTT 5, 3.1.2.10: the broker waits one and a half times the keepalive.
  assert.ok(1.5 * keepalive + (will.properties?.willDelayInterval ?? 0) <= 45);
});

test.run();
