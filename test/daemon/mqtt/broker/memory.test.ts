/** What is remembered of a broker. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { BrokerMemory } from '../../../../daemon/mqtt/broker/memory.ts';
import { MqttError } from '../../../../daemon/mqtt/client/connection.ts';
import { silentLog } from '../../../../hal/os/log.ts';
import { scratch } from '../support/mosquitto.ts';

const test = suite('the memory of a broker');
const URL = 'mqtt://broker';
const DAY_MS = 86_400_000;
const UNANSWERED = new MqttError('UNANSWERED', 'closed');

test('MQTT 5 is tried first; what worked is first over restarts, and alone until it gets no answer', async () => {
  using folder = scratch();
  const path = join(folder.path, 'broker.json');
  const memory = new BrokerMemory(path, URL, silentLog);
  assert.equal(memory.protocols(0), [5, 4]);
  for (const protocol of [4, 5] as const) {
    await memory.connected({ protocol }, 0);
    const later = new BrokerMemory(path, URL, silentLog);
    for (const one of [memory, later]) assert.equal(one.protocols(1_000), [protocol]);
    later.failed(new MqttError('UNREACHABLE', 'refused'));
    assert.equal(later.protocols(1_000), [protocol]);
    later.failed(UNANSWERED);
    assert.equal(later.protocols(1_000), [protocol, protocol === 5 ? 4 : 5]);
    await later.connected({ protocol }, 0);
    assert.equal(later.protocols(1_000), [protocol]);
  }
});

test('a broker that spoke 3.1.1 is asked for MQTT 5 again after a day, also with a clock that was set back', async () => {
  using folder = scratch();
  const memory = new BrokerMemory(join(folder.path, 'broker.json'), URL, silentLog);
  await memory.connected({ protocol: 4 }, 10 * DAY_MS);
  assert.equal(memory.protocols(10 * DAY_MS + 1), [4]);
  assert.equal(memory.protocols(11 * DAY_MS + 1), [5, 4]);
  assert.equal(memory.protocols(0), [5, 4]);
  await memory.connected({ protocol: 4 }, 11 * DAY_MS + 1);
  assert.equal(memory.protocols(11 * DAY_MS + 2), [4]);
});

test('what the broker retains is known over restarts, and is not of another broker', async () => {
  using folder = scratch();
  const path = join(folder.path, 'broker.json');
  const retained = ['drops', 'report/2026-04-30t20-00-00z'];
  await new BrokerMemory(path, URL, silentLog).retaining(retained);
  assert.equal(new BrokerMemory(path, URL, silentLog).retained, retained);
  assert.equal(new BrokerMemory(path, 'mqtt://other', silentLog).retained, []);
});

test('another broker and a damaged file are as none', async () => {
  using folder = scratch();
  const path = join(folder.path, 'broker.json');
  const memory = new BrokerMemory(path, URL, silentLog);
  await memory.connected({ protocol: 4 }, 0);
  await memory.published(3);
  assert.is(new BrokerMemory(path, URL, silentLog).discoveryParts, 3);
  const other = new BrokerMemory(path, 'mqtt://other', silentLog);
  assert.equal([other.protocols(0), other.discoveryParts], [[5, 4], 1]);
  for (const text of ['', '{', '[]', '{"url":"mqtt://broker","protocol":7,"sinceMs":0}']) {
    writeFileSync(path, text);
    assert.equal(new BrokerMemory(path, URL, silentLog).protocols(0), [5, 4]);
  }
});

test.run();
