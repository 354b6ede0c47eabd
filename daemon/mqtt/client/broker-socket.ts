import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { messageOf } from '../../../hal/os/log.ts';
import { type ConnectOptions, MqttError } from './connection.ts';
import { guardPackets } from './packet-guard.ts';

/** A command is a few hundred bytes; nobody sends this box a novel. */
export const PACKET_MAX_BYTES = 65_536;
export const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens the way to the broker, in clear or over TLS. Whatever goes wrong with it is
 * told to `close`.
 *
 * @throws Error for certificates that are none.
 */
export function openSocket(options: ConnectOptions, close: (error: MqttError) => void): Socket {
  const { host, port, tls } = options;
  const socket =
    tls === undefined
      ? connectTcp({ host, port })
      : // The broker is always verified: the config has no key to leave that out.
        connectTls({ host, port, ...tls, servername: serverName(host), minVersion: 'TLSv1.2' });
  socket.setNoDelay(true);
  socket.setTimeout(CONNECT_TIMEOUT_MS);
  socket.once(tls === undefined ? 'connect' : 'secureConnect', () => socket.setTimeout(0));
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
function serverName(host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host;
}
