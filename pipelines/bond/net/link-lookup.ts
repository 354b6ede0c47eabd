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
    const ask = (asked: string, of: 4 | 6) => askAll(reachable(servers(), from), from, asked, of);
    if (isIPv4(name) && isV6) return [translate(name, await prefixBy(ask, name))];
    if (isIP(name) !== 0) return [name];
    try {
      return isV6 ? await askOfV6(name, ask) : await ask(name, family);
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

type Ask = (name: string, family: 4 | 6) => Promise<readonly string[]>;

/**
 * Two networks may translate by different prefixes, and both are to reach the same receiver: so what
 * a DNS64 has made of an IPv4 address is that address again.
 */
async function askOfV6(name: string, ask: Ask): Promise<readonly string[]> {
  const [answers, prefix] = await Promise.all([
    ask(name, 6).catch(none),
    prefixBy(ask, name).catch(() => undefined),
  ]);
  const isTranslated = (address: string) =>
    prefix !== undefined && untranslate(address, prefix) !== undefined;
  const native = answers.filter((address) => !isTranslated(address));
  if (native.length > 0) return native;
  if (prefix === undefined) throw codeError('ENODATA', name);
  if (answers.length === 0) return await ask(name, 4);
  return answers.flatMap((address) => untranslate(address, prefix) ?? []);
}

/** Of the NAT64 of a network of IPv6 only. Rejects where it has none. */
async function prefixBy(ask: Ask, name: string): Promise<Nat64Prefix> {
  const answers = await ask(IPV4_ONLY_NAME, 6).catch(none);
  const prefix = answers.map(prefixOf).find((found) => found !== undefined);
  if (prefix === undefined) throw codeError('ENETUNREACH', name);
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
function askAll(
  servers: readonly Endpoint[],
  from: LookupFrom,
  name: string,
  family: 4 | 6,
): Promise<readonly string[]> {
  return Promise.any(servers.map((server) => askOne(server, from, name, family)));
}

async function askOne(
  server: Endpoint,
  { sourceAddress, sourcePort }: LookupFrom,
  name: string,
  family: 4 | 6,
): Promise<readonly string[]> {
  const question = renderQuestion(randomInt(0x1_0000), name, family);
  if (question === undefined) throw codeError('ENOTFOUND', name);
  // Several servers are asked at once; each socket is connected to its own.
  const socket = createSocket({ type: isIPv6(sourceAddress) ? 'udp6' : 'udp4', reuseAddr: true });
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
      const port =
        sourcePort === undefined ? 0 : sourcePort + randomInt(SOCKET_PORTS, SOURCE_PORTS);
      socket.bind({ address: sourceAddress, port }, () => socket.connect(server.port, server.host));
    });
  } finally {
    for (const timer of timers) clearInterval(timer);
    socket.close();
  }
}

const none = (): readonly string[] => [];

export function codeError(code: string, name: string): Error {
  return Object.assign(new Error(`${code} ${name}`), { code });
}
