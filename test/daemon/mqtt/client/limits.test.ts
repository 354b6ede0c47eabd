/** What a broker takes, by its CONNACK. */
import fc from 'fast-check';
import mqttPacket from 'mqtt-packet';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Outgoing } from '../../../../daemon/mqtt/client/connection.ts';
import { fitted, limitsOf, NO_LIMITS, packetBytes } from '../../../../daemon/mqtt/client/limits.ts';

const test = suite("a broker's limits");

test('one that names none has none', () => {
  assert.equal(limitsOf(), NO_LIMITS);
  assert.equal(limitsOf({}), NO_LIMITS);
  assert.equal(limitsOf({ maximumPacketSize: 0, receiveMaximum: 0, maximumQoS: 2 }), NO_LIMITS);
});

test('messages are cut to the QoS and the retention that it takes', () => {
  const message: Outgoing = { topic: 't', payload: '', qos: 1, isRetained: true };
  assert.equal(fitted(message, NO_LIMITS), message);
  const few = limitsOf({ maximumQoS: 0, retainAvailable: false });
  assert.equal(fitted(message, few), { ...message, qos: 0, isRetained: false });
});

test('a packet is never larger than its estimate, and little smaller', () => {
  const message = fc.record({
    topic: fc.string({ minLength: 1, maxLength: 200 }).filter((one) => !/[#+\0]/.test(one)),
    payload: fc.string({ maxLength: 3_000, unit: 'grapheme' }),
    qos: fc.constantFrom(0 as const, 1 as const),
    isRetained: fc.boolean(),
    hasExpiry: fc.boolean(),
    hasCorrelation: fc.boolean(),
  });
  fc.assert(
    fc.property(message, ({ topic, payload, qos, isRetained, hasExpiry, hasCorrelation }) => {
      const correlation = hasCorrelation ? Buffer.from('0123456789') : undefined;
      const properties = {
        ...(hasExpiry ? { messageExpiryInterval: 60 } : {}),
        ...(correlation === undefined ? {} : { correlationData: correlation }),
      };
      const bytes = mqttPacket.generate(
        {
          ...{ cmd: 'publish', topic, payload, qos, retain: isRetained, dup: false, properties },
          messageId: 7,
        },
        { protocolVersion: 5 },
      ).length;
      const more = correlation === undefined ? {} : { correlation };
      const estimate = packetBytes({ topic, payload, qos, isRetained, ...more });
      assert.ok(bytes <= estimate && estimate - bytes < 20, `${bytes} ${estimate}`);
    }),
  );
});

test.run();
