/** Connects to a broker whose version of MQTT and limits are not known before. */
import { explainCertificate } from './certificate.ts';
import { type Connection, type ConnectOptions, MqttError, type Protocol } from './connection.ts';

/** 3.1.1: unacceptable protocol version. 5: unsupported protocol version. */
const UNSUPPORTED_VERSION: readonly number[] = [1, 132];
/** MQTT 5, 3.2.2.2: what the will asks for is not supported. */
const NO_RETAIN = 154;
const NO_QOS = 155;

/**
 * Connects in the first of these versions that the broker answers: one of 3.1.1 refuses
 * MQTT 5, or closes, resets or stays silent, as it need not understand the question (3.1.2.2).
 *
 * @param protocols In the order in which they are tried.
 * @param wallMs Of a certificate that is not valid now the date is named.
 * @throws MqttError UNREACHABLE, CERTIFICATE, UNANSWERED, PROTOCOL, REFUSED; the reason of an
 * aborted `signal`.
 */
export async function connectMqtt(
  options: ConnectOptions,
  protocols: readonly Protocol[],
  wallMs: () => number,
  signal: AbortSignal,
): Promise<Connection> {
  let first: MqttError | undefined;
  for (const protocol of protocols) {
    try {
      return await connectWithWill(protocol, options, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof MqttError)) throw error;
      if (!mayBeVersion(error)) throw await explainCertificate(error, options, wallMs(), signal);
      first ??= error;
    }
  }
  if (first === undefined) throw new MqttError('PROTOCOL', 'no version of MQTT to connect with');
  throw await explainCertificate(first, options, wallMs(), signal);
}

/** Another version of MQTT may get another answer. */
export function mayBeVersion({ code, reasonCode = -1 }: MqttError): boolean {
  return code === 'UNANSWERED' || UNSUPPORTED_VERSION.includes(reasonCode);
}

/** The will is sent before the broker says what it takes. */
async function connectWithWill(
  protocol: Protocol,
  options: ConnectOptions,
  signal: AbortSignal,
): Promise<Connection> {
  const { will } = options;
  try {
    const { connectWith } = await import('./client.ts');
    return await connectWith(protocol, options, signal);
  } catch (error) {
    if (!(error instanceof MqttError)) throw error;
    const { reasonCode } = error;
    if (reasonCode === NO_RETAIN && will.isRetained)
      return await connectWithWill(protocol, withWill(options, { isRetained: false }), signal);
    if (reasonCode === NO_QOS && will.qos > 0)
      return await connectWithWill(protocol, withWill(options, { qos: 0 }), signal);
    throw error;
  }
}

function withWill(options: ConnectOptions, will: Partial<ConnectOptions['will']>): ConnectOptions {
  return { ...options, will: { ...options.will, ...will } };
}
