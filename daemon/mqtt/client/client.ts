/** A connection to the broker in one version of MQTT, by mqtt.js. */
import { once } from 'node:events';
import { type IConnackPacket, type IPublishPacket, MqttClient } from 'mqtt';
import { unlessAborted, withTimeout } from '../../../hal/os/async.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { messageOf } from '../../../hal/os/log.ts';
import { openSocket } from './broker-socket.ts';
import { clientOptions } from './client-options.ts';
import {
  type BrokerLimits,
  type Connection,
  type ConnectOptions,
  type Incoming,
  MqttError,
  type Outgoing,
  type Protocol,
} from './connection.ts';
import { fitted, limitsOf, packetBytes } from './limits.ts';
import { Slots } from './slots.ts';

/** QoS 1 messages in flight; fewer where the broker takes fewer. */
const IN_FLIGHT_MAX = 16;
const WAITING_MAX = 256;
/** With more bytes in the socket telemetry is dropped. */
const BACKLOG_MAX_BYTES = 65_536;
/** After this without an acknowledgement the connection is closed. */
const ACK_TIMEOUT_MS = 30_000;
const END_LIMIT = { clock: systemClock, timeoutMs: 2_000 } as const;

/**
 * Connects, in one version of MQTT. `signal` ends the attempt; a connection is ended with `end`.
 *
 * @throws MqttError UNREACHABLE, UNANSWERED, PROTOCOL, REFUSED; the reason of an aborted `signal`.
 */
