/** Options of mqtt.js for one connection. */
import { CONNECT_TIMEOUT_MS, PACKET_MAX_BYTES } from './broker-socket.ts';
import type { ConnectOptions, Protocol } from './connection.ts';

/**
 * A dead connection is noticed after 1.5 times this, by the ping or by the broker. Idle, a ping
 * goes out between two messages of `status`: 4 bytes, some 3000 times a day.
 */
const KEEPALIVE_S = 20;
/**
 * As long as a command is valid, which may wait in the session. The will's delay counts
 * within it (MQTT 5, 3.1.3.2.2).
 */
const SESSION_EXPIRY_S = 30;
/** Commands that the broker may send before the first is acknowledged. */
const RECEIVE_MAX = 16;

/** Without reconnecting, and without queues. */
export function clientOptions(protocol: Protocol, options: ConnectOptions) {
  const { clientId, username, password, will, answerWithinMs = CONNECT_TIMEOUT_MS } = options;
  const five = protocol === 5;
  return {
    protocolVersion: protocol,
    clientId,
    keepalive: KEEPALIVE_S,
    connectTimeout: answerWithinMs,
    reconnectPeriod: 0,
    resubscribe: false,
    queueQoSZero: false,
    // A 3.1.1 broker would store the session, and old commands in it, without limit.
    clean: !five,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    will: {
      topic: will.topic,
      payload: Buffer.from(will.payload),
      qos: will.qos,
      retain: will.isRetained,
      ...(five ? { properties: { willDelayInterval: will.delayS } } : {}),
    },
    ...(five
      ? {
          properties: {
            sessionExpiryInterval: SESSION_EXPIRY_S,
            receiveMaximum: RECEIVE_MAX,
            maximumPacketSize: PACKET_MAX_BYTES,
          },
        }
      : {}),
  };
}
