/** Reads the kernel's routing tables and rules as `ip -json` prints them. */
import { parseJson } from '../../../hal/os/files/json.ts';
import { SOURCE_PORTS } from '../core/config.ts';

/** Arguments of `ip` to read routes and rules of one address family in one go. */
export function listRoutes(family: 4 | 6) {
  return {
    // Numbers, as tables may have names in /etc/iproute2/rt_tables.
    args: [`-${family}`, '-Numeric', '-json', '-batch', '-'],
    input: 'route show table all\nrule show\n',
  } as const;
}

/** What a rule has where it is for the ports of one link. */
export function ports(sourcePort: number): readonly string[] {
  return ['ipproto', 'udp', 'sport', `${sourcePort}-${sourcePort + SOURCE_PORTS - 1}`];
}

/** Tables and rule priorities of the bonding, one of each a link: 5200 to 5215. */
export const FIRST_TABLE = 5200;
/** Limit of the tables; all of them are cleared at the start. */
export const MAX_ROUTES = 16;

const MAIN_TABLES: ReadonlySet<unknown> = new Set([undefined, 'main', '254']);

interface KernelRoute {
  readonly type?: unknown;
  readonly dst?: unknown;
  readonly gateway?: unknown;
  /** In place of it, where the next hop is of the other family: `{"family":"inet6","host":"fe80::1"}`. */
  readonly via?: unknown;
  readonly dev?: unknown;
  /** Left out for the main table. */
  readonly table?: unknown;
}

interface KernelRule {
  readonly priority?: unknown;
  readonly src?: unknown;
  readonly table?: unknown;
}

/** The machine's routes and rules, of one address family or of both. */
export interface KernelRoutes {
  readonly routes: readonly KernelRoute[];
  readonly rules: readonly KernelRule[];
}

/** Link-local addresses and multicast of IPv6: every device has them. */
const NOT_GLOBAL = /^f[ef][\da-f]*:/i;

/** The next hop and the network of a device. A network of IPv6 only may carry IPv4 to a hop of IPv6. */
export interface Gateway {
  readonly gateway?: string;
  readonly subnet?: string;
}

/** Reads what {@link listRoutes} printed; undefined where any of it cannot be read. */
export function parseKernelRoutes(stdout: string): KernelRoutes | undefined {
  const [routes, rules] = stdout.trim().split('\n').map(parseList);
  return routes === undefined || rules === undefined ? undefined : { routes, rules };
}

function parseList(json: string): readonly object[] | undefined {
  const parsed = parseJson(json);
  if (!Array.isArray(parsed)) return undefined;
  return parsed.filter((entry) => typeof entry === 'object' && entry !== null);
}

/**
 * The next hop and the network of each device. The main table comes first, then those
 * of others. The bond's own are left out: they show what was true when they were set, and
 * the kernel lists 5200 before 254.
 */
export function findGateways({ routes }: KernelRoutes): ReadonlyMap<string, Gateway> {
  const isMain = ({ table }: KernelRoute) => MAIN_TABLES.has(table);
  const others = routes.filter((route) => !isMain(route) && !isOwn(route.table));
  const found = new Map<string, { gateway?: string; subnet?: string }>();
  for (const route of [...routes.filter(isMain), ...others]) {
    const { dst, dev } = route;
    const gateway = hopOf(route);
    if (typeof dev !== 'string' || typeof dst !== 'string' || NOT_GLOBAL.test(dst)) continue;
    const known = found.get(dev) ?? {};
    if (dst === 'default' && gateway !== undefined) known.gateway ??= gateway;
    else if (dst.includes('/') && gateway === undefined) known.subnet ??= dst;
    found.set(dev, known);
  }
  return found;
}

function hopOf({ gateway, via }: KernelRoute): string | undefined {
  if (typeof gateway === 'string') return gateway;
  const host = typeof via === 'object' && via !== null && 'host' in via ? via.host : undefined;
  return typeof host === 'string' ? host : undefined;
}

function isOwn(table: unknown): boolean {
  const number = numberOf(table);
  return number >= FIRST_TABLE && number < FIRST_TABLE + MAX_ROUTES;
}

/** Tables are printed as text; NaN for a name. */
function numberOf(table: unknown): number {
  return typeof table === 'string' || typeof table === 'number' ? Number(table) : Number.NaN;
}

/** A table as the bond set it, with the rule that leads to it. */
export interface WantedTable extends Gateway {
  readonly table: number;
  readonly sourceAddress: string;
  readonly device: string;
}

/**
 * False when a route or the rule is missing: the kernel removes a device's routes whenever
 * it goes down, and network managers flush rules that are not theirs.
 */
export function isComplete(wanted: WantedTable, { routes, rules }: KernelRoutes): boolean {
  const { table, sourceAddress, device, gateway, subnet } = wanted;
  const own = routes.filter((route) => numberOf(route.table) === table);
  const leads = own.some(
    (route) => route.dst === 'default' && route.dev === device && hopOf(route) === gateway,
  );
  const ends = own.some(({ dst, type }) => dst === 'default' && UNREACHABLE.has(type));
  const reaches =
    subnet === undefined || own.some(({ dst, dev }) => dst === subnet && dev === device);
  const isFound = rules.some(
    (rule) =>
      rule.priority === table && numberOf(rule.table) === table && rule.src === sourceAddress,
  );
  return leads && ends && reaches && isFound;
}

/** RTN_UNREACHABLE of linux/rtnetlink.h, by number and by name. */
const UNREACHABLE: ReadonlySet<unknown> = new Set(['7', 7, 'unreachable']);
