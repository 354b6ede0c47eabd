/** A TCP socket that is bound to a port, for child processes that listen on it one after the other. */
import { closeSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import {
  AF_INET,
  AF_INET6,
  bind,
  IPV6_V6ONLY,
  openStreamSocket,
  SO_REUSEADDR,
  SOL_IPV6,
  SOL_SOCKET,
  setOption,
} from '../udp/libc.ts';
import { renderName } from '../udp/name.ts';

/** On all addresses of both families. */
const ANY = '::';
const ANY_IPV4 = '0.0.0.0';

/**
 * Once a child has listened on it, it goes on listening when that child dies: clients that come
 * then wait in the kernel for the next one, and are not refused.
 *
 * @param host An address. `::` is IPv6 and IPv4, and IPv4 alone where there is no IPv6.
 * @throws Error with the errno's name as its `code`: EADDRINUSE, EACCES…
 */
export function bindSocket(host: string, port: number): number {
  try {
    return bindTo(host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const hasNoIpv6 = code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL';
    if (host !== ANY || !hasNoIpv6) throw error;
    return bindTo(ANY_IPV4, port);
  }
}

function bindTo(host: string, port: number): number {
  const family = isIPv6(host) ? AF_INET6 : AF_INET;
  const name = renderName({ host, port }, family);
  const fd = openStreamSocket(family);
  try {
    // Connections of an earlier process may not have ended yet.
    setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (family === AF_INET6) setOption(fd, SOL_IPV6, IPV6_V6ONLY, 0);
    bind(fd, name);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}
