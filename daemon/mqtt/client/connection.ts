/** One connection to one broker, from CONNACK to its end. */
export interface Connection {
  readonly protocol: 4 | 5;
  /** Aborts when the connection is over, with the reason. */
  readonly closed: AbortSignal;
  /**
   * Resolves when the broker has acknowledged it (QoS 1) or it is sent (QoS 0). Waits while
   * too many are in flight.
   *
   * @throws MqttError CLOSED, REFUSED (by the broker), BUSY (too many wait).
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
  readonly will: { readonly topic: string; readonly payload: string; readonly delayS: number };
  readonly onMessage: (message: Incoming) => void;
}

export class MqttError extends Error {
  readonly code: 'UNREACHABLE' | 'PROTOCOL' | 'REFUSED' | 'CLOSED' | 'BUSY';
  /** The broker's reason code, if it sent one. */
  readonly reasonCode: number | undefined;

  constructor(code: MqttError['code'], message: string, reasonCode?: number, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.name = 'MqttError';
    this.code = code;
    this.reasonCode = reasonCode;
  }
}
