/**
 * Reads files that a person names: configs, secrets, certificates.
 *
 * Only a regular file of a bounded size is read: a FIFO waits for a writer for ever, a device
 * like /dev/zero has no end, and opening /dev/watchdog resets the machine.
 */

import type { Stats } from 'node:fs';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs';

/** Of a box; the example has 20 KB. */
export const CONFIG_BYTES_MAX = 256 * 1024;
/** Keys, passphrases, PINs: more is no secret. */
export const SECRET_BYTES_MAX = 64 * 1024;
/** Certificates come with their chain. */
export const CERTIFICATE_BYTES_MAX = 1024 * 1024;

/** A file that is not read; the message says what it is instead. */
export class NotRegular extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'NotRegular';
  }
}

/**
 * The file's bytes, read without waiting for anything but the disk.
 *
 * Symbolic links are followed, as renewed certificates need it, but not one that another
 * user made: it could have this process print a file that the user may not read.
 *
 * @throws NotRegular, or what the file system says.
 */
export function readRegular(path: string, maxBytes: number): Buffer {
  assertRegular(path);
  // Between the two it could have become a FIFO.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    assertFile(fstatSync(fd));
    // One more, since some files grow as they are read, and those of /proc have no size.
    const bytes = Buffer.alloc(maxBytes + 1);
    let done = 0;
    while (done < bytes.length) {
      const read = readSync(fd, bytes, done, bytes.length - done, null);
      if (read === 0) break;
      done += read;
    }
    if (done > maxBytes) throw new NotRegular(tooLong(maxBytes));
    // A copy, so that the rest of the memory is free again.
    return Buffer.from(bytes.subarray(0, done));
  } finally {
    closeSync(fd);
  }
}

/** @throws NotRegular, or what the file system says, without opening the file. */
export function assertRegular(path: string, maxBytes = Number.POSITIVE_INFINITY): void {
  const link = lstatSync(path);
  if (link.isSymbolicLink() && ![0, process.getuid?.()].includes(link.uid)) {
    throw new NotRegular('is a symbolic link of another user');
  }
  const found = statSync(path);
  assertFile(found);
  if (found.size > maxBytes) throw new NotRegular(tooLong(maxBytes));
}

function assertFile(found: Stats): void {
  if (!found.isFile() && !isNull(found)) throw new NotRegular(`is ${kindOf(found)}, not a file`);
}

/** /dev/null stands for an empty config: major 1, minor 3 (Linux, admin-guide/devices.txt). */
function isNull(found: Stats): boolean {
  return found.isCharacterDevice() && found.rdev === 0x103;
}

function tooLong(maxBytes: number): string {
  return `has more than ${maxBytes / 1024} KiB`;
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isFIFO()) return 'a pipe (FIFO)';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}
