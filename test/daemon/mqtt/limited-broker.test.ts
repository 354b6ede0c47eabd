/** Brokers that take small packets, no QoS 1 or nothing retained: by a real mosquitto. */
import * as assert from 'uvu/assert';
import type { MqttState } from '../../../daemon/mqtt/broker/state.ts';
import { suiteAtOnce } from '../../support/at-once.ts';
import { until } from '../../support/box.ts';
import { type Consumer, listen } from './support/consumer.ts';
import { startMosquitto } from './support/mosquitto.ts';
import { startMqtt } from './support/mqtt.ts';
import { fullSnapshot } from './support/snapshot.ts';

const test = suiteAtOnce('a broker with limits');
const ROOT = 'venuebox/v1/corner';
const LONG_MS = 60_000;
const FILTERS = [`${ROOT}/#`, 'homeassistant/#'];

const LONG_ALERT = {
  key: 'long',
  severity: 'warning',
  sinceMs: 0,
  text: 'x'.repeat(512),
  advice: 'y'.repeat(512),
} as const;

const entitiesOf = (consumer: Consumer) =>
  consumer.received
    .filter(({ topic, text }) => topic.startsWith('homeassistant/device/corner') && text !== '')
    .flatMap(({ text }) => Object.keys(JSON.parse(text).components));

/** All that the box publishes arrives over one connection. */
async function serves(settings: readonly string[], data: Readonly<Record<string, unknown>>) {
  const states: MqttState[] = [];
  await using broker = await startMosquitto(() => ['allow_anonymous true', ...settings]);
  await using consumer = await listen(broker.port, FILTERS);
  await using status = await startMqtt(broker.port, {
    snapshot: fullSnapshot({ warnings: [LONG_ALERT] }),
    onChange: (state) => states.push(state),
  });
  await until(
    () => consumer.last('/storage') !== undefined && entitiesOf(consumer).includes('event'),
    LONG_MS,
    () => JSON.stringify(states),
  );
  await status.events.record({ type: 'clip.made', severity: 'info', atMs: Date.now(), data });
  await until(() => consumer.last('/event') !== undefined, LONG_MS);
  await until(() => status.events.state()?.waiting === 0, LONG_MS);
  assert.ok(states.every(({ phase }) => phase === 'connected'));
  return { states, received: consumer.received, entities: entitiesOf(consumer) };
}

test('small packets: discovery comes in parts, an event without its data, and what is too large is named', async () => {
  const data = { text: 'x'.repeat(3_000) };
  const { states, received, entities } = await serves(['max_packet_size 1200'], data);
  assert.is(new Set(entities).size, entities.length);
  assert.ok(entities.length > 20, String(entities.length));
  assert.ok(received.every(({ text }) => text.length < 1_200));
  const { data: left } = JSON.parse(
    received.find(({ topic }) => topic.endsWith('/event'))?.text ?? '',
  );
  assert.ok(left.left_out_b > 3_000, JSON.stringify(left));
  const last = states.at(-1);
  assert.ok(last?.phase === 'connected' && last.limits?.[0] === 'packets up to 1200 bytes');
  assert.ok(last.largeTopics?.includes(`${ROOT}/alert/long`), JSON.stringify(last));
});

test('no QoS 1, and nothing retained: all is published as the broker takes it, the will too', async () => {
  const { states, received } = await serves(['max_qos 0', 'retain_available false'], { n: 1 });
  assert.ok(received.every(({ packet }) => packet.qos === 0 && !packet.retain));
  const last = states.at(-1);
  assert.equal(last?.phase === 'connected' && last.limits, [
    ...['no acknowledgements (QoS 0)', 'no retained messages'],
  ]);
});

test.run();
