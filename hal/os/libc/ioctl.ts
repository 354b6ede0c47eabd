/** The ioctl system call, by koffi. */

import { constants } from 'node:os';
import koffi, { type KoffiFunc } from 'koffi';

type Ioctl = (fd: number, request: bigint, argument: Buffer) => number;

let loaded: KoffiFunc<Ioctl> | undefined;

function load(): KoffiFunc<Ioctl> {
  loaded ??= koffi.load('libc.so.6').func('int ioctl(int fd, ulong request, _Inout_ void *arg)');
  return loaded;
}

/**
 * ioctl(2) on a structure in `argument`, which the kernel may write to. For calls
 * that the kernel answers from memory.
 *
 * Throws an Error with the errno name as its `code`, as Node's own calls do.
 */
export function ioctl(fd: number, request: bigint, argument: Buffer, what: string): number {
  const result = load()(fd, request, argument);
  if (result >= 0) return result;
  const errno = koffi.errno();
  const code = Object.entries(constants.errno).find(([, number]) => number === errno)?.[0];
  throw Object.assign(new Error(`${code ?? `errno ${errno}`}: ${what}`), { code, errno });
}

/**
 * ioctl(2) on a thread of libuv's pool, for calls that go out to a device: a USB
 * camera on a bad cable takes five seconds to say no. False when it failed; why is
 * not known, since errno belongs to that thread.
 */
export function tryIoctl(fd: number, request: bigint, argument: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    load().async(fd, request, argument, (error: unknown, result) => {
      if (error) reject(error);
      else resolve(result >= 0);
    });
  });
}
