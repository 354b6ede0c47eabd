/** Names the certificate that is not valid at this time, and since or until when. */
import { X509Certificate } from 'node:crypto';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { CONNECT_TIMEOUT_MS, serverName } from './broker-socket.ts';
import { type ConnectOptions, MqttError } from './connection.ts';

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const NOT_NOW: readonly unknown[] = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];
/** Root, one or two between, and the broker's. */
const CHAIN_MAX = 8;

/** When a certificate is valid, as TLS has it: `May  1 00:00:00 2026 GMT`. */
export interface Validity {
  readonly name: string;
  readonly validFrom: string;
  readonly validTo: string;
}

/** The error as it is, or one of `CERTIFICATE` where a date explains it. */
export async function explainCertificate(
  error: MqttError,
  options: ConnectOptions,
  wallMs: number,
  signal: AbortSignal,
): Promise<MqttError> {
  const { host, port, tls } = options;
  if (tls === undefined) return error;
  const cause = error.cause as { readonly code?: unknown } | undefined;
  const isNotNow = NOT_NOW.includes(cause?.code);
  const chain = isNotNow ? await readChain(options, signal) : [];
  const own = describeInvalidity('the box’s own certificate', ownOf(tls.cert), wallMs);
  const fault =
    chain
      .map((one) => describeInvalidity(`the certificate of ${one.name}`, one, wallMs))
      .find((one) => one !== undefined) ?? (refusesOwn(error) ? own : undefined);
  if (fault !== undefined)
    return new MqttError('CERTIFICATE', `${host}:${port}: ${fault}`, undefined, error);
  if (!isNotNow && own === undefined) return error;
  // What is wrong now comes first: without a network no certificate helps.
  const message = own === undefined ? error.message : `${error.message.trim()}. Besides, ${own}`;
  return new MqttError(isNotNow ? 'CERTIFICATE' : error.code, message, error.reasonCode, error);
}

/**
 * A broker refuses a certificate by an alert; in TLS 1.3 that comes after the handshake, and some
 * only close the connection then.
 */
function refusesOwn(error: MqttError): boolean {
  const isOpen = error.code === 'UNANSWERED';
  const fault = isOpen && error.cause instanceof MqttError ? error.cause : error;
  const { code } = (fault.cause ?? {}) as { readonly code?: unknown };
  // Node names some alerts by their code, and others in OpenSSL's words.
  if (/^ERR_SSL_.*ALERT/.test(String(code)) || /SSL alert number/.test(fault.message)) return true;
  return isOpen && (fault.code === 'CLOSED' || code === 'ECONNRESET');
}

/** Undefined while it is valid. The date of the box is named too: it may be the wrong one. */
export function describeInvalidity(
  whose: string,
  validity: Validity | undefined,
  wallMs: number,
): string | undefined {
  if (validity === undefined) return undefined;
  const [fromMs, toMs] = [Date.parse(validity.validFrom), Date.parse(validity.validTo)];
  const today = `the box’s clock says ${dayOf(wallMs)}`;
  if (wallMs > toMs) return `${whose} expired on ${dayOf(toMs)}; ${today}`;
  if (wallMs < fromMs) return `${whose} is valid from ${dayOf(fromMs)} only; ${today}`;
  return undefined;
}

function dayOf(ms: number): string {
  const form = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat('en-GB', form).format(ms);
}

function ownOf(cert: Buffer | undefined): Validity | undefined {
  if (cert === undefined) return undefined;
  try {
    const { subject, validFrom, validTo } = new X509Certificate(cert);
    return { name: subject, validFrom, validTo };
  } catch {
    // What is wrong with the file is the error already.
    return undefined;
  }
}

/**
 * The certificates that a server shows. The connection that was refused does not have them
 * any more; over this one, which verifies nothing, nothing is sent.
 */
function readChain(
  { host, port, tls, answerWithinMs = CONNECT_TIMEOUT_MS }: ConnectOptions,
  signal: AbortSignal,
): Promise<readonly Validity[]> {
  return new Promise((resolve) => {
    const probe = { host, port, ...tls, servername: serverName(host), rejectUnauthorized: false };
    const socket = connect(probe);
    let chain: readonly Validity[] = [];
    const abort = () => socket.destroy();
    signal.addEventListener('abort', abort, { once: true });
    socket.setTimeout(answerWithinMs, abort);
    socket.on('error', () => undefined);
    socket.once('secureConnect', () => {
      chain = chainOf(socket.getPeerCertificate(true));
      socket.destroy();
    });
    socket.once('close', () => {
      signal.removeEventListener('abort', abort);
      resolve(chain);
    });
  });
}

function chainOf(broker: DetailedPeerCertificate): readonly Validity[] {
  const chain: Validity[] = [];
  let next: DetailedPeerCertificate | undefined = broker;
  while (next?.valid_to !== undefined && chain.length < CHAIN_MAX) {
    const { CN = 'the broker' } = next.subject ?? {};
    const name = Array.isArray(CN) ? CN.join(', ') : CN;
    chain.push({ name: name.slice(0, 64), validFrom: next.valid_from, validTo: next.valid_to });
    const issuer: DetailedPeerCertificate | undefined = next.issuerCertificate;
    // A root is its own issuer.
    next = issuer === next || issuer?.fingerprint256 === next.fingerprint256 ? undefined : issuer;
  }
  return chain;
}
