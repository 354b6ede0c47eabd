/** Events on their way from the spool to the broker. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { MqttConfig } from '../../../daemon/config/mqtt.ts';
import {
  type Connection,
  MqttError,
  type Outgoing,
} from '../../../daemon/mqtt/client/connection.ts';
import { NO_LIMITS } from '../../../daemon/mqtt/client/limits.ts';
import { sendEvents } from '../../../daemon/mqtt/event-sender.ts';
import { openEventLog } from '../../../daemon/mqtt/events.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { until } from '../../support/box.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { scratch } from './support/mosquitto.ts';
import { mqttConfig } from './support/mqtt.ts';

const test = suite('sending events');
const LONG_MS = 20_000;
const CONFIG: MqttConfig = mqttConfig(1);
const DEPS = { clock: new VirtualClock(), log: silentLog };

/** A broker that answers each message as the test says. */
function fakeConnection(answer: (message: Outgoing, n: number) => Promise<void>) {
  const sent: Outgoing[] = [];
  const closing = new AbortController();
  const connection: Connection = {
    protocol: 5,
    limits: NO_LIMITS,
    closed: closing.signal,
    publish: (message) => answer(message, sent.push(message)),
    offer: () => false,
    subscribe: async () => undefined,
    unsubscribe: async () => undefined,
    end: async () => undefined,
  };
  const seqs = () => sent.map(({ payload }) => JSON.parse(String(payload)).seq as number);
  return { connection, seqs };
}

async function openSender(folder: string, answer: (message: Outgoing, n: number) => Promise<void>) {
  const clock = new VirtualClock();
  const events = await openEventLog(CONFIG, folder, { clock, log: silentLog });
  const { spool } = events;
  assert.ok(spool);
  const ending = new AbortController();
  const fake = fakeConnection(answer);
  const deps = { clock, log: silentLog, spool };
  const record = (n: number, atMs = clock.wallMs()) =>
    events.record({ type: 'x', severity: 'info', atMs, data: { n } });
  return {
    ...fake,
    clock,
    spool,
    waiting: () => spool.state().waiting,
    state: () => events.state(),
    record,
    start: () => {
      const done = sendEvents('event', fake.connection, deps, ending.signal);
      return async () => {
        ending.abort();
        await done;
      };
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort();
      await events[Symbol.asyncDispose]();
    },
  };
}

test('an event stays in the spool until the broker has acknowledged it', async () => {
  using folder = scratch();
  let acknowledge = (): void => undefined;
  const answer = () =>
    new Promise<void>((resolve) => {
      acknowledge = resolve;
    });
  await using sender = await openSender(folder.path, answer);
  await sender.record(1);
  const stop = sender.start();
  await until(() => sender.seqs().length === 1, LONG_MS);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.is(sender.waiting(), 1);
  acknowledge();
  await until(() => sender.waiting() === 0, LONG_MS);
  await stop();
});

test('events refused by the broker, and those behind them, are sent again later', async () => {
  using folder = scratch();
  let isRefusing = true;
  const answer = async ({ payload }: Outgoing) => {
    if (isRefusing && JSON.parse(String(payload)).seq >= 3)
      throw new MqttError('REFUSED', 'Quota exceeded', 151);
  };
  await using sender = await openSender(folder.path, answer);
  for (let n = 1; n <= 5; n += 1) await sender.record(n);
  const stop = sender.start();
  await until(() => sender.waiting() === 3 && sender.state()?.refused !== undefined, LONG_MS);
  const before = sender.seqs().length;
  assert.equal(sender.state(), {
    waiting: 3,
    lostTotal: 0,
    lostNow: 0,
    refused: 'Quota exceeded',
  });
  await sender.clock.advance(9_000);
  assert.is(sender.seqs().length, before);
  isRefusing = false;
  await until(async () => {
    await sender.clock.advance(2_000);
    return sender.waiting() === 0 && sender.state()?.refused === undefined;
  }, LONG_MS);
  assert.equal(sender.seqs().slice(-3), [3, 4, 5]);
  assert.equal(sender.state(), { waiting: 0, lostTotal: 0, lostNow: 0 });
  await stop();
});

