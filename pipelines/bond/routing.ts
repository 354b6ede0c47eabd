import { type Clock, isAbort } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import type { CommandResult } from '../../hal/os/process.ts';

/** Tables and rule priorities from here on belong to the bonding, one of each a link. */
const FIRST_TABLE = 5200;

/** Tables looked at when a former run's leavings are removed. */
const MOST_ROUTES = 16;

const COMMAND_TIMEOUT_MS = 5000;

/** How packets of one link's source address leave the machine. */
export interface LinkRoute {
  readonly sourceAddress: string;
  readonly device: string;
  /** The next hop; a point-to-point device (ppp, raw-ip wwan) has none. */
  readonly gateway?: string;
  /** The link's own network, like 192.168.8.0/24, to reach the gateway by. */
  readonly subnet?: string;
  /** The link's fixed UDP port: tells two links of one source address apart. */
  readonly sourcePort?: number;
}

/** Argument lists for `ip`. */
export interface RoutingPlan {
  readonly up: readonly (readonly string[])[];
  readonly down: readonly (readonly string[])[];
}

/**
 * A routing table of its own for each link, found by source address, so that a
 * link's packets leave by its device and by no other. Where two modems hand out the
 * same address the rule takes the link's UDP port too. A table ends in `unreachable`:
 * when the device goes, sending fails at once instead of leaving by another link.
 */
export function planRouting(routes: readonly LinkRoute[]): RoutingPlan {
  const taken = routes.slice(0, MOST_ROUTES);
  return {
    up: taken.flatMap((route, index) => planLink(route, FIRST_TABLE + index)),
    down: Array.from({ length: MOST_ROUTES }, (_, index) =>
      planRemoval(FIRST_TABLE + index),
    ).flat(),
  };
}

function planLink(route: LinkRoute, table: number): string[][] {
  const { sourceAddress, device, gateway, subnet, sourcePort } = route;
  const to = ['dev', device, 'src', sourceAddress, 'table', `${table}`];
  const port = sourcePort === undefined ? [] : ['ipproto', 'udp', 'sport', `${sourcePort}`];
  return [
    ...(subnet === undefined ? [] : [['route', 'replace', subnet, ...to]]),
    [
      'route',
      'replace',
      'default',
      ...(gateway === undefined ? [] : ['via', gateway, 'onlink']),
      ...to,
    ],
    ['route', 'replace', 'unreachable', 'default', 'metric', '4096', 'table', `${table}`],
    [
      'rule',
      'add',
      'from',
      `${sourceAddress}/32`,
      ...port,
      'lookup',
      `${table}`,
      'pref',
      `${table}`,
    ],
  ];
}

function planRemoval(table: number): string[][] {
  return [
    ['rule', 'del', 'pref', `${table}`],
    ['route', 'flush', 'table', `${table}`],
  ];
}

/** One entry of `ip -json route show`. */
interface IpRoute {
  readonly dst?: string;
  readonly gateway?: string;
  readonly dev?: string;
}

/**
 * The next hop and the network of each device, from `ip -json route show table all`.
 * What cannot be read counts for nothing.
 */
export function parseGateways(
  json: string,
): ReadonlyMap<string, { readonly gateway?: string; readonly subnet?: string }> {
  const found = new Map<string, { gateway?: string; subnet?: string }>();
  for (const { dst, gateway, dev } of parseRoutes(json)) {
    if (dev === undefined) continue;
    const known = found.get(dev) ?? {};
    if (dst === 'default' && gateway !== undefined) known.gateway ??= gateway;
    else if (dst?.includes('/') && gateway === undefined) known.subnet ??= dst;
    found.set(dev, known);
  }
  return found;
}

function parseRoutes(json: string): readonly IpRoute[] {
  try {
    const parsed: unknown = JSON.parse(json);
    return Array.isArray(parsed)
      ? parsed.filter((entry) => typeof entry === 'object' && entry !== null)
      : [];
  } catch {
    return [];
  }
}

export interface RoutingDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** `runCommand`, or a test's own. */
  readonly run: (
    command: string,
    args: readonly string[],
    options: { timeoutMs: number; signal?: AbortSignal },
  ) => Promise<CommandResult>;
}

/**
 * Sets the routes up and holds them until `signal` aborts, then takes them down. What
 * a crashed run left is removed first. A command that fails is logged and passed
 * over: a link without its route is down, and the others go on.
 */
export async function runRouting(
  routes: readonly LinkRoute[],
  { clock, log, run }: RoutingDeps,
  signal: AbortSignal,
): Promise<void> {
  const plan = planRouting(routes);
  const apply = async (commands: RoutingPlan['up'], isQuiet: boolean) => {
    for (const args of commands) {
      const { exitCode, stderr } = await run('ip', args, { timeoutMs: COMMAND_TIMEOUT_MS });
      if (exitCode !== 0 && !isQuiet) {
        log.warn('route not set', { command: args.join(' '), reason: stderr.trim() });
      }
    }
  };
  await apply(plan.down, true);
  try {
    await apply(plan.up, false);
    while (!signal.aborted) await clock.sleep(3_600_000, signal);
  } catch (error) {
    if (!isAbort(error, signal)) throw error;
  } finally {
    await apply(plan.down, true);
  }
}
