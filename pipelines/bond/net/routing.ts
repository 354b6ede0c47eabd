/** Source routing: a routing table for each link. */
import { isIPv6 } from 'node:net';
import type { Clock } from '../../../hal/os/clock.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import type { CommandResult } from '../../../hal/os/process.ts';
import { FIRST_TABLE, isComplete, type KernelRoutes, MAX_ROUTES, ports } from './kernel-routes.ts';

const COMMAND_TIMEOUT_MS = 5000;

/** A table that is lost is set again; the pause doubles each time in a row. */
const FIRST_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 60_000;

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
  /** The first of the link's own UDP ports: tells two links of one source address apart. */
  readonly sourcePort?: number;
}

/** An argument list for `ip`; `-6` comes first for IPv6. */
export type IpCommand = readonly string[];

/** Commands, in this order. */
export interface RoutingChange {
  /** May fail: the table may be gone already. */
  readonly removals: readonly IpCommand[];
  readonly additions: readonly IpCommand[];
  /** Links whose tables were lost. */
  readonly lost: readonly string[];
}

interface Slot {
  readonly route: LinkRoute;
  /** It was found in the kernel, or the kernel's tables are not known. */
  isSet: boolean;
  /** Times in a row that it was set and then missing. */
  tries: number;
  retryAtMs: number;
}

/**
 * A routing table of its own for each link, found by source address, so that a
 * link's packets leave by its device and by no other. Where two modems hand out the
 * same address the rule takes the link's UDP ports too. A table ends in `unreachable`:
 * when the device goes, sending fails at once instead of leaving by another link.
 */
export class RoutingTables {
  readonly #slots: (Slot | undefined)[] = [];

  /**
   * Commands after which the tables are those of `routes`. The table of a link that stays
   * is not touched, unless it is incomplete.
   *
   * @param seen What the kernel has; undefined where that is not known.
   */
  change(
    routes: readonly LinkRoute[],
    seen: KernelRoutes | undefined,
    nowMs: number,
  ): RoutingChange {
    const wanted = routes.slice(0, MAX_ROUTES);
    const removals: IpCommand[] = [];
    const additions: IpCommand[] = [];
    for (const [index, slot] of this.#slots.entries()) {
      if (slot === undefined || wanted.some((route) => isSame(route, slot.route))) continue;
      this.#slots[index] = undefined;
      removals.push(...planRemoval(FIRST_TABLE + index, slot.route));
    }
    const lost = this.#repair(seen, nowMs, removals, additions);
    for (const route of wanted) {
      if (this.#slots.some((slot) => slot !== undefined && isSame(route, slot.route))) continue;
      const free = this.#slots.indexOf(undefined);
      const index = free < 0 ? this.#slots.length : free;
      this.#slots[index] = { route, isSet: true, tries: 0, retryAtMs: nowMs + FIRST_PAUSE_MS };
      additions.push(...planLink(route, FIRST_TABLE + index));
    }
    return { removals, additions, lost };
  }

  /** Some additions failed: where the kernel's tables are not known, all are set again. */
  noteFailure(): void {
    for (const slot of this.#slots) if (slot !== undefined) slot.isSet = false;
  }

  #repair(
    seen: KernelRoutes | undefined,
    nowMs: number,
    removals: IpCommand[],
    additions: IpCommand[],
  ): readonly string[] {
    const lost: string[] = [];
    for (const [index, slot] of this.#slots.entries()) {
      if (slot === undefined) continue;
      const table = FIRST_TABLE + index;
      if (seen === undefined ? slot.isSet : isComplete({ ...slot.route, table }, seen)) {
        slot.isSet = true;
        slot.tries = 0;
        continue;
      }
      if (nowMs < slot.retryAtMs) continue;
      if (slot.isSet) lost.push(slot.route.id);
      slot.isSet = seen === undefined;
      slot.retryAtMs = nowMs + Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** slot.tries);
      slot.tries += 1;
      removals.push(...planRemoval(table, slot.route));
      additions.push(...planLink(slot.route, table));
    }
    return lost;
  }

