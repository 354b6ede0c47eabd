/** Commands over MQTT: progress, replies, repeats. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import { reply as replySchema } from '../../../daemon/mqtt/payloads/payloads.ts';
import { until } from '../../support/box.ts';
import { ask, LONG_MS, openPair, ROOT, recorder, statuses } from './support/commands.ts';
import { scratch, startMosquitto } from './support/mosquitto.ts';
import { startMqtt } from './support/mqtt.ts';

const test = suite('commands over MQTT');

test('a command is accepted, reports its progress, and is done', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using _mqtt = await startMqtt(broker.port, { commander });
  await using consumer = await openPair(broker.port);
  await ask(consumer, 'print', {
    id: 'a1',
    args: { what: 'field-card' },
    expect: 'live',
    dry_run: true,
  });
  await until(() => statuses(consumer).includes('done'), LONG_MS);
  assert.equal(statuses(consumer), ['accepted', 'progress', 'done']);
  assert.equal(asked, [
    { verb: 'print', args: { what: 'field-card' }, by: 'mqtt', expect: 'live', isDryRun: true },
  ]);
  const [, progress, done] = consumer.json('/reply');
  assert.equal([progress?.['detail'], progress?.['result']], ['half of it', { ratio: 0.5 }]);
  assert.equal([done?.['id'], done?.['result']], ['a1', { ok: 1 }]);
  for (const { text, packet } of consumer.received.filter(({ topic }) => topic.endsWith('reply'))) {
    assert.ok(v.is(replySchema, JSON.parse(text)), text);
    assert.equal([packet.qos, packet.retain], [1, false]);
    assert.is(packet.properties?.messageExpiryInterval, 60);
  }
});

test('the reply goes to the response topic with its correlation data', async () => {
  await using broker = await startMosquitto();
  await using _mqtt = await startMqtt(broker.port);
  await using consumer = await openPair(broker.port, ['crew/phone/replies', `${ROOT}/reply/#`]);
  const properties = {
    responseTopic: 'crew/phone/replies',
    correlationData: Buffer.from([0, 255, 7]),
    messageExpiryInterval: 20,
  };
  await ask(consumer, 'mark', { id: 'a1' }, { properties });
  await until(() => statuses(consumer, '/replies').includes('done'), LONG_MS);
  assert.equal(statuses(consumer), []);
  const packet = consumer.last('/replies')?.packet;
  assert.equal(Buffer.from(packet?.properties?.correlationData ?? ''), Buffer.from([0, 255, 7]));
});

test('the same id never runs twice, and receives the same reply, also after a restart', async () => {
  await using broker = await startMosquitto();
  using folder = scratch();
  const first = recorder();
  {
    await using _mqtt = await startMqtt(broker.port, {
      commander: first.commander,
      stateDir: folder.path,
    });
    await using consumer = await openPair(broker.port);
    await ask(consumer, 'go-live', { id: 'once' });
    await until(() => statuses(consumer).includes('done'), LONG_MS);
    for (let i = 0; i < 5; i += 1) await ask(consumer, 'go-live', { id: 'once' });
    await until(() => statuses(consumer).length === 8, LONG_MS);
    assert.is(first.asked.length, 1);
    const [answer, ...repeats] = consumer.json('/reply').slice(2);
    for (const repeat of repeats) assert.equal(repeat['result'], answer?.['result']);
  }
  const second = recorder();
  await using _mqtt = await startMqtt(broker.port, {
    commander: second.commander,
    stateDir: folder.path,
  });
  await using consumer = await openPair(broker.port);
  await ask(consumer, 'go-live', { id: 'once' });
  await until(() => statuses(consumer).length === 1, LONG_MS);
  assert.equal(statuses(consumer), ['done']);
  assert.equal(consumer.json('/reply')[0]?.['result'], { ok: 1 });
  assert.is(second.asked.length, 0);
});

test('a repeat of a running command receives its result too', async () => {
  await using broker = await startMosquitto();
  const { commander, asked, hold, release } = recorder();
  hold();
  await using _mqtt = await startMqtt(broker.port, { commander });
  await using consumer = await openPair(broker.port);
  await ask(consumer, 'preflight', { id: 'slow' });
  await until(() => asked.length === 1, LONG_MS);
  await ask(
    consumer,
    'preflight',
    { id: 'slow' },
    { properties: { responseTopic: `${ROOT}/reply/late` } },
  );
  await until(() => statuses(consumer, '/reply/late').length === 1, LONG_MS);
  release();
  await until(() => statuses(consumer, '/reply/late').includes('done'), LONG_MS);
  assert.ok(statuses(consumer).includes('done'));
  assert.is(asked.length, 1);
});

test('a long command does not delay another', async () => {
  await using broker = await startMosquitto();
  const { commander, asked, hold, release } = recorder();
  hold();
  await using _mqtt = await startMqtt(broker.port, { commander });
  await using consumer = await openPair(broker.port);
  for (let i = 0; i < 9; i += 1) await ask(consumer, 'preflight', { id: `p${i}` });
  await until(() => statuses(consumer).includes('rejected BUSY'), LONG_MS);
  // Each is saved before it runs, one after the other: the refusal may come first.
  await until(() => asked.length === 8, LONG_MS);
  release();
  await until(() => statuses(consumer).filter((one) => one === 'done').length === 8, LONG_MS);
});

test('a switch turns on-air into go-live and end', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using _mqtt = await startMqtt(broker.port, { commander });
  await using consumer = await openPair(broker.port);
  await ask(consumer, 'on-air', { id: 'a1', args: { on: true } });
  await ask(consumer, 'on-air', { id: 'a2', args: { on: false } });
  await until(() => statuses(consumer).filter((one) => one === 'done').length === 2, LONG_MS);
  assert.equal(
    asked.map(({ verb, args }) => [verb, args]),
    [
      ['go-live', {}],
      ['end', {}],
    ],
    'verbs that take no `on`',
  );
});

test.run();
