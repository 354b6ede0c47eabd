/** Events over outages of the broker and crashes of the box. */
import { type ChildProcess, spawn } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../support/box.ts';
import { freePort } from '../../support/free-port.ts';
import { nodeProgram } from '../../support/program.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { type Consumer, listen } from './support/consumer.ts';
import { scratch, startMosquitto } from './support/mosquitto.ts';
import { startMqtt } from './support/mqtt.ts';
import { bareSnapshot } from './support/snapshot.ts';

const test = suite('events over outages');
const LONG_MS = 60_000;
const DAY_MS = 86_400_000;
const FILTER = 'venuebox/v1/+/event';

interface Seen {
  readonly session: string;
  readonly seq: number;
  readonly n: number;
  readonly text: string;
}

/** The rule for consumers: a `session` and `seq` that was seen is a repeat. */
function once(consumer: Consumer): { readonly events: Seen[]; readonly repeats: number } {
  const seen = new Map<string, Seen>();
  let repeats = 0;
  for (const { text } of consumer.received) {
    const { session, seq, data } = JSON.parse(text);
    const key = `${session} ${seq}`;
    const before = seen.get(key);
    if (before === undefined) seen.set(key, { session, seq, n: data.n, text });
    else {
      repeats += 1;
      assert.is(text, before.text, 'a number was used for two events');
    }
  }
  return { events: [...seen.values()], repeats };
}

/** In order without a gap: 1, 2, 3 … */
function assertComplete(events: readonly Seen[], count: number): void {
  assert.is(new Set(events.map(({ session }) => session)).size, 1);
  assert.equal(
    events.map(({ seq }) => seq),
    Array.from({ length: count }, (_, i) => i + 1),
  );
}

test('a day without a broker: every event of it arrives, in order, once', async () => {
  using folder = scratch();
  const port = await freePort();
  const clock = new VirtualClock();
  const phases: string[] = [];
  await using status = await startMqtt(port, {
    clock,
    stateDir: folder.path,
    snapshot: bareSnapshot(),
    onChange: ({ phase }) => phases.push(phase),
  });
  const count = 24 * 60;
  for (let n = 1; n <= count; n += 1) {
    await clock.advance(DAY_MS / count);
    const atMs = clock.wallMs();
    await status.events.record({ type: 'tick', severity: 'info', atMs, data: { n } });
  }
  assert.not(phases.includes('connected'));
  assert.ok(phases.length > 3, 'it tried again');
  assert.is(status.events.state()?.waiting, count);

  await using broker = await startMosquitto(undefined, port);
  await using consumer = await listen(port, [FILTER]);
  await until(
    async () => {
      await clock.advance(1_000);
      return consumer.received.length >= count;
    },
    LONG_MS,
    () => `${consumer.received.length} of ${count}`,
  );
  const { events, repeats } = once(consumer);
  assertComplete(events, count);
  assert.is(repeats, 0);
  assert.equal(
    events.map(({ n }) => n),
    events.map(({ seq }) => seq),
  );
  // The first is a day old: it has six of its seven days left.
  const expiryS = consumer.received[0]?.packet.properties?.messageExpiryInterval ?? 0;
  assert.ok(Math.abs(expiryS - 6 * 86_400) < 3_600, String(expiryS));
  assert.ok(broker.port === port);
  await until(() => status.events.state()?.waiting === 0, LONG_MS);
});

test('kill -9 again and again, with or without the broker: no event is lost or sent twice', async () => {
  using folder = scratch();
  // The watcher's session outlasts the broker, so that it misses nothing itself.
  await using broker = await startMosquitto((place) => [
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${place}/`,
  ]);
  await using consumer = await listen(broker.port, [FILTER], {
    clientId: 'watcher',
    clean: false,
    properties: { sessionExpiryInterval: 3_600 },
  });
  let safe = 0;
  let tried = 0;
  for (let round = 0; round < 6; round += 1) {
    const isOffline = round % 3 === 1;
    if (isOffline) await broker.stop();
    const writer = startWriter(broker.port, folder.path, tried + 1);
    const wanted = 60 + 45 * round;
    await until(() => writer.confirmed() >= wanted, LONG_MS, writer.output);
    writer.kill();
    await writer.ended;
    safe += writer.confirmed();
    // An event that was being written may be saved, though it was not confirmed.
    tried = Math.max(tried, writer.last()) + 1;
    if (isOffline) await broker.start();
  }
  const last = startWriter(broker.port, folder.path, tried + 1, 20);
  await until(() => last.confirmed() === 20, LONG_MS, last.output);
  safe += 20;
  await until(
    () => once(consumer).events.length >= safe,
    LONG_MS,
    () => `${safe}`,
  );
  await new Promise((resolve) => setTimeout(resolve, 500));
  last.kill();
  await last.ended;

  const { events, repeats } = once(consumer);
  assertComplete(events, events.length);
  assert.ok(events.length >= safe && events.length <= safe + 6, `${events.length} of ${safe}`);
  assert.is(new Set(events.map(({ n }) => n)).size, events.length, 'an event has two numbers');
  // At QoS 1 events that were in flight at a kill may come again, with the same number.
  assert.ok(repeats <= 6 * 8, `${repeats} repeats`);
});

interface Writer {
  /** Events that it said are safe. */
  confirmed(): number;
  last(): number;
  output(): string;
  kill(): void;
  readonly ended: Promise<unknown>;
}

function startWriter(port: number, stateDir: string, first: number, count = 100_000): Writer {
  const program = nodeProgram('test/daemon/mqtt/support/event-writer');
  const args = [...program, String(port), stateDir, String(first), String(count)];
  const child: ChildProcess = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const lines = () => output.split('\n').slice(0, -1);
  return {
    confirmed: () => lines().length,
    last: () => Number(lines().at(-1) ?? first),
    output: () => errors,
    kill: () => child.kill('SIGKILL'),
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}

test.run();
