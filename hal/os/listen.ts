/** Makes a TCP server listen. */

import type { Server } from 'node:net';

/**
 * Connections that wait to be accepted. A crowd that comes at once fills 1,024 while the
 * main loop is busy for a moment; what overflows is sent again for ten seconds and then
 * reset. The kernel takes net.core.somaxconn at most, 4,096 by default.
 */
const BACKLOG = 4_096;

/** On all addresses of both families. */
const ANY = '::';
const ANY_IPV4 = '0.0.0.0';

/**
 * Resolves once `server` listens: at `::` on IPv6 and IPv4, and on IPv4 alone where the machine
 * has no IPv6. Rejects with the system's error, as it is: EADDRINUSE, EACCES…
 */
export async function listen(server: Server, host: string, port: number): Promise<void> {
  try {
    await listenOn(server, host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // `ipv6.disable=1` of the kernel is the former, the sysctl disable_ipv6 the latter.
    const hasNoIpv6 = code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
    if (host !== ANY || !hasNoIpv6) throw error;
    await listenOn(server, ANY_IPV4, port);
  }
}

/** The same on a socket that is bound already: see `bindSocket`. It is closed with the server. */
export function listenOnFd(server: Server, fd: number): Promise<void> {
  return listening(server, (onListening) => server.listen({ fd, backlog: BACKLOG }, onListening));
}

function listenOn(server: Server, host: string, port: number): Promise<void> {
  // Not only IPv6, whatever the sysctl bindv6only says: libuv sets that for each socket.
  return listening(server, (onListening) => server.listen(port, host, BACKLOG, onListening));
}

function listening(server: Server, start: (onListening: () => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    start(() => {
      server.off('error', reject);
      resolve();
    });
  });
}
