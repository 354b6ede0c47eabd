/** Two boxes of one name. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NameConflictWatch } from '../../../../daemon/mqtt/broker/name-conflict.ts';
import { BrokerReport, type MqttState } from '../../../../daemon/mqtt/broker/state.ts';
import { NO_LIMITS } from '../../../../daemon/mqtt/client/limits.ts';
import { until } from '../../../support/box.ts';
import { startMosquitto } from '../support/mosquitto.ts';
import { startMqtt } from '../support/mqtt.ts';
import { bareSnapshot, fullSnapshot } from '../support/snapshot.ts';

const test = suite('two boxes of one name');
const LONG_MS = 60_000;

const info = (session: string, more: object = {}) =>
  Buffer.from(JSON.stringify({ session, addresses: ['10.0.0.7', 'nonsense'], ...more }));

test('another run of this box is none; what comes after a message of this run is another box', () => {
  const watch = new NameConflictWatch('mine');
  assert.is(watch.receive(info('before')), undefined);
  assert.is(watch.receive(info('mine')), undefined);
  assert.is(watch.receive(info('theirs', { model: 'Pi\u0007 5' })), 'at 10.0.0.7 (Pi 5)');
  assert.is(watch.receive(info('mine')), undefined);
  assert.is(watch.receive(info('theirs', { addresses: [] })), 'at an unknown address');
  for (const bytes of ['', '{', '[]', '{"session":1}', '{"session":"x","addresses":7}'])
    assert.is(watch.receive(Buffer.from(bytes)), undefined, bytes);
});

test('it is reported while connections come and go, and forgotten when it was not seen for a while', () => {
  const states: MqttState[] = [];
  let nowMs = 0;
  const report = new BrokerReport(
    (state) => states.push(state),
    () => nowMs,
  );
  report.connected({ protocol: 5, limits: NO_LIMITS });
  report.conflictSeen('at 10.0.0.7');
  report.away('taken over', undefined);
  nowMs += 60_000;
  report.connected({ protocol: 5, limits: NO_LIMITS });
  report.check();
  assert.equal(
    states.map((state) => state.nameConflict),
    [undefined, 'at 10.0.0.7', 'at 10.0.0.7', 'at 10.0.0.7'],
  );
  nowMs += 600_000;
  report.check();
  assert.equal(states.at(-1), { phase: 'connected', protocol: 5 });
});

test('two boxes of one name at one broker: each reports where the other is', async () => {
  await using broker = await startMosquitto();
  const conflicts = ['', ''];
  const start = (i: 0 | 1, address: string) => {
    const { system } = fullSnapshot();
    const [eth0] = system?.interfaces ?? [];
    const interfaces = eth0 === undefined ? [] : [{ ...eth0, addresses: [address] }];
    return startMqtt(broker.port, {
      snapshot: bareSnapshot({ system: system && { ...system, interfaces } }),
      onChange: ({ nameConflict }) => {
        conflicts[i] = nameConflict ?? '';
      },
    });
  };
  await using _one = await start(0, '192.0.2.1');
  await using _two = await start(1, '192.0.2.2');
  const isSeen = () =>
    /192\.0\.2\.2/.test(conflicts[0] ?? '') && /192\.0\.2\.1/.test(conflicts[1] ?? '');
  await until(isSeen, LONG_MS, () => conflicts.join(' | '));
});

test.run();
