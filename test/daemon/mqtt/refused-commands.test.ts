/** Commands over MQTT that are refused, expire or fail. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Commander } from '../../../daemon/model/commands.ts';
import { until } from '../../support/box.ts';
import { ask, LONG_MS, openPair, ROOT, recorder, statuses } from './support/commands.ts';
import { listen } from './support/consumer.ts';
import { scratch, startMosquitto } from './support/mosquitto.ts';
import { startMqtt } from './support/mqtt.ts';
import { bareSnapshot, fullSnapshot } from './support/snapshot.ts';

const test = suite('refused commands over MQTT');

test('an old, malformed or unknown command, or one with a long expiry, is refused with its code', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using status = await startMqtt(broker.port, { commander });
  await using consumer = await openPair(broker.port);
  const old = new Date(Date.now() - 60_000).toISOString();
  const cases: readonly (readonly [string, unknown, string, object?])[] = [
    ['mark', { id: 'x1', ts: old }, 'expired EXPIRED'],
    ['mark', '{"id":', 'rejected MALFORMED'],
    ['mark', '', 'rejected MALFORMED'],
    ['mark', { args: {} }, 'rejected MALFORMED'],
    ['mark', { id: 'has spaces' }, 'rejected MALFORMED'],
    ['mark', { id: 'x2', args: 'none' }, 'rejected MALFORMED'],
    ['mark', { id: 'x3', expect: 'on fire' }, 'rejected MALFORMED'],
    ['mark', { id: 'x5', dryRun: true }, 'rejected MALFORMED'],
    ['mark', JSON.stringify({ id: 'x4', args: { long: 'x'.repeat(9_000) } }), 'rejected MALFORMED'],
    ['self-destruct', { id: 'x5' }, 'rejected UNKNOWN_VERB'],
    ['on-air', { id: 'x6' }, 'rejected BAD_ARGUMENTS'],
    [
      'mark',
      { id: 'x7' },
      'rejected EXPIRY_TOO_LONG',
      { properties: { messageExpiryInterval: 3_600 } },
    ],
  ];
  for (const [i, [verb, payload, wanted, more]] of cases.entries()) {
    await ask(consumer, verb, payload, more);
    await until(
      () => statuses(consumer).length === i + 1,
      LONG_MS,
      () => wanted,
    );
    assert.is(statuses(consumer)[i], wanted);
  }
  assert.equal(asked, []);
  // A box whose clock is not set cannot recognise an old one.
  const { system } = fullSnapshot();
  assert.ok(system);
  status.set(bareSnapshot({ system: { ...system, clock: { phase: 'free' } } }));
  await ask(consumer, 'mark', { id: 'x1', ts: old });
  await until(() => statuses(consumer).includes('done'), LONG_MS);
});

test('a command that expired while the box was offline is not received', async () => {
  await using broker = await startMosquitto();
  using folder = scratch();
  const { commander, asked } = recorder();
  const stateDir = folder.path;
  await using consumer = await listen(broker.port, [`${ROOT}/reply/#`, `${ROOT}/availability`]);
  {
    await using _mqtt = await startMqtt(broker.port, { commander, stateDir });
    await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  }
  await ask(consumer, 'go-live', { id: 'gone' }, { properties: { messageExpiryInterval: 1 } });
  await ask(consumer, 'go-live', { id: 'stays-away' });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await using _mqtt = await startMqtt(broker.port, { commander, stateDir });
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  await ask(consumer, 'mark', { id: 'now' });
  await until(() => statuses(consumer).includes('done'), LONG_MS);
  assert.equal(
    asked.map(({ verb }) => verb),
    ['mark'],
  );
});

test('a refusal and a failure are reported with their codes', async () => {
  await using broker = await startMosquitto();
  const outcome = { status: 'rejected', code: 'WRONG_PHASE', detail: 'it is live' } as const;
  {
    await using _mqtt = await startMqtt(broker.port, {
      commander: recorder(outcome).commander,
    });
    await using consumer = await openPair(broker.port);
    await ask(consumer, 'arm', { id: 'a1' });
    await until(() => statuses(consumer).includes('rejected WRONG_PHASE'), LONG_MS);
  }
  const throwing: Commander = {
    run: async () => {
      throw new Error('a defect');
    },
  };
  await using _mqtt = await startMqtt(broker.port, { commander: throwing });
  await using consumer = await openPair(broker.port);
  await ask(consumer, 'arm', { id: 'a2' });
  await until(() => statuses(consumer).includes('failed INTERNAL'), LONG_MS);
});

test('a command that ran when the box stopped is not run again, and is reported as interrupted', async () => {
  await using broker = await startMosquitto();
  using folder = scratch();
  writeFileSync(
    join(folder.path, 'commands.json'),
    JSON.stringify([
      { at_ms: Date.now(), id: 'cut', status: 'accepted', code: null, detail: null, result: null },
    ]),
  );
  const { commander, asked } = recorder();
  await using _mqtt = await startMqtt(broker.port, { commander, stateDir: folder.path });
  await using consumer = await openPair(broker.port);
  await ask(consumer, 'shut-down', { id: 'cut' });
  await until(() => statuses(consumer).length === 1, LONG_MS);
  assert.equal(statuses(consumer), ['failed INTERRUPTED']);
  assert.is(asked.length, 0);
});

test('a retained command is refused with a reply, also one from before the start', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using consumer = await listen(broker.port, [`${ROOT}/reply`, `${ROOT}/availability`]);
  await ask(consumer, 'go-live', { id: 'old' }, { retain: true });
  await using _mqtt = await startMqtt(broker.port, { commander });
  await until(() => statuses(consumer).length === 1, LONG_MS);
  await ask(consumer, 'go-live', { id: 'new' }, { retain: true });
  await until(() => statuses(consumer).length === 2, LONG_MS);
  // An empty payload clears it, and is no command.
  await ask(consumer, 'go-live', '', { retain: true });
  await ask(consumer, 'mark', { id: 'after' });
  await until(() => statuses(consumer).includes('done'), LONG_MS);
  assert.equal(statuses(consumer).slice(0, 2), ['rejected RETAINED', 'rejected RETAINED']);
  assert.equal(
    asked.map(({ verb }) => verb),
    ['mark'],
  );
});

test('a reply never becomes a command or a state of this box or another', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using _mqtt = await startMqtt(broker.port, { commander });
  await using consumer = await openPair(broker.port, ['venuebox/#', 'homeassistant/other/#']);
  const topics = [
    'venuebox/v1/other/cmd/go-live',
    `${ROOT}/cmd/end`,
    `${ROOT}/status`,
    'homeassistant/other/x',
  ];
  for (const [i, responseTopic] of topics.entries())
    await ask(consumer, 'mark', { id: `a${i}` }, { properties: { responseTopic } });
  await until(() => statuses(consumer).length === topics.length, LONG_MS);
  assert.ok(statuses(consumer).every((status) => status === 'rejected BAD_RESPONSE_TOPIC'));
  assert.equal(asked, []);
  await ask(consumer, 'mark', { id: 'ok' }, { properties: { responseTopic: `${ROOT}/reply/me` } });
  await until(() => statuses(consumer, '/reply/me').includes('done'), LONG_MS);
});

test.run();