export async function connectWith(
  protocol: Protocol,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  signal.throwIfAborted();
  const closing = new AbortController();
  let isOpen = false;
  const onOpen = () => {
    isOpen = true;
  };
  const close = (error: MqttError) => {
    closing.abort(error);
    client.stream.destroy();
  };
  const client = new MqttClient(() => openSocket(options, close, onOpen), {
    ...clientOptions(protocol, options),
    manualConnect: true,
  });
  // Without a listener an error would end the daemon.
  client.on('error', (error) => close(explain(error, options)));
  client.on('disconnect', ({ reasonCode }) =>
    close(new MqttError('CLOSED', `the broker disconnected with reason ${reasonCode}`, reasonCode)),
  );
  client.on('close', () => close(new MqttError('CLOSED', 'the connection was closed')));
  client.on('packetreceive', (packet) => {
    // Nothing is subscribed at QoS 2, and mqtt.js would store such messages without bound.
    if (packet.cmd === 'publish' && packet.qos === 2)
      close(new MqttError('PROTOCOL', 'the broker sent a message at QoS 2'));
  });
  client.on('message', (_topic, _payload, packet) => options.onMessage(incoming(packet)));

  const abort = () => close(new MqttError('CLOSED', 'ended by the box', undefined, signal.reason));
  signal.addEventListener('abort', abort, { once: true });
  const connected = new Promise<IConnackPacket>((resolve) => client.once('connect', resolve));
  try {
    client.connect();
    const connack = await unlessAborted(connected, closing.signal);
    return new MqttConnection(client, protocol, connack, closing.signal, close);
  } catch (error) {
    signal.throwIfAborted();
    const fault = explain(error, options);
    throw isOpen && fault.reasonCode === undefined ? unanswered(fault, options) : fault;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** What a broker of another version does, or a server that is none. */
function unanswered(fault: MqttError, { host, port }: ConnectOptions): MqttError {
  const closed = `${host}:${port}: the connection was closed instead of an answer`;
  const message = fault.code === 'CLOSED' ? closed : fault.message;
  return new MqttError('UNANSWERED', message, undefined, fault);
}

function explain(error: unknown, { host, port }: ConnectOptions): MqttError {
  if (error instanceof MqttError) return error;
  const { code } = error as { code?: unknown };
  if (typeof code === 'number')
    return new MqttError('REFUSED', `${host}:${port}: ${messageOf(error)}`, code);
  const kind = typeof code === 'string' ? 'UNREACHABLE' : 'PROTOCOL';
  return new MqttError(kind, `${host}:${port}: ${messageOf(error)}`, undefined, error);
}

function incoming({ topic, payload, retain, properties }: IPublishPacket): Incoming {
  const { messageExpiryInterval, responseTopic, correlationData } = properties ?? {};
  return {
    topic,
    payload: Buffer.isBuffer(payload) ? payload : Buffer.from(payload),
    isRetained: retain,
    ...(messageExpiryInterval === undefined ? {} : { expiryS: messageExpiryInterval }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlation: correlationData }),
  };
}

class MqttConnection implements Connection {
  readonly protocol: Protocol;
  readonly limits: BrokerLimits;
  readonly closed: AbortSignal;
  readonly #client: MqttClient;
  readonly #close: (error: MqttError) => void;
  readonly #slots: Slots;
  readonly #pending = new Set<() => void>();

  constructor(
    client: MqttClient,
    protocol: Protocol,
    connack: IConnackPacket,
    closed: AbortSignal,
    close: (error: MqttError) => void,
  ) {
    this.#client = client;
    this.protocol = protocol;
    this.closed = closed;
    this.#close = close;
    this.limits = limitsOf(connack.properties);
    this.#slots = new Slots(Math.min(IN_FLIGHT_MAX, this.limits.receiveMax), WAITING_MAX);
    closed.addEventListener('abort', () => this.#endAll(), { once: true });
  }

  async publish(wanted: Outgoing): Promise<void> {
    const message = fitted(wanted, this.limits);
    this.#throwIfTooLarge(message);
    if (message.qos === 0) return await this.#send(message);
    if (!(await this.#slots.acquire())) {
      this.#throwIfClosed();
      throw new MqttError('BUSY', `${WAITING_MAX} messages wait for the broker`);
    }
    try {
      await this.#send(message);
    } finally {
      this.#slots.release();
    }
  }

  offer(message: Outgoing): boolean {
    if (this.closed.aborted || this.#client.stream.writableLength > BACKLOG_MAX_BYTES) return false;
    const { qos } = fitted(message, this.limits);
    if (qos === 1 && !this.#slots.isFree) return false;
    // A loss is reported as the end of the connection.
    this.publish(message).catch(() => undefined);
    return true;
  }

  async subscribe(filters: readonly string[]): Promise<void> {
    // `rap`: a retained command must be recognised, also one that is published now.
    await this.#settled(
      this.#client.subscribeAsync([...filters], {
        qos: 1,
        ...(this.protocol === 5 ? { rap: true } : {}),
      }),
    );
  }

  async unsubscribe(filters: readonly string[]): Promise<void> {
    await this.#settled(this.#client.unsubscribeAsync([...filters]));
  }

  async end(): Promise<void> {
    if (this.closed.aborted) return;
    const ended = once(this.#client.stream, 'close').catch(() => undefined);
    const options = this.protocol === 5 ? { properties: { sessionExpiryInterval: 0 } } : {};
    this.#client.end(false, { reasonCode: 0, ...options });
    const timeoutError = () => new MqttError('CLOSED', 'the broker did not close the connection');
    await withTimeout(() => ended, { ...END_LIMIT, timeoutError }).catch(() =>
      this.#client.stream.destroy(),
    );
    await ended;
  }

  async #send({ topic, payload, qos, isRetained, expiryS, correlation }: Outgoing): Promise<void> {
    this.#throwIfClosed();
    const properties = {
      ...(expiryS === undefined ? {} : { messageExpiryInterval: Math.max(1, Math.round(expiryS)) }),
      ...(correlation === undefined ? {} : { correlationData: correlation }),
    };
    const sent = this.#client.publishAsync(topic, payload, {
      qos,
      retain: isRetained,
      ...(this.protocol === 5 && Object.keys(properties).length > 0 ? { properties } : {}),
    });
    await this.#settled(sent);
  }

  /**
   * Rejects when the connection ends: mqtt.js does not settle what it has in flight. By
   * hand, as the signals of `withTimeout` cost more than a small message: with them a flood
   * of 8,000 commands grew the daemon by 70 to 80 MB (test/daemon/mqtt/hostile.test.ts).
   */
  async #settled(work: Promise<unknown>): Promise<void> {
    work.catch(() => undefined);
    this.#throwIfClosed();
    let onClosed = (): void => undefined;
    const closed = new Promise<never>((_, reject) => {
      onClosed = () => reject(this.closed.reason);
    });
    this.#pending.add(onClosed);
    const timer = setTimeout(() => {
      this.#close(new MqttError('CLOSED', `no acknowledgement within ${ACK_TIMEOUT_MS} ms`));
    }, ACK_TIMEOUT_MS);
    try {
      await Promise.race([work, closed]);
    } catch (error) {
      if (error instanceof MqttError) throw error;
      const { code } = error as { code?: unknown };
      throw new MqttError('REFUSED', messageOf(error), typeof code === 'number' ? code : undefined);
    } finally {
      clearTimeout(timer);
      this.#pending.delete(onClosed);
    }
  }

  #throwIfTooLarge(message: Outgoing): void {
    const [bytes, max] = [packetBytes(message), this.limits.packetMaxBytes];
    if (bytes <= max) return;
    throw new MqttError('TOO_LARGE', `${bytes} bytes, and the broker takes ${max}`);
  }

  #throwIfClosed(): void {
    if (this.closed.aborted) throw this.closed.reason;
  }

  #endAll(): void {
    this.#slots.close();
    for (const onClosed of this.#pending) onClosed();
  }
}
