/** Opens FIFOs through which processes pass access units and raw media. */
import { closeSync, constants, openSync } from 'node:fs';
import { Socket } from 'node:net';

/**
 * A Socket polls it; a file stream would occupy one of libuv's few threads.
 *
 * @throws where it cannot be opened, as for writing without a reader (ENXIO).
 */
export function openFifo(path: string, way: 'reading' | 'writing'): Socket {
  const isReading = way === 'reading';
  const mode = isReading ? constants.O_RDONLY : constants.O_WRONLY;
  // Non-blocking: it fails instead of waiting for a reader, and does not wait for a writer.
  const fd = openSync(path, mode | constants.O_NONBLOCK);
  try {
    return new Socket({ fd, readable: isReading, writable: !isReading });
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
