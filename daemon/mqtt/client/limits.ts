/** What a broker takes, by its CONNACK (MQTT 5, 3.2.2.3), and messages cut to that. Pure. */
import type { BrokerLimits, Outgoing } from './connection.ts';

/** Of a broker that names none, as one of MQTT 3.1.1. */
export const NO_LIMITS: BrokerLimits = {
  packetMaxBytes: Number.POSITIVE_INFINITY,
  qosMax: 1,
  canRetain: true,
  receiveMax: 65_535,
};

export interface ConnackProperties {
  readonly maximumPacketSize?: number;
  /** mqtt-packet reads it as a number, and its types say so. */
  readonly maximumQoS?: number;
  readonly retainAvailable?: boolean;
  readonly receiveMaximum?: number;
}

export function limitsOf(properties: ConnackProperties = {}): BrokerLimits {
  const { maximumPacketSize, maximumQoS, retainAvailable, receiveMaximum } = properties;
  return {
    packetMaxBytes: maximumPacketSize || NO_LIMITS.packetMaxBytes,
    qosMax: maximumQoS === 0 ? 0 : 1,
    canRetain: retainAvailable ?? true,
    receiveMax: receiveMaximum || NO_LIMITS.receiveMax,
  };
}

/** The message as this broker takes it: one beyond its limits ends the connection. */
export function fitted(message: Outgoing, { qosMax, canRetain }: BrokerLimits): Outgoing {
  const { qos, isRetained } = message;
  return { ...message, qos: qos > qosMax ? qosMax : qos, isRetained: isRetained && canRetain };
}

/** Fixed header, length of the topic, packet id. */
const HEADER_BYTES = 1 + 4 + 2 + 2;
/** Length of the properties, and the message expiry. */
const PROPERTIES_BYTES = 4 + 5;
const CORRELATION_BYTES = 3;

/** Bytes of its PUBLISH packet at most (MQTT 5, 3.3); a few more than it has. */
export function packetBytes({ topic, payload, correlation }: Outgoing): number {
  const more = correlation === undefined ? 0 : CORRELATION_BYTES + correlation.length;
  return HEADER_BYTES + PROPERTIES_BYTES + more + Buffer.byteLength(topic) + sizeOf(payload);
}

function sizeOf(payload: string | Buffer): number {
  return typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
}