test('an event of last week is sent too: none is lost when the clock is set', async () => {
  using folder = scratch();
  await using sender = await openSender(folder.path, async () => undefined);
  await sender.record(1, sender.clock.wallMs() - 8 * 86_400_000);
  await sender.record(2);
  const stop = sender.start();
  await until(() => sender.waiting() === 0, LONG_MS);
  assert.equal(sender.seqs(), [1, 2]);
  await stop();
});

test('data that is too long is left out of the event, and a type is cut', async () => {
  using folder = scratch();
  await using events = await openEventLog(CONFIG, folder.path, DEPS);
  const data = { text: 'x'.repeat(40_000) };
  await events.record({ type: 'y'.repeat(20_000), severity: 'info', atMs: 0, data });
  const [record] = (await events.spool?.next(1, AbortSignal.timeout(LONG_MS))) ?? [];
  const event = JSON.parse(String(record?.payload));
  assert.equal(event.data, { left_out_b: 40_011 });
  assert.is(event.type.length, 63);
});

/** A state folder in which a file stands where the events' folder is to be. */
function blocked(folder: string) {
  const inTheWay = join(folder, 'events');
  writeFileSync(inTheWay, '');
  return () => rmSync(inTheWay);
}

const event = (n: number) => ({ type: 'x', severity: 'info', atMs: n, data: { n } }) as const;

test('events wait in order while the folder cannot be opened', async () => {
  using folder = scratch();
  const clear = blocked(folder.path);
  const clock = new VirtualClock();
  await using events = await openEventLog(CONFIG, folder.path, { clock, log: silentLog });
  const kept = Promise.all([1, 2, 3].map((n) => events.record(event(n))));
  await until(async () => {
    await clock.advance(2_500);
    return events.state()?.waiting === 3 && events.state()?.notSaved !== undefined;
  }, LONG_MS);
  assert.match(events.state()?.notSaved ?? '', /events/);
  clear();
  await until(async () => {
    await clock.advance(2_500);
    return events.state()?.notSaved === undefined;
  }, LONG_MS);
  await kept;
  const records = (await events.spool?.next(9, AbortSignal.timeout(LONG_MS))) ?? [];
  assert.equal(
    records.map(({ payload }) => JSON.parse(String(payload)).data.n),
    [1, 2, 3],
  );
  assert.equal(events.state(), { waiting: 3, lostTotal: 0, lostNow: 0 });
});

test('the number of waiting events is bounded, losses are counted, and an end does not wait for the disk', async () => {
  using folder = scratch();
  blocked(folder.path);
  const events = await openEventLog(CONFIG, folder.path, DEPS);
  const all = Promise.allSettled(Array.from({ length: 1_030 }, (_, n) => events.record(event(n))));
  await until(() => events.state()?.lostTotal === 6, LONG_MS);
  assert.is(events.state()?.waiting, 1_024);
  assert.is(events.state()?.lostNow, 6);
  await events[Symbol.asyncDispose]();
  const codes = (await all).map((result) => (result as PromiseRejectedResult).reason.code);
  assert.is(codes.filter((code) => code === 'ENDED').length, 1_024);
  assert.is(codes.filter((code) => code === 'FULL').length, 6);
  assert.is(events.state()?.lostTotal, 1_030);
  assert.is(events.state()?.lostNow, 0, 'none waits any more');
});

test('a disk that fails to save an acknowledgement does not end the connection', async () => {
  using folder = scratch();
  await using sender = await openSender(folder.path, async () => undefined);
  sender.spool.ack = async () => {
    throw new Error('EIO');
  };
  await sender.record(1);
  const stop = sender.start();
  await until(() => sender.seqs().length > 0, LONG_MS);
  await stop();
});

test('without a broker in the config an event is dropped', async () => {
  using folder = scratch();
  const events = await openEventLog({ ...CONFIG, url: '' }, folder.path, DEPS);
  await events.record({ type: 'x', severity: 'info', atMs: 0, data: {} });
  assert.is(events.spool, undefined);
  await events[Symbol.asyncDispose]();
});

test.run();
