import type { Server } from 'node:net';

/** Resolves once `server` listens. Rejects with the system's error, as it is: EADDRINUSE, EACCES… */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, 1024, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
