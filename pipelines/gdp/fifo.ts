/** Opens FIFOs into which access units are written. */
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';

/** Throws where it cannot be opened, as without a reader (ENXIO). */
export function openFifo(path: string): Socket {
  // Non-blocking: without a reader this fails instead of waiting.
  const fd = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    return new Socket({ fd, readable: false, writable: true });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
