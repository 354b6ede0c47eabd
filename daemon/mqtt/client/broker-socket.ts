/** The socket to the broker, plain or TLS. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf } from '../../../hal/os/log.ts';
import { type ConnectOptions, MqttError } from './connection.ts';
import { guardPackets } from './packet-guard.ts';

/** A command is a few hundred bytes. */
export const PACKET_MAX_BYTES = 65_536;
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Faults are passed to `close`. `onOpen` is called when TCP and TLS are there.
 *
 * @throws Error for an invalid certificate or key file.
 */
export function openSocket(
  options: ConnectOptions,
  close: (error: MqttError) => void,
  onOpen: () => void,
): Socket {
  const { host, port, tls, answerWithinMs = CONNECT_TIMEOUT_MS } = options;
  const socket =
    tls === undefined
      ? connectTcp({ host, port })
      : // The broker is always verified: the config has no key to disable it.
        connectTls({ host, port, ...tls, servername: serverName(host), minVersion: 'TLSv1.2' });
  socket.setNoDelay(true);
  socket.setTimeout(answerWithinMs);
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
    socket.setTimeout(0);
    onOpen();
  });
  socket.once('timeout', () =>
    close(new MqttError('UNREACHABLE', `${host}:${port} does not answer`)),
  );
  const guard = guardPackets(PACKET_MAX_BYTES);
  socket.on('data', (chunk) => {
    try {
      guard(chunk);
    } catch (error) {
      close(new MqttError('PROTOCOL', `the broker sent ${messageOf(error)}`));
    }
  });
  return socket;
}

/** SNI holds names only; an address is checked against the certificate all the same. */
export function serverName(host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host;
}
