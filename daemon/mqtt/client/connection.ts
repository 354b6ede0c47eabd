/** One connection to one broker, from CONNACK to its end. */
export type Protocol = 4 | 5;

/** What a broker takes. */
export interface BrokerLimits {
  /** Of a packet, with its header. */
  readonly packetMaxBytes: number;
  readonly qosMax: 0 | 1;
  /** False: it refuses what is retained. */
  readonly canRetain: boolean;
  /** QoS 1 messages in flight. */
  readonly receiveMax: number;
}

export interface Connection {
  readonly protocol: Protocol;
  /** What the broker takes. */
  readonly limits: BrokerLimits;
  /** Aborts when the connection is over, with the reason. */
  readonly closed: AbortSignal;
  /**
   * Resolves when the broker has acknowledged it (QoS 1) or it is sent (QoS 0). Waits while
   * too many are in flight.
   *
   * At the QoS and retention that the broker takes.
   *
   * @throws MqttError CLOSED, REFUSED (by the broker), BUSY (too many wait), TOO_LARGE (for
   * the broker: it was not sent).
   */
  publish(message: Outgoing): Promise<void>;
  /** For messages that may be lost: false, and nothing is sent, while the connection is busy. */
  offer(message: Outgoing): boolean;
  subscribe(filters: readonly string[]): Promise<void>;
  unsubscribe(filters: readonly string[]): Promise<void>;
  /** Sends DISCONNECT, so that the broker does not publish the will. */
  end(): Promise<void>;
}

export interface Outgoing {
  readonly topic: string;
  readonly payload: string | Buffer;
  readonly qos: 0 | 1;
  readonly isRetained: boolean;
  /** MQTT 5 only. */
  readonly expiryS?: number;
  readonly correlation?: Buffer;
}

export interface Incoming {
  readonly topic: string;
  readonly payload: Buffer;
  readonly isRetained: boolean;
  readonly expiryS?: number;
  readonly responseTopic?: string;
  readonly correlation?: Buffer;
}

export interface ConnectOptions {
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly username?: string;
  readonly password?: Buffer;
  /** PEM. */
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer };
  readonly will: Will;
  readonly onMessage: (message: Incoming) => void;
  /** For an answer to each of TCP, TLS and CONNECT; by default 10 s. */
  readonly answerWithinMs?: number;
}

export interface Will {
  readonly topic: string;
  readonly payload: string;
  readonly delayS: number;
  readonly qos: 0 | 1;
  readonly isRetained: boolean;
}

/**
 * `UNANSWERED`: it accepted the connection, and closed it or was silent instead of CONNACK.
 * `CERTIFICATE`: a certificate that is not valid at this time.
 */
type MqttErrorCode =
  | 'UNREACHABLE'
  | 'CERTIFICATE'
  | 'UNANSWERED'
  | 'PROTOCOL'
  | 'REFUSED'
  | 'CLOSED'
  | 'BUSY'
  | 'TOO_LARGE';

export class MqttError extends Error {
  readonly code: MqttErrorCode;
  /** The broker's reason code, if it sent one. */
  readonly reasonCode: number | undefined;

  constructor(code: MqttErrorCode, message: string, reasonCode?: number, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'MqttError';
    this.code = code;
    this.reasonCode = reasonCode;
  }
}
