/** The system calls of sockets, by koffi: Node's own take one datagram at a time, and share no port. */
import { constants } from 'node:os';
import koffi from 'koffi';

/** Linux's numbers on x86 and ARM (asm-generic/socket.h, linux/in.h, linux/in6.h). */
export const AF_INET = 2;
export const AF_INET6 = 10;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SOL_IP = 0;
export const IP_PKTINFO = 8;
export const SOL_IPV6 = 41;
export const IPV6_V6ONLY = 26;
export const IPV6_RECVPKTINFO = 49;
export const IPV6_PKTINFO = 50;
const MSG_DONTWAIT = 0x40;

type Call<Arguments extends unknown[]> = (...args: Arguments) => number;

interface Calls {
  readonly socket: Call<[family: number, type: number, protocol: number]>;
  readonly bind: Call<[fd: number, name: Buffer, bytes: number]>;
  readonly connect: Call<[fd: number, name: Buffer, bytes: number]>;
  readonly setsockopt: Call<
    [fd: number, level: number, option: number, value: Buffer, bytes: number]
  >;
  readonly getsockname: Call<[fd: number, name: Buffer, bytes: Buffer]>;
  readonly recvmmsg: Call<
    [fd: number, headers: Buffer, count: number, flags: number, timeout: null]
  >;
  readonly sendmmsg: Call<[fd: number, headers: Buffer, count: number, flags: number]>;
}

let loaded: Calls | undefined;

function calls(): Calls {
  if (loaded !== undefined) return loaded;
  const libc = koffi.load('libc.so.6');
  loaded = {
    socket: libc.func('int socket(int family, int type, int protocol)'),
    bind: libc.func('int bind(int fd, void *name, uint32_t bytes)'),
    connect: libc.func('int connect(int fd, void *name, uint32_t bytes)'),
    setsockopt: libc.func('int setsockopt(int fd, int level, int option, void *value, uint32_t n)'),
    getsockname: libc.func('int getsockname(int fd, void *name, void *bytes)'),
    recvmmsg: libc.func('int recvmmsg(int fd, void *headers, uint32_t n, int flags, void *limit)'),
    sendmmsg: libc.func('int sendmmsg(int fd, void *headers, uint32_t n, int flags)'),
  };
  return loaded;
}

/** @throws Error with the errno's name as its `code`. */
export function openDatagramSocket(family: number): number {
  return checked('socket', calls().socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/** @throws Error with the errno's name as its `code`. */
export function openStreamSocket(family: number): number {
  return checked('socket', calls().socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/** @throws Error with the errno's name as its `code`. */
export function bind(fd: number, name: Buffer): void {
  checked('bind', calls().bind(fd, name, name.length));
}

/** @throws Error with the errno's name as its `code`. */
export function connect(fd: number, name: Buffer): void {
  checked('connect', calls().connect(fd, name, name.length));
}

/** @throws Error with the errno's name as its `code`. */
export function setOption(fd: number, level: number, option: number, value: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  checked('setsockopt', calls().setsockopt(fd, level, option, bytes, bytes.length));
}

/** The local address into `name`. */
export function readName(fd: number, name: Buffer): void {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(name.length);
  checked('getsockname', calls().getsockname(fd, name, bytes));
}

/** How many datagrams came in, or -1: {@link lastErrorCode} has the reason. */
export function receiveMany(fd: number, headers: Buffer, count: number): number {
  return calls().recvmmsg(fd, headers, count, MSG_DONTWAIT, null);
}

/** How many datagrams went out, or -1: {@link lastErrorCode} has the reason. */
export function sendMany(fd: number, headers: Buffer, count: number): number {
  return calls().sendmmsg(fd, headers, count, MSG_DONTWAIT);
}

/** The name of the last call's errno, for example ECONNREFUSED. */
export function lastErrorCode(): string {
  const errno = koffi.errno();
  return NAMES.get(errno) ?? `errno ${errno}`;
}

/** EAGAIN and EWOULDBLOCK are one number: the first name counts. */
const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.errno)
    .reverse()
    .map(([name, number]) => [number, name]),
);

export function addressOf(memory: Buffer): bigint {
  return koffi.address(memory);
}

export const WORD_BYTES = koffi.sizeof('void *');

function checked(what: string, result: number): number {
  if (result >= 0) return result;
  const code = lastErrorCode();
  throw Object.assign(new Error(`${code}: ${what}`), { code });
}
