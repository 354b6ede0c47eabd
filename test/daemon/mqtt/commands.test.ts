import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as v from 'valibot';
import {
  type Command,
  type Commander,
  type Outcome,
  VERBS,
} from '../../../daemon/model/commands.ts';
import { CommandMemory } from '../../../daemon/mqtt/command-memory.ts';
import { CommandDesk } from '../../../daemon/mqtt/commands.ts';
import { reply as replySchema } from '../../../daemon/mqtt/payloads/payloads.ts';
import { parseRequest } from '../../../daemon/mqtt/request.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { type Consumer, listen } from './support/consumer.ts';
import { scratch, startMosquitto } from './support/mosquitto.ts';
import { startStatus } from './support/mqtt.ts';
import { bareSnapshot, fullSnapshot } from './support/snapshot.ts';

const test = suite('commands over MQTT');
const ROOT = 'venuebox/v1/corner';
const LONG_MS = 30_000;

/** Notes what it was asked, and does it when it is told to. */
function recorder(outcome: Outcome = { status: 'done', detail: 'as asked', result: { ok: 1 } }) {
  const asked: Command[] = [];
  const gates: (() => void)[] = [];
  let isHeld = false;
  const commander: Commander = {
    run: async (command, onProgress, signal) => {
      asked.push(command);
      onProgress({ detail: 'half of it', ratio: 0.5 });
      if (isHeld) {
        signal.throwIfAborted();
        await new Promise<void>((resolve, reject) => {
          gates.push(resolve);
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      }
      return outcome;
    },
  };
  return {
    asked,
    commander,
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      for (const open of gates.splice(0)) open();
    },
  };
}

async function ask(consumer: Consumer, verb: string, payload: unknown, more: object = {}) {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
  await consumer.client.publishAsync(`${ROOT}/cmd/${verb}`, text, { qos: 1, ...more });
}

const statuses = (consumer: Consumer, ending = '/reply') =>
  consumer.json(ending).map(({ status, code }) => (code === null ? status : `${status} ${code}`));

/** A consumer of answers beside a box that has subscribed. */
async function openPair(port: number, filters: readonly string[] = [`${ROOT}/reply/#`]) {
  const consumer = await listen(port, [...filters, `${ROOT}/availability`]);
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  return consumer;
}

test('a command is accepted, tells its progress, and is done', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using _status = await startStatus(broker.port, { commander });
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
  for (const { text, packet } of consumer.heard.filter(({ topic }) => topic.endsWith('reply'))) {
    assert.ok(v.is(replySchema, JSON.parse(text)), text);
    assert.equal([packet.qos, packet.retain], [1, false]);
    assert.is(packet.properties?.messageExpiryInterval, 60);
  }
});

test('the answer goes to the response topic with its correlation data', async () => {
  await using broker = await startMosquitto();
  await using _status = await startStatus(broker.port);
  await using consumer = await openPair(broker.port, ['crew/phone/answers', `${ROOT}/reply/#`]);
  const properties = {
    responseTopic: 'crew/phone/answers',
    correlationData: Buffer.from([0, 255, 7]),
    messageExpiryInterval: 20,
  };
  await ask(consumer, 'mark', { id: 'a1' }, { properties });
  await until(() => statuses(consumer, '/answers').includes('done'), LONG_MS);
  assert.equal(statuses(consumer), []);
  const packet = consumer.last('/answers')?.packet;
  assert.equal(Buffer.from(packet?.properties?.correlationData ?? ''), Buffer.from([0, 255, 7]));
});

test('an answer is never turned into a command or a state of this box or another', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using _status = await startStatus(broker.port, { commander });
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

test('a retained command is refused and told of, when it comes and when it was there', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using consumer = await listen(broker.port, [`${ROOT}/reply`, `${ROOT}/availability`]);
  await ask(consumer, 'go-live', { id: 'old' }, { retain: true });
  await using _status = await startStatus(broker.port, { commander });
  await until(() => statuses(consumer).length === 1, LONG_MS);
  await ask(consumer, 'go-live', { id: 'new' }, { retain: true });
  await until(() => statuses(consumer).length === 2, LONG_MS);
  // Somebody clears it: that is no command.
  await ask(consumer, 'go-live', '', { retain: true });
  await ask(consumer, 'mark', { id: 'after' });
  await until(() => statuses(consumer).includes('done'), LONG_MS);
  assert.equal(statuses(consumer).slice(0, 2), ['rejected RETAINED', 'rejected RETAINED']);
  assert.equal(
    asked.map(({ verb }) => verb),
    ['mark'],
  );
});

