/** Locks a folder, so that two processes do not write to it at once. */

import { createHash } from 'node:crypto';
import { connect, createServer } from 'node:net';
import { resolve } from 'node:path';

/** A live process answers at once; one that hangs in the kernel never does. */
const LIVES_WITHIN_MS = 2_000;

/** What a folder is locked for: another's use of it is no matter. */
export type Use = 'recorder' | 'state';

/**
 * Locks a folder for this process, until it is gone for good.
 *
 * A process whose disk hangs cannot be killed; when the disk answers again it
 * writes on. A second one must not touch the very files meanwhile. The lock is
 * an abstract Unix socket: the kernel frees it with the last thread of its
 * owner, however that ended, and it leaves nothing behind on any disk.
 *
 * @returns false where another process holds it.
 */
export async function lockFolder(use: Use, folder: string): Promise<boolean> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return await new Promise((settle, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') settle(false);
      else reject(error);
    });
    server.listen(socketOf(use, folder), () => settle(true));
  });
}

/** Whether a process that still does something holds it, and not one that was killed and hangs. */
export async function isLockHolderAlive(use: Use, folder: string): Promise<boolean> {
  const socket = connect(socketOf(use, folder)).resume();
  try {
    return await new Promise<boolean>((settle) => {
      const timer = setTimeout(() => settle(false), LIVES_WITHIN_MS);
      socket.on('error', () => settle(false));
      socket.on('close', () => {
        clearTimeout(timer);
        settle(true);
      });
    });
  } finally {
    socket.destroy();
  }
}

function socketOf(use: Use, folder: string): string {
  const hash = createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 32);
  return `\0venuebox-${use}-${hash}`;
}
