import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve } from 'node:path';

/**
 * Claims a folder for this process, until it is gone for good.
 *
 * A process whose disk hangs cannot be killed; when the disk answers again it
 * writes on. A second one must not touch the very files meanwhile. The claim is
 * an abstract Unix socket: the kernel frees it with the last thread of its
 * owner, however that ended, and it leaves nothing behind on any disk.
 *
 * @param use One process for each: another's use of the folder is no matter.
 * @returns false where another process holds it.
 */
export async function claimFolder(use: 'recorder' | 'state', folder: string): Promise<boolean> {
  const hash = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 32);
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return await new Promise((settle, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') settle(false);
      else reject(error);
    });
    server.listen(`\0venuebox-${use}-${hash}`, () => settle(true));
  });
}
