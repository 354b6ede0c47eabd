/** MQTT: connects to the broker, again and again, and serves each connection. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { pause, untilAborted } from '../../hal/os/async.ts';
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { MqttConfig } from '../config/mqtt.ts';
import { connectMqtt } from './client/client.ts';
import type { Connection, ConnectOptions, Incoming } from './client/connection.ts';
import { CommandMemory } from './command-memory.ts';
import { CommandReceiver } from './command-receiver.ts';
import type { MqttDeps } from './deps.ts';
import { Stamper } from './payloads/stamp.ts';
import { rootOf } from './payloads/topics.ts';
import type { Documents } from './retained.ts';
import { serveConnection } from './serve.ts';

const FIRST_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = 60_000;
/** After a connection of this length the pause starts over. */
const HEALTHY_MS = 30_000;
const WILL_DELAY_S = 10;
const EARLY_MAX = 64;
const NO_DOCUMENTS: Documents = { reports: [] };

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
  if (config.url === '') return await untilAborted(signal);
  const { clock, log } = deps;
  if (isUnencrypted(config.url)) log.warn('MQTT not encrypted: use mqtts://');
  const root = rootOf(deps.snapshots().name);
  const memory = await CommandMemory.open(
    join(deps.stateDir, 'commands.json'),
    clock.monotonicMs(),
  );
  let connection: Connection | undefined;
  const receiver = new CommandReceiver(root, {
    clock,
    log,
    commander: deps.commander,
    memory,
    isClockSet: () => deps.snapshots().system?.clock.phase !== 'free',
    reply: (to, reply) => {
      const message = { ...stamper.message('reply', reply, false), ...to };
      connection?.publish(message).catch((error: unknown) => {
        log.debug('reply lost', { topic: to.topic, reason: messageOf(error) });
      });
    },
  });
  const stamper = new Stamper(root, randomBytes(8).toString('hex'), clock);
  const running = new Set<Promise<void>>();
  const onCommand = (message: Incoming) => {
    const done = receiver.receive(message, signal).finally(() => running.delete(done));
    running.add(done);
  };

  const retry = new Retry(deps);
  while (!signal.aborted) {
    const startedMs = clock.monotonicMs();
    try {
      const inbox = new Inbox();
      const options = connectOptions(config, root, inbox.put);
      connection = await connectMqtt(options, signal);
      retry.connected(connection.protocol);
      const documents = deps.documents ?? (() => NO_DOCUMENTS);
      const { listen } = inbox;
      const served = { config, deps, stamper, onCommand, documents, listen };
      await serveConnection(connection, served, signal);
    } catch (error) {
      if (signal.aborted) break;
      retry.failed(messageOf(error));
    } finally {
      await connection?.end();
      connection = undefined;
    }
    await retry.pause(clock.monotonicMs() - startedMs, signal);
  }
  await Promise.all(running);
}

/** Files are read for each connection: a renewed certificate needs no restart. */
function connectOptions(
  config: MqttConfig,
  root: string,
  onMessage: (message: Incoming) => void,
): ConnectOptions {
  const url = new URL(config.url);
  const isTls = url.protocol === 'mqtts:';
  const file = (path: string) =>
    path === '' ? undefined : readRegular(path, CERTIFICATE_BYTES_MAX);
  const { ca_file, cert_file, key_file } = config.tls;
  const [password, ca, cert, key] = [config.password_file, ca_file, cert_file, key_file].map(file);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isTls ? 8883 : 1883) : Number(url.port),
    clientId: root.replaceAll('/', '-'),
    ...(config.username === '' ? {} : { username: config.username }),
    ...(password === undefined ? {} : { password: withoutLineEnd(password) }),
    ...(isTls
      ? {
          tls: {
            ...(ca === undefined ? {} : { ca }),
            ...(cert === undefined ? {} : { cert }),
            ...(key === undefined ? {} : { key }),
          },
        }
      : {}),
    will: { topic: `${root}/availability`, payload: 'offline', delayS: WILL_DELAY_S },
    onMessage,
  };
}

function isUnencrypted(url: string): boolean {
  return !/^(mqtts:|mqtt:\/\/(127\.|localhost\b|\[::1\]))/.test(url);
}

function withoutLineEnd(secret: Buffer): Buffer {
  return Buffer.from(secret.toString('utf8').replace(/\r?\n$/, ''));
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

/** Waits between connections, and logs each reason once. */
class Retry {
  readonly #deps: MqttDeps;
  #pauseMs = FIRST_PAUSE_MS;
  #reported: string | undefined;

  constructor(deps: MqttDeps) {
    this.#deps = deps;
  }

  connected(protocol: 4 | 5): void {
    this.#reported = undefined;
    this.#deps.log.info('broker connected', { protocol });
    this.#deps.onChange?.({ phase: 'connected', protocol });
  }

  failed(reason: string): void {
    if (this.#reported !== reason) this.#deps.log.warn('broker away', { reason });
    this.#reported = reason;
    this.#deps.onChange?.({ phase: 'away', reason });
  }

  async pause(lastedMs: number, signal: AbortSignal): Promise<void> {
    if (lastedMs >= HEALTHY_MS) this.#pauseMs = FIRST_PAUSE_MS;
    const { clock, random = Math.random } = this.#deps;
    await pause(clock, this.#pauseMs * (0.8 + 0.4 * random()), signal);
    this.#pauseMs = Math.min(this.#pauseMs * 2, MAX_PAUSE_MS);
  }
}
