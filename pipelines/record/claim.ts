import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

/**
 * Claims a target's folder for this process, until it is gone for good.
 *
 * A recorder whose disk hangs cannot be killed; when the disk answers again it
 * writes on. A second one must not mend the very file meanwhile. The claim is
 * an abstract Unix socket: the kernel frees it with the last thread of its
 * owner, however that ended, and it leaves nothing behind on any disk.
 *
 * @returns false where another process holds it.
 */
export async function claimFolder(folder: string): Promise<boolean> {
  const hash = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return await new Promise((settle, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') settle(false);
      else reject(error);
    });
    server.listen(`\0venuebox-recorder-${hash}`, () => settle(true));
  });
}
