/** Makes a TCP server listen. */

import type { Server } from 'node:net';

/**
 * Connections that wait to be accepted. A crowd that comes at once fills 1,024 while the
 * main loop is busy for a moment; what overflows is sent again for ten seconds and then
 * reset. The kernel takes net.core.somaxconn at most, 4,096 by default.
 */
const BACKLOG = 4_096;

/** Resolves once `server` listens. Rejects with the system's error, as it is: EADDRINUSE, EACCES… */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, BACKLOG, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
