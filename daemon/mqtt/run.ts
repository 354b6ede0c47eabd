import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause, untilAborted } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import type { MqttConfig } from '../config/mqtt.ts';
import { connectMqtt } from './client/client.ts';
import type { Connection, ConnectOptions, Incoming } from './client/connection.ts';
import { CommandMemory } from './command-memory.ts';
import { CommandDesk } from './commands.ts';
import type { StatusDeps } from './deps.ts';
import { Stamper } from './payloads/stamp.ts';
import { rootOf } from './payloads/topics.ts';
import type { Documents } from './retained.ts';
import { serveConnection } from './serve.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A connection that lasted so long was a good one: the pause starts over. */
const HEALTHY_MS = 30_000;
const WILL_DELAY_S = 10;
const EARLY_MAX = 64;
const NO_DOCUMENTS: Documents = { reports: [] };

/**
 * Tells of the box over MQTT and takes commands, until `signal` aborts. A broker that
 * is away, refuses or lies is tried again for ever, and so is a certificate that
 * cannot be read: this never rejects for either.
 */
export async function runStatus(
  config: MqttConfig,
  deps: StatusDeps,
  signal: AbortSignal,
): Promise<void> {
  if (config.url === '') return await untilAborted(signal);
  const { clock, log } = deps;
  if (isInClear(config.url)) log.warn('MQTT goes in clear over the network: use mqtts://');
  const root = rootOf(deps.snapshots().name);
  const memory = await CommandMemory.open(
    join(deps.stateDir, 'commands.json'),
    clock.monotonicMs(),
  );
  let connection: Connection | undefined;
  const desk = new CommandDesk(root, {
    clock,
    log,
    commander: deps.commander,
    memory,
    isClockSet: () => deps.snapshots().system?.clock.phase !== 'free',
    answer: (to, reply) => {
      const message = stamper.message('reply', reply, false);
      const answer = { ...message, ...to };
      connection?.publish(answer).catch((error: unknown) => {
        log.debug('answer lost', { topic: to.topic, reason: messageOf(error) });
      });
    },
  });
  const stamper = new Stamper(root, randomBytes(8).toString('hex'), clock);
  const running = new Set<Promise<void>>();
  const take = (message: Incoming) => {
    const taken = desk.take(message, signal).finally(() => running.delete(taken));
    running.add(taken);
  };

  const retry = new Retry(deps);
  while (!signal.aborted) {
    const startedMs = clock.monotonicMs();
    try {
      const inbox = new Inbox();
      const options = await connectOptions(config, root, inbox.put);
      connection = await connectMqtt(options, signal);
      retry.connected(connection.protocol);
      const documents = deps.documents ?? (() => NO_DOCUMENTS);
      const served = { config, deps, stamper, take, documents, listen: inbox.listen };
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

/** Files are read anew each time: a renewed certificate needs no restart. */
async function connectOptions(
  config: MqttConfig,
  root: string,
  onMessage: (message: Incoming) => void,
): Promise<ConnectOptions> {
  const url = new URL(config.url);
  const isTls = url.protocol === 'mqtts:';
  const file = async (path: string) => (path === '' ? undefined : await readFile(path));
  const [password, ca, cert, key] = await Promise.all(
    [config.password_file, config.tls.ca_file, config.tls.cert_file, config.tls.key_file].map(file),
  );
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

function isInClear(url: string): boolean {
  return !/^(mqtts:|mqtt:\/\/(127\.|localhost\b|\[::1\]))/.test(url);
}

function withoutLineEnd(secret: Buffer): Buffer {
  return Buffer.from(secret.toString('utf8').replace(/\r?\n$/, ''));
}

/** Holds what the broker sent along with its welcome, until somebody listens. */
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

/** Waits between connections, and says once what is wrong. */
class Retry {
  readonly #deps: StatusDeps;
  #pauseMs = FIRST_PAUSE_MS;
  #told: string | undefined;

  constructor(deps: StatusDeps) {
    this.#deps = deps;
  }

  connected(protocol: 4 | 5): void {
    this.#told = undefined;
    this.#deps.log.info('broker connected', { protocol });
    this.#deps.onChange?.({ phase: 'connected', protocol });
  }

  failed(reason: string): void {
    // The same again every minute is no news.
    if (this.#told !== reason) this.#deps.log.warn('broker is away', { reason });
    this.#told = reason;
    this.#deps.onChange?.({ phase: 'away', reason });
  }

  async pause(lastedMs: number, signal: AbortSignal): Promise<void> {
    if (lastedMs >= HEALTHY_MS) this.#pauseMs = FIRST_PAUSE_MS;
    const { clock, random = Math.random } = this.#deps;
    await pause(clock, this.#pauseMs * (0.8 + 0.4 * random()), signal);
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }
}
