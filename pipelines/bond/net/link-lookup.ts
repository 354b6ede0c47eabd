/** Looks names up through one link: by its address, its ports and the servers that it reaches. */
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { promises as dns } from 'node:dns';
import { isIP, isIPv4, isIPv6 } from 'node:net';
import { withTimeout } from '../../../hal/os/async.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { type Endpoint, type LinkConfig, SOCKET_PORTS, SOURCE_PORTS } from '../core/config.ts';
import { parseAnswer, renderQuestion } from './dns-message.ts';
import { IPV4_ONLY_NAME, type Nat64Prefix, prefixOf, translate, untranslate } from './nat64.ts';

const SYSTEM_MS = 3000;
const QUERY_MS = 1000;
const QUERY_TRIES = 2;
const DNS_PORT = 53;
const LOOKUP_PORTS = SOURCE_PORTS - SOCKET_PORTS;

/** The link that asks. */
export type LookupFrom = Pick<LinkConfig, 'sourceAddress' | 'sourcePort' | 'device'>;

/**
 * Addresses of a name for a link, by default of its own family. A link of IPv6 has addresses of
 * IPv4 where its network translates: looked up once more each becomes the one that it is reached by
 * there. Any other address stays as it is. Rejects with a code.
 */
export type Lookup = (name: string, from: LookupFrom, family?: 4 | 6) => Promise<readonly string[]>;

/** As /etc/resolv.conf has them now. */
const systemServers = () => new dns.Resolver().getServers();

/**
 * Asks the DNS servers through the link, as another link may be dead; then the system,
 * which also knows /etc/hosts and mDNS.
 */
export const lookupThroughLink: Lookup = openLookup(systemServers);

/** @param servers As `dns.getServers` gives them. */
export function openLookup(servers: () => readonly string[]): Lookup {
  return async (name, from, wanted) => {
    const isV6 = isIPv6(from.sourceAddress);
    const family = wanted ?? (isV6 ? 6 : 4);
    const asks = reachable(servers(), from).map((server) => openAsk(server, from));
    if (isIPv4(name) && isV6) {
      const prefix = await Promise.any(asks.map(prefixBy)).catch(() => undefined);
      if (prefix === undefined) throw codeError('ENETUNREACH', name);
      return [translate(name, prefix)];
    }
    if (isIP(name) !== 0) return [name];
    try {
      return isV6 ? await askOfV6(name, asks) : await askAll(asks, name, family);
    } catch {
      // The system's look-up names the fault.
    }
    const found = await withTimeout(() => dns.lookup(name, { family, all: true }), {
      ...{ clock: systemClock, timeoutMs: SYSTEM_MS },
      timeoutError: () => codeError('EAI_AGAIN', name),
    });
    return found.map(({ address }) => address);
  };
}

/** Asks one server. Rejects where it has no address. */
type Ask = (name: string, family: 4 | 6) => Promise<readonly string[]>;

/**
 * Two networks may translate by different prefixes, and both are to reach the same receiver: so what
 * a DNS64 has made of an IPv4 address is that address again. Each server says itself whether it is
 * one, so that none waits for another that is away.
 */
async function askOfV6(name: string, asks: readonly Ask[]): Promise<readonly string[]> {
  const prefixes = asks.map(prefixBy);
  const answers = asks.map(async (ask, index) => {
    const [found, prefix] = await Promise.all([
      ask(name, 6),
      prefixes[index]?.catch(() => undefined),
    ]);
    if (prefix === undefined) return found;
    const native = found.filter((address) => untranslate(address, prefix) === undefined);
    return native.length > 0 ? native : found.flatMap((one) => untranslate(one, prefix) ?? []);
  });
  try {
    return await Promise.any(answers);
  } catch {
    // None has one of IPv6.
  }
  await Promise.any(prefixes);
  return await askAll(asks, name, 4);
}

/** Of the NAT64 of a network of IPv6 only. Rejects where it has none. */
async function prefixBy(ask: Ask): Promise<Nat64Prefix> {
  const answers = await ask(IPV4_ONLY_NAME, 6);
  const prefix = answers.map(prefixOf).find((found) => found !== undefined);
  if (prefix === undefined) throw codeError('ENODATA', IPV4_ONLY_NAME);
  return prefix;
}

/**
 * Those of the link's address family: others would be asked by the machine's own route, through
 * another link, whose network knows nothing of this one's translation. One of this machine itself
 * goes its own ways, and one with a zone belongs to that interface.
 */
function reachable(servers: readonly string[], from: LookupFrom): readonly Endpoint[] {
  const { sourceAddress, device } = from;
  return servers.map(endpointOf).filter(({ host }) => {
    const [address = '', zone] = host.split('%');
    if (isIPv6(address) !== isIPv6(sourceAddress)) return false;
    if (isLoopback(address) && !isLoopback(sourceAddress) && !ANY.has(sourceAddress)) return false;
    return zone === undefined || device === undefined || zone === device;
  });
}

const ANY: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** `1.1.1.1`, `1.1.1.1:5353`, `fd00::1` or `[fd00::1]:5353`. */
function endpointOf(server: string): Endpoint {
  const [, v6, v4, port] = /^(?:\[(.+)\]|([\d.]+)):(\d+)$/.exec(server) ?? [];
  return { host: v6 ?? v4 ?? server, port: Number(port ?? DNS_PORT) };
}

/**
 * The first answer with addresses: servers of several networks are listed together, and each link
 * reaches others of them. Rejects where none has any.
 */
function askAll(asks: readonly Ask[], name: string, family: 4 | 6): Promise<readonly string[]> {
  return Promise.any(asks.map((ask) => ask(name, family)));
}

/** Questions of the same moment need ports of their own: of two sockets with one the same gets both answers. */
function openAsk(server: Endpoint, { sourceAddress, sourcePort }: LookupFrom): Ask {
  let asked = randomInt(LOOKUP_PORTS);
  return async (name, family) => {
    asked = (asked + 1) % LOOKUP_PORTS;
    const port = sourcePort === undefined ? 0 : sourcePort + SOCKET_PORTS + asked;
    return await askOne(server, { host: sourceAddress, port }, name, family);
  };
}

async function askOne(
  server: Endpoint,
  local: Endpoint,
  name: string,
  family: 4 | 6,
): Promise<readonly string[]> {
  const question = renderQuestion(randomInt(0x1_0000), name, family);
  if (question === undefined) throw codeError('ENOTFOUND', name);
  // Several servers are asked at once; each socket is connected to its own.
  const socket = createSocket({ type: isIPv6(local.host) ? 'udp6' : 'udp4', reuseAddr: true });
  const timers: NodeJS.Timeout[] = [];
  try {
    return await new Promise<readonly string[]>((resolve, reject) => {
      const send = () => socket.send(question.packet, (error) => error && reject(error));
      socket.on('error', reject);
      socket.on('connect', () => {
        send();
        timers.push(setInterval(send, QUERY_MS));
      });
      socket.on('message', (packet) => {
        const found = parseAnswer(packet, question);
        if (found === undefined) return;
        if (found.length > 0) resolve(found);
        else reject(codeError('ENODATA', name));
      });
      const late = () => reject(codeError('ETIMEOUT', name));
      timers.push(setTimeout(late, QUERY_MS * QUERY_TRIES));
      socket.bind({ address: local.host, port: local.port }, () =>
        socket.connect(server.port, server.host),
      );
    });
  } finally {
    for (const timer of timers) clearInterval(timer);
    socket.close();
  }
}

export function codeError(code: string, name: string): Error {
  return Object.assign(new Error(`${code} ${name}`), { code });
}
