import type { Log } from '../../hal/os/log.ts';
import type { CommandResult } from '../../hal/os/process.ts';

/** Tables and rule priorities from here on belong to the bonding, one of each a link. */
const FIRST_TABLE = 5200;

/** Tables looked at when a former run's leavings are removed. */
const MOST_ROUTES = 16;

const COMMAND_TIMEOUT_MS = 5000;

/** How packets of one link's source address leave the machine. */
export interface LinkRoute {
  /** Names the link. */
  readonly id: string;
  readonly sourceAddress: string;
  readonly device: string;
  /** The next hop; a point-to-point device (ppp, raw-ip wwan) has none. */
  readonly gateway?: string;
  /** The link's own network, like 192.168.8.0/24, to reach the gateway by. */
  readonly subnet?: string;
  /** The link's fixed UDP port: tells two links of one source address apart. */
  readonly sourcePort?: number;
}

/** An argument list for `ip`. */
export type IpCommand = readonly string[];

/**
 * A routing table of its own for each link, found by source address, so that a
 * link's packets leave by its device and by no other. Where two modems hand out the
 * same address the rule takes the link's UDP port too. A table ends in `unreachable`:
 * when the device goes, sending fails at once instead of leaving by another link.
 */
export class RoutingTables {
  readonly #routes: (LinkRoute | undefined)[] = [];

  /** Commands after which the tables are those of `routes`. A link that stays keeps its table untouched. */
  change(routes: readonly LinkRoute[]): readonly IpCommand[] {
    const wanted = routes.slice(0, MOST_ROUTES);
    const commands: IpCommand[] = [];
    for (const [slot, known] of this.#routes.entries()) {
      if (known === undefined || wanted.some((route) => isSame(route, known))) continue;
      this.#routes[slot] = undefined;
      commands.push(...planRemoval(FIRST_TABLE + slot));
    }
    for (const route of wanted) {
      if (this.#routes.some((known) => known !== undefined && isSame(route, known))) continue;
      const free = this.#routes.indexOf(undefined);
      const slot = free < 0 ? this.#routes.length : free;
      this.#routes[slot] = route;
      commands.push(...planLink(route, FIRST_TABLE + slot));
    }
    return commands;
  }

  /** Removes what a former run may have left in any of the tables. */
  static clear(): readonly IpCommand[] {
    return Array.from({ length: MOST_ROUTES }, (_, slot) => planRemoval(FIRST_TABLE + slot)).flat();
  }
}

function isSame(a: LinkRoute, b: LinkRoute): boolean {
  return (
    a.id === b.id &&
    a.sourceAddress === b.sourceAddress &&
    a.device === b.device &&
    a.gateway === b.gateway &&
    a.subnet === b.subnet &&
    a.sourcePort === b.sourcePort
  );
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
  readonly log: Log;
  /** `runCommand`, or a test's own. */
  readonly run: (
    command: string,
    args: readonly string[],
    options: { readonly timeoutMs: number; readonly input: string },
  ) => Promise<CommandResult>;
}

/** The machine's routing tables for the links; taken down when it is disposed. */
export interface Routing extends AsyncDisposable {
  /** A command that fails is logged and passed over: a link without its route is down, and the others go on. */
  set(routes: readonly LinkRoute[]): Promise<void>;
}

/** Removes what a crashed run left, and starts with no routes. */
export async function openRouting({ log, run }: RoutingDeps): Promise<Routing> {
  const tables = new RoutingTables();
  // One process for all of them: a box that ends has little time to take them down.
  const apply = async (commands: readonly IpCommand[], isQuiet: boolean) => {
    if (commands.length === 0) return;
    const input = commands.map((args) => `${args.join(' ')}\n`).join('');
    const options = { timeoutMs: COMMAND_TIMEOUT_MS, input };
    const { exitCode, stderr } = await run('ip', ['-force', '-batch', '-'], options);
    if (exitCode === 0 || isQuiet) return;
    log.warn('routes not set', { commands: input.trim(), reason: stderr.trim() });
  };
  await apply(RoutingTables.clear(), true);
  let last = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    last = last.then(work, work);
    return last;
  };
  return {
    set: (routes) => inTurn(() => apply(tables.change(routes), false)),
    [Symbol.asyncDispose]: () => inTurn(() => apply(tables.change([]), true)),
  };
}