test('the same id never runs twice, and gets the same answer, after a restart too', async () => {
  await using broker = await startMosquitto();
  using folder = scratch();
  const first = recorder();
  {
    await using _status = await startStatus(broker.port, {
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
  await using _status = await startStatus(broker.port, {
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

test('a clock that is set in between does not make an id run twice', async () => {
  using folder = scratch();
  const clock = { ...systemClock, wallMs: () => Date.now() + aheadMs };
  let aheadMs = 0;
  let runs = 0;
  const commander = {
    run: async () => {
      runs += 1;
      return { status: 'done', detail: 'marked' } as const;
    },
  };
  const replies: string[] = [];
  const desk = new CommandDesk(ROOT, {
    clock,
    log: silentLog,
    commander,
    memory: await CommandMemory.open(join(folder.path, 'commands.json'), clock.monotonicMs()),
    isClockSet: () => true,
    answer: (_to, { status }) => replies.push(status),
  });
  const payload = Buffer.from('{"id":"once"}');
  const message = { topic: `${ROOT}/cmd/mark`, payload, isRetained: false };
  const { signal } = new AbortController();
  for (aheadMs of [0, 86_400_000, 0]) {
    await desk.take(message, signal);
    await desk.take({ ...message, payload: Buffer.from(`{"id":"other-${aheadMs}"}`) }, signal);
  }
  assert.is(runs, 3);
  assert.is(replies.at(-1), 'done');
});

test('a repeat of a command that still runs hears its end too', async () => {
  await using broker = await startMosquitto();
  const { commander, asked, hold, release } = recorder();
  hold();
  await using _status = await startStatus(broker.port, { commander });
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

test('a long command does not keep another waiting', async () => {
  await using broker = await startMosquitto();
  const { commander, asked, hold, release } = recorder();
  hold();
  await using _status = await startStatus(broker.port, { commander });
  await using consumer = await openPair(broker.port);
  for (let i = 0; i < 9; i += 1) await ask(consumer, 'preflight', { id: `p${i}` });
  await until(() => statuses(consumer).includes('rejected BUSY'), LONG_MS);
  // Each is written down before it runs, one after the other: the refusal may come before.
  await until(() => asked.length === 8, LONG_MS);
  release();
  await until(() => statuses(consumer).filter((one) => one === 'done').length === 8, LONG_MS);
});

test('a command that was being written down when the box began to end is not begun', async () => {
  using folder = scratch();
  const { commander, asked } = recorder();
  const answers: { status: string; code: string | null }[] = [];
  const desk = new CommandDesk(ROOT, {
    clock: systemClock,
    log: silentLog,
    commander,
    memory: await CommandMemory.open(join(folder.path, 'commands.json'), 0),
    isClockSet: () => true,
    answer: (_to, reply) => answers.push(reply),
  });
  const payload = Buffer.from(JSON.stringify({ id: 'late' }));
  const ending = new AbortController();
  const taken = desk.take(
    { topic: `${ROOT}/cmd/go-live`, payload, isRetained: false },
    ending.signal,
  );
  ending.abort();
  await taken;
  assert.equal(asked, []);
  assert.equal(
    answers.map(({ status, code }) => code ?? status),
    ['accepted', 'INTERRUPTED'],
  );
});

test('a command that the box went down in is not run again, and said to be interrupted', async () => {
  await using broker = await startMosquitto();
  using folder = scratch();
  writeFileSync(
    join(folder.path, 'commands.json'),
    JSON.stringify([
      { at_ms: Date.now(), id: 'cut', status: 'accepted', code: null, detail: null, result: null },
    ]),
  );
  const { commander, asked } = recorder();
  await using _status = await startStatus(broker.port, { commander, stateDir: folder.path });
  await using consumer = await openPair(broker.port);
  await ask(consumer, 'shut-down', { id: 'cut' });
  await until(() => statuses(consumer).length === 1, LONG_MS);
  assert.equal(statuses(consumer), ['failed INTERRUPTED']);
  assert.is(asked.length, 0);
});

test('what is old, malformed, unknown or lasts too long is answered by name', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using status = await startStatus(broker.port, { commander });
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
  // A box whose clock nobody sets cannot tell an old one.
  const { system } = fullSnapshot();
  assert.ok(system);
  status.set(bareSnapshot({ system: { ...system, clock: { phase: 'free' } } }));
  await ask(consumer, 'mark', { id: 'x1', ts: old });
  await until(() => statuses(consumer).includes('done'), LONG_MS);
});

test('one that expired while the box was away never reaches it', async () => {
  await using broker = await startMosquitto();
  using folder = scratch();
  const { commander, asked } = recorder();
  const stateDir = folder.path;
  await using consumer = await listen(broker.port, [`${ROOT}/reply/#`, `${ROOT}/availability`]);
  {
    await using _status = await startStatus(broker.port, { commander, stateDir });
    await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  }
  await ask(consumer, 'go-live', { id: 'gone' }, { properties: { messageExpiryInterval: 1 } });
  await ask(consumer, 'go-live', { id: 'stays-away' });
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  await using _status = await startStatus(broker.port, { commander, stateDir });
  await until(() => consumer.last('/availability')?.text === 'online', LONG_MS);
  await ask(consumer, 'mark', { id: 'now' });
  await until(() => statuses(consumer).includes('done'), LONG_MS);
  assert.equal(
    asked.map(({ verb }) => verb),
    ['mark'],
  );
});

test('a refusal and a failure of the box are told with their codes', async () => {
  await using broker = await startMosquitto();
  const outcome = { status: 'rejected', code: 'WRONG_PHASE', detail: 'it is live' } as const;
  {
    await using _status = await startStatus(broker.port, {
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
  await using _status = await startStatus(broker.port, { commander: throwing });
  await using consumer = await openPair(broker.port);
  await ask(consumer, 'arm', { id: 'a2' });
  await until(() => statuses(consumer).includes('failed INTERNAL'), LONG_MS);
});

test('a switch turns on-air into go-live and end', async () => {
  await using broker = await startMosquitto();
  const { commander, asked } = recorder();
  await using _status = await startStatus(broker.port, { commander });
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

test('a memory full of fresh ids forgets none: it refuses new ones until they are old', async () => {
  using folder = scratch();
  const path = join(folder.path, 'commands.json');
  const memory = await CommandMemory.open(path, 0);
  let accepted = 0;
  while (accepted < 1_000 && (await memory.accept(`id${accepted}`, 1_000))) accepted += 1;
  assert.is(accepted, 256);
  assert.ok(memory.find('id0'));
  assert.not(await memory.accept('one-more', 300_000));
  assert.ok(await memory.accept('one-more', 302_000));
  const again = await CommandMemory.open(path, 302_000);
  assert.is(again.find('one-more')?.code, 'INTERRUPTED');
});

test('a file of ids that makes no sense is an empty memory', async () => {
  using folder = scratch();
  const path = join(folder.path, 'commands.json');
  for (const text of ['', '{', '[1]', '{"a":1}']) {
    writeFileSync(path, text);
    const memory = await CommandMemory.open(path, 0);
    assert.ok(await memory.accept('a', 0));
  }
});

test('any bytes on any command topic are a request, a refusal or nothing', () => {
  const requests = fc.record(
    {
      topic: fc.oneof(fc.constantFrom(...VERBS), fc.string()).map((verb) => `${ROOT}/cmd/${verb}`),
      payload: fc.oneof(
        fc.uint8Array().map((bytes) => Buffer.from(bytes)),
        fc.json().map((text) => Buffer.from(text)),
        fc
          .record({ id: fc.string(), args: fc.object() })
          .map((one) => Buffer.from(JSON.stringify(one))),
      ),
      isRetained: fc.boolean(),
      responseTopic: fc.string(),
      correlation: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    },
    { requiredKeys: ['topic', 'payload', 'isRetained'] },
  );
  fc.assert(
    fc.property(requests, (message) => {
      const request = parseRequest(message, ROOT, 0);
      if (request.kind === 'run') assert.ok(VERBS.includes(request.command.verb));
      if (request.kind === 'refuse') assert.match(request.to.topic, /^[^#+]+$/);
    }),
  );
});

test.run();