  /** Removes what an earlier run may have left in any of the tables. */
  static clear(): readonly IpCommand[] {
    return Array.from({ length: 2 * MAX_ROUTES }, (_, index) =>
      planRemoval(FIRST_TABLE + (index % MAX_ROUTES), {
        sourceAddress: index < MAX_ROUTES ? '0.0.0.0' : '::',
      }),
    ).flat();
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

function planLink(route: LinkRoute, table: number): IpCommand[] {
  const { sourceAddress, device, gateway, subnet, sourcePort } = route;
  const isV6 = isIPv6(sourceAddress);
  // Not with IPv6: the kernel refuses an address that it still checks for duplicates.
  const src = isV6 ? [] : ['src', sourceAddress];
  const to = ['dev', device, ...src, 'table', `${table}`];
  const udp = sourcePort === undefined ? [] : ports(sourcePort);
  const other = !isV6 && isIPv6(gateway ?? '') ? ['inet6'] : [];
  const via = gateway === undefined ? [] : ['via', ...other, gateway, 'onlink'];
  const from = `${sourceAddress}/${isV6 ? 128 : 32}`;
  return [
    ...(subnet === undefined ? [] : [['route', 'replace', subnet, ...to]]),
    ['route', 'replace', 'default', ...via, ...to],
    ['route', 'replace', 'unreachable', 'default', 'metric', '4096', 'table', `${table}`],
    ['rule', 'add', 'from', from, ...udp, 'lookup', `${table}`, 'pref', `${table}`],
  ].map((args) => inFamily(args, isV6));
}

function planRemoval(
  table: number,
  { sourceAddress }: Pick<LinkRoute, 'sourceAddress'>,
): IpCommand[] {
  return [
    ['rule', 'del', 'pref', `${table}`],
    ['route', 'flush', 'table', `${table}`],
  ].map((args) => inFamily(args, isIPv6(sourceAddress)));
}

function inFamily(args: IpCommand, isV6: boolean): IpCommand {
  return isV6 ? ['-6', ...args] : args;
}

export interface RoutingDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** `runCommand`, or a test's own. */
  readonly run: (
    command: string,
    args: readonly string[],
    options: { readonly timeoutMs: number; readonly input: string },
  ) => Promise<CommandResult>;
}

/** The machine's routing tables for the links; disposing removes them. */
export interface Routing extends AsyncDisposable {
  /**
   * A command that fails is logged and tried again: a link without its route is down, and
   * the others go on. Never rejects.
   *
   * @param seen What the kernel had just before; undefined where that is not known.
   */
  set(routes: readonly LinkRoute[], seen: KernelRoutes | undefined): Promise<void>;
}

/** Removes what a crashed run left, and starts without routes. */
export async function openRouting({ clock, log, run }: RoutingDeps): Promise<Routing> {
  const tables = new RoutingTables();
  let lastReason = '';
  const setUp = async ({ removals, additions, lost }: RoutingChange) => {
    if (lost.length > 0) log.warn('routes lost; setting them again', { links: lost.join(' ') });
    await apply(run, removals);
    const reason = await apply(run, additions);
    if (reason !== '') tables.noteFailure();
    // The same failure again is not logged.
    if (reason !== '' && reason !== lastReason)
      log.warn('routes not set', { commands: renderBatch(additions).trim(), reason });
    if (additions.length > 0) lastReason = reason;
  };
  await apply(run, RoutingTables.clear());
  let last = Promise.resolve();
  const inTurn = (work: () => Promise<void>) => {
    last = last.then(work, work);
    return last;
  };
  return {
    set: (routes, seen) => inTurn(() => setUp(tables.change(routes, seen, clock.monotonicMs()))),
    [Symbol.asyncDispose]: () =>
      inTurn(() => setUp(tables.change([], undefined, clock.monotonicMs()))),
  };
}

/**
 * One process for all of a family: a box that ends has little time to remove them.
 *
 * @returns what failed, empty when nothing did.
 */
async function apply(run: RoutingDeps['run'], commands: readonly IpCommand[]): Promise<string> {
  const v6 = commands.filter(([first]) => first === '-6').map((args) => args.slice(1));
  const v4 = commands.filter(([first]) => first !== '-6');
  const reasons = [await applyTo(run, ['-4'], v4), await applyTo(run, ['-6'], v6)];
  return reasons.filter((reason) => reason !== '').join('; ');
}

async function applyTo(
  run: RoutingDeps['run'],
  family: readonly string[],
  commands: readonly IpCommand[],
): Promise<string> {
  if (commands.length === 0) return '';
  const options = { timeoutMs: COMMAND_TIMEOUT_MS, input: renderBatch(commands) };
  try {
    const { exitCode, stderr } = await run('ip', [...family, '-force', '-batch', '-'], options);
    return exitCode === 0 ? '' : stderr.trim() || `exit code ${exitCode}`;
  } catch (error) {
    return messageOf(error);
  }
}

function renderBatch(commands: readonly IpCommand[]): string {
  return commands.map((args) => `${args.join(' ')}\n`).join('');
}
