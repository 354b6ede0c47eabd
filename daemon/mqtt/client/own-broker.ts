/** The embedded MQTT broker of the demo. */
import { createServer, type Socket } from 'node:net';
import type { AuthorizePublishHandler } from 'aedes';
import { untilAborted } from '../../../hal/os/async.ts';
import { type ClockAndLog, type Log, messageOf } from '../../../hal/os/log.ts';
import type { Task } from '../../../hal/os/task.ts';
import { listenOrExplain } from '../../../pipelines/http/listen.ts';
import { runOptionalPort } from '../../../pipelines/http/optional-port.ts';
import { guardPackets } from './packet-guard.ts';

const CONNECTIONS_MAX = 64;
const PACKET_MAX_BYTES = 65_536;
/** They are in memory. */
const RETAINED_TOPICS_MAX = 1_024;
const QUEUE_MAX = 64;
const ADVICE = 'choose another mqtt.broker_port, or name that broker in mqtt.url';

/** The task of the broker in the box; it waits where the config has none. */
export function ownBroker(port: number, box: ClockAndLog): Task {
  const run: Task = (signal) => runBroker('127.0.0.1', port, box.log, signal);
  const [task = untilAborted] = runOptionalPort('broker', port, box, run);
  return task;
}

/**
 * MQTT 3.1.1, in memory, without passwords: for loopback. A venue runs mosquitto.
 *
 * Resolves when `signal` aborts. Rejects with PipelineError when the port is taken.
 */
export async function runBroker(
  host: string,
  port: number,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const { Aedes } = await import('aedes');
  const broker = await Aedes.createBroker({
    queueLimit: QUEUE_MAX,
    maxClientsIdLength: 128,
    connectTimeout: 10_000,
  });
  broker.authorizePublish = boundRetained();
  broker.on('clientError', (client, error) =>
    log.debug('broker client failed', { client: client.id, reason: messageOf(error) }),
  );
  broker.on('connectionError', (_client, error) =>
    log.debug('broker connection failed', { reason: messageOf(error) }),
  );
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    const guard = guardPackets(PACKET_MAX_BYTES);
    socket.on('data', (chunk) => {
      try {
        guard(chunk);
      } catch (error) {
        log.debug('broker client sent an invalid packet', { reason: messageOf(error) });
        socket.destroy();
      }
    });
    broker.handle(socket);
  });
  server.maxConnections = CONNECTIONS_MAX;
  try {
    await listenOrExplain(server, "the MQTT broker's port", { host, port }, ADVICE);
    log.info('embedded MQTT broker', { host, port });
    await untilAborted(signal);
  } finally {
    server.close();
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => broker.close(resolve));
  }
}

/** Refuses to retain more topics than allowed. */
function boundRetained(): AuthorizePublishHandler {
  const topics = new Set<string>();
  return (_client, { topic, retain, payload }, callback) => {
    if (retain && payload.length === 0) topics.delete(topic);
    else if (retain && topics.size >= RETAINED_TOPICS_MAX && !topics.has(topic))
      return callback(new Error('too many retained topics'));
    else if (retain) topics.add(topic);
    callback(null);
  };
}
