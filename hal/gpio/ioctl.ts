import { constants } from 'node:os';
import koffi from 'koffi';

type Ioctl = (fd: number, request: bigint, argument: Buffer) => number;

let loaded: Ioctl | undefined;

/**
 * ioctl(2) on a structure in `argument`, which the kernel may write to.
 *
 * Throws an Error with the errno name as its `code`, as Node's own calls do.
 */
export function ioctl(fd: number, request: bigint, argument: Buffer, what: string): number {
  loaded ??= koffi.load('libc.so.6').func('int ioctl(int fd, ulong request, _Inout_ void *arg)');
  const result = loaded(fd, request, argument);
  if (result >= 0) return result;
  const errno = koffi.errno();
  const code = Object.entries(constants.errno).find(([, number]) => number === errno)?.[0];
  throw Object.assign(new Error(`${code ?? `errno ${errno}`}: ${what}`), { code, errno });
}
