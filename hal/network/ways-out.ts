/** The crew's way out: which interfaces lead out, and a routing table for one of them. Pure. */
import { isIPv4 } from 'node:net';
import * as v from 'valibot';
import { type CrewPlan, DEVICE, type NetworkPlan } from './plan.ts';

/** An argument list for `ip`. */
export type IpCommand = readonly string[];

/** Table and priority of the crew's rule; the bonding's are 5200 to 5215 (kernel-routes.ts). */
const CREW_TABLE = '5299';

/** As `ip -json -4 route show default` prints it. */
const routes = v.array(
  v.object({
    dev: v.optional(v.string()),
    gateway: v.optional(v.string()),
    metric: v.optional(v.number(), 0),
  }),
);

export interface DefaultRoute {
  readonly device: string;
  /** A point-to-point interface (ppp, raw-ip wwan) has none. */
  readonly gateway?: string;
}

/** The machine's default routes by IPv4, the preferred one first. @throws where it is no such list. */
export function defaultRoutes(json: string): readonly DefaultRoute[] {
  // ip prints nothing at all where there is none.
  const found = v.parse(routes, json.trim() === '' ? [] : JSON.parse(json));
  return found
    .toSorted((a, b) => a.metric - b.metric)
    .flatMap(({ dev = '', gateway }) => {
      if (!DEVICE.test(dev)) return [];
      return [{ device: dev, ...(isIPv4(gateway ?? '') ? { gateway: gateway as string } : {}) }];
    });
}

/** Interfaces by which the crew's traffic may leave. */
export function waysOut(
  { guests, crew }: NetworkPlan,
  found: readonly DefaultRoute[],
): readonly string[] {
  if (crew === undefined) return [];
  if (crew.via !== undefined) return [crew.via];
  const inside = [guests?.device, crew.device];
  return [...new Set(found.map(({ device }) => device))].filter((one) => !inside.includes(one));
}

export interface CrewRoutes {
  readonly device: string;
  /** Each may be repeated. */
  readonly table: readonly IpCommand[];
  readonly rule: IpCommand;
}

/**
 * What the crew sends leaves by `via` and by nothing else; without a route there it is refused at
 * once.
 */
export function crewRoutes(
  { device, via }: CrewPlan,
  found: readonly DefaultRoute[],
): CrewRoutes | undefined {
  if (via === undefined) return undefined;
  const route = found.find((one) => one.device === via);
  const hop = route?.gateway === undefined ? [] : ['via', route.gateway, 'onlink'];
  const to = ['dev', via, 'table', CREW_TABLE];
  return {
    device,
    table: [
      ...(route === undefined ? [] : [['route', 'replace', 'default', ...hop, ...to]]),
      ['route', 'replace', 'unreachable', 'default', 'metric', '4096', 'table', CREW_TABLE],
    ],
    rule: ['rule', 'add', 'iif', device, 'lookup', CREW_TABLE, 'pref', CREW_TABLE],
  };
}

export const LIST_RULE: IpCommand = ['rule', 'show', 'pref', CREW_TABLE];

/** @param listing Of {@link LIST_RULE}: `5299: from all iif eth0 lookup 5299`. */
export function hasRule(listing: string, device: string): boolean {
  const words = listing.trim().split(/\s+/);
  return words[words.indexOf('iif') + 1] === device && words.includes('lookup');
}

/** Both may fail: there may be none. */
export const UNDO_ROUTES: readonly IpCommand[] = [
  ['rule', 'del', 'pref', CREW_TABLE],
  ['route', 'flush', 'table', CREW_TABLE],
];
