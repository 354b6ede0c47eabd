/** Parts of the box that are restarted with new settings, each by itself. */
import { createServer } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../../daemon/config/config.ts';
import { parseConfig } from '../../../daemon/config/file.ts';
import { completeConfig } from '../../../daemon/settings/complete-config.ts';
import { LiveConfig } from '../../../daemon/settings/live-config.ts';
import { untilAborted } from '../../../hal/os/async.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { silentLog } from '../../../hal/os/log.ts';
import { listenOrExplain } from '../../../pipelines/http/listen.ts';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { seeded } from '../../support/seeded.ts';

const test = suite('live config');

const configOf = (yaml: string) => parseConfig('box.yaml', yaml, []);
const LONG_MS = 60_000;
const REAL = { clock: systemClock, log: silentLog };

/** A part that says what it was opened with, and fails where its port is 13. */
function openPart(first: string) {
  const live = new LiveConfig({ config: configOf(first) }, REAL);
  const ports: number[] = [];
  const stop = new AbortController();
  const task = live.part('metrics', ({ metrics }) => async (signal) => {
    ports.push(metrics.port);
    if (metrics.port === 1013) throw new Error('port 1013 is taken');
    await untilAborted(signal);
  });
  const running = task(stop.signal);
  running.catch(() => undefined);
  const set = (port: number) =>
    live.change(configOf(`metrics: {port: ${port}}`), new Set(['metrics'] as const));
  const hasOpened = (port: number) => until(() => ports.at(-1) === port, LONG_MS);
  const close = async () => {
    stop.abort();
    await running;
  };
  return { live, running, set, hasOpened, close };
}

test('a part is opened again with each of its settings, and ends with the box', async () => {
  const part = openPart('metrics: {port: 1001}');
  await part.hasOpened(1001);
  part.set(1002);
  await part.hasOpened(1002);
  part.live.change(configOf('drop: {title: Other}'), new Set());
  assert.is(part.live.current().drop.title, 'Other');
  await part.close();
});

test('a part that fails with new settings waits for others and says why; at the start it ends the box', async () => {
  const part = openPart('metrics: {port: 1001}');
  await part.hasOpened(1001);
  part.set(1013);
  await until(() => part.live.fault() !== undefined, LONG_MS);
  assert.match(part.live.fault() ?? '', 'port 1013 is taken');
  part.set(1003);
  await part.hasOpened(1003);
  assert.is(part.live.fault(), undefined);
  await part.close();
  const broken = openPart('metrics: {port: 1013}');
  const reason = await broken.running.then(
    () => '',
    (error: unknown) => String(error),
  );
  assert.match(reason, 'port 1013 is taken');
});

test('servers of the box that swap their ports in one change each get theirs, whoever leaves last', async () => {
  const seed = Number(process.env['SEED'] ?? 1);
  const random = seeded(seed);
  const shuffled = <T>(items: readonly T[]) =>
    items.map((item) => ({ item, at: random() })).toSorted((a, b) => a.at - b.at);
  const ports = [await freePort(), await freePort(), await freePort()];
  const given = (order: readonly number[]) =>
    configOf(
      `{metrics: {port: ${order[0]}}, mqtt: {broker_port: ${order[1]}}, operator: {port: ${order[2]}}}`,
    );
  const parts = ['metrics', 'broker', 'page'] as const;
  const portOf = (part: (typeof parts)[number], { metrics, mqtt, operator }: Config) =>
    ({ metrics: metrics.port, broker: mqtt.broker_port, page: operator.port })[part];
  const quick = {
    ...systemClock,
    sleep: (_ms: number, signal?: AbortSignal) => systemClock.sleep(2, signal),
  };
  const live = new LiveConfig({ config: given(ports) }, { ...REAL, clock: quick });
  const stop = new AbortController();
  const heldBy = new Map<string, number>();
  const tasks = parts.map((part) =>
    live.part(part, (config) => async (signal) => {
      const server = createServer();
      const port = portOf(part, config);
      await listenOrExplain(server, part, { host: '127.0.0.1', port }, '');
      heldBy.set(part, port);
      await untilAborted(signal);
      await systemClock.sleep(random() * 20);
      heldBy.delete(part);
      await new Promise((resolve) => server.close(resolve));
    })(stop.signal),
  );
  for (let i = 0; i < 10; i += 1) {
    const order = shuffled(ports).map(({ item }) => item);
    live.change(given(order), new Set(shuffled(parts).map(({ item }) => item)));
    await until(
      () => parts.every((part, at) => heldBy.get(part) === order[at]),
      LONG_MS,
      () => `seed ${seed}, change ${i}: ${live.fault() ?? ''}`,
    );
  }
  stop.abort();
  await Promise.all(tasks);
});

test('what the demo and the broker in the box add stays over all changes', () => {
  const asked = configOf('uplink: {host: relay.example.org, port: 5000}');
  const own = configOf('mqtt: {broker_port: 1884}');
  const live = new LiveConfig({ config: own }, REAL, completeConfig(asked));
  assert.is(live.current().uplink?.port, 5000);
  assert.is(live.current().mqtt.url, 'mqtt://127.0.0.1:1884');
  assert.is(live.given().uplink, undefined);
  live.change(configOf('uplink: {host: other.example.org, port: 6000}'), new Set());
  assert.is(live.current().uplink?.port, 6000);
  assert.is(live.current().mqtt.url, '');
});

test.run();
