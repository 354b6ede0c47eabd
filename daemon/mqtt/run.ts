/** MQTT: connects to the broker, again and again, and serves each connection. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { untilAborted } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { MqttConfig } from '../config/mqtt.ts';
import { clientIdOf, connectOptions, isUnencrypted } from './broker/connect-options.ts';
import { BrokerMemory } from './broker/memory.ts';
import { NameConflictWatch } from './broker/name-conflict.ts';
import { Retry } from './broker/retry.ts';
import { BrokerReport } from './broker/state.ts';
import { connectMqtt } from './client/connect.ts';
import { type Connection, type Incoming, MqttError } from './client/connection.ts';
import { CommandMemory } from './command-memory.ts';
import { CommandReceiver } from './command-receiver.ts';
import type { MqttDeps } from './deps.ts';
import { Stamper } from './payloads/stamp.ts';
import { rootOf } from './payloads/topics.ts';
import type { Documents } from './retained.ts';
import { serveConnection } from './serve.ts';

const EARLY_MAX = 64;
const NO_DOCUMENTS: Documents = { reports: [] };
/** MQTT 5, 3.14.2.1: another client connected with this one's id, which is made of the box's name. */
const SESSION_TAKEN_OVER = 142;

/**
 * Publishes the box's state and receives commands, until `signal` aborts. Never rejects for a
 * broker that is away, refuses or is faulty, or for a certificate that cannot be read: it
 * connects again.
 */
export async function runMqtt(
  config: MqttConfig,
  deps: MqttDeps,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = deps;
  if (config.url === '') return await untilAborted(signal);
  if (isUnencrypted(config.url)) log.warn('MQTT not encrypted: use mqtts://');
  const root = rootOf(deps.snapshots().name);
  const session = randomBytes(8).toString('hex');
  const stamper = new Stamper(root, session, clock);
  const commands = await openCommands(stamper, deps, signal);
  const conflicts = new NameConflictWatch(session);
  const broker = new BrokerMemory(join(deps.stateDir, 'broker.json'), config.url, log);
  const report = new BrokerReport(
    (state) => deps.onChange?.(state),
    () => clock.monotonicMs(),
  );
  const onInfo = ({ payload }: Incoming) => {
    const nameConflict = conflicts.receive(payload);
    if (nameConflict !== undefined) report.conflictSeen(nameConflict);
  };
  const { onCommand } = commands;
  const parts = { config, deps, stamper, report, broker, onCommand, onInfo };
  const retry = new Retry(deps);
  while (!signal.aborted) {
    const startedMs = clock.monotonicMs();
    try {
      await connectAndServe(parts, commands, retry, signal);
    } catch (error) {
      if (signal.aborted) break;
      broker.failed(error);
      if (error instanceof MqttError && error.reasonCode === SESSION_TAKEN_OVER)
        report.conflictSeen(
          report.nameConflict ?? `it uses the MQTT client id ${clientIdOf(root)}`,
        );
      retry.failed(messageOf(error));
      report.away(messageOf(error), error);
    }
    await retry.pause(clock.monotonicMs() - startedMs, signal);
  }
  await commands.settled();
}

type Parts = Omit<Parameters<typeof serveConnection>[1], 'documents' | 'listen'>;

/** Resolves when `signal` aborts; rejects where there is no connection, and when it ends. */
async function connectAndServe(
  parts: Parts,
  commands: Commands,
  retry: Retry,
  signal: AbortSignal,
): Promise<void> {
  const { config, deps, stamper, report, broker } = parts;
  const { clock, documents = () => NO_DOCUMENTS } = deps;
  const { put, listen } = new Inbox();
  const options = connectOptions(config, stamper.root, put);
  const protocols = broker.protocols(clock.wallMs());
  const connection = await connectMqtt(options, protocols, () => clock.wallMs(), signal);
  try {
    retry.connected(connection);
    report.connected(connection);
    commands.setConnection(connection);
    await broker.connected(connection, clock.wallMs());
    await serveConnection(connection, { ...parts, documents, listen }, signal);
  } finally {
    commands.setConnection(undefined);
    await connection.end();
  }
}

type Commands = Awaited<ReturnType<typeof openCommands>>;

/** Receives commands over all connections, and replies over the present one. */
async function openCommands(stamper: Stamper, deps: MqttDeps, signal: AbortSignal) {
  const { clock, log, commander } = deps;
  const path = join(deps.stateDir, 'commands.json');
  const memory = await CommandMemory.open(path, clock.monotonicMs());
  let connection: Connection | undefined;
  const receiver = new CommandReceiver(stamper.root, {
    ...{ clock, log, commander, memory },
    isClockSet: () => deps.snapshots().system?.clock.phase !== 'free',
    reply: (to, reply) => {
      const message = { ...stamper.message('reply', reply, false), ...to };
      connection?.publish(message).catch((error: unknown) => {
        log.debug('reply lost', { topic: to.topic, reason: messageOf(error) });
      });
    },
  });
  const running = new Set<Promise<void>>();
  return {
    setConnection: (present: Connection | undefined) => {
      connection = present;
    },
    onCommand: (message: Incoming) => {
      const done = receiver.receive(message, signal).finally(() => running.delete(done));
      running.add(done);
    },
    settled: async () => void (await Promise.all(running)),
  };
}

/** Holds messages that the broker sends with its CONNACK, until there is a listener. */
class Inbox {
  #early: Incoming[] = [];
  #listener: ((message: Incoming) => void) | undefined;

  readonly put = (message: Incoming): void => {
    if (this.#listener !== undefined) this.#listener(message);
    else if (this.#early.length < EARLY_MAX) this.#early.push(message);
  };

  readonly listen = (listener: (message: Incoming) => void): void => {
    this.#listener = listener;
    for (const message of this.#early.splice(0)) listener(message);
  };
}
