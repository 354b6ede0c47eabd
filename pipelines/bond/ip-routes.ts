import { isOwnTable } from './routing.ts';

/** One entry of `ip -json route show table all`. */
interface IpRoute {
  readonly dst?: string;
  readonly gateway?: string;
  readonly dev?: string;
  readonly type?: string;
  /** A name or a number; left out for the main table. */
  readonly table?: string | number;
}

export interface Routes {
  /** The next hop and the network of each device, as DHCP or the modem has set them. */
  readonly gateways: ReadonlyMap<string, { readonly gateway?: string; readonly subnet?: string }>;
  /** Tables of the bonding's own that lead somewhere. */
  readonly ways: ReadonlySet<number>;
}

/**
 * Reads `ip -json route show table all`; undefined where that is none.
 *
 * The bonding's own tables repeat what a device's gateway was when they were made, and
 * the kernel may list them first: they say nothing of what it is now.
 */
export function parseRoutes(json: string): Routes | undefined {
  const entries = parseEntries(json);
  if (entries === undefined) return undefined;
  const gateways = new Map<string, { gateway?: string; subnet?: string }>();
  const ways = new Set<number>();
  for (const { dst, gateway, dev, type, table } of entries) {
    if (dev === undefined || type === 'unreachable') continue;
    if (isOwnTable(Number(table))) {
      if (dst === 'default') ways.add(Number(table));
      continue;
    }
    const known = gateways.get(dev) ?? {};
    if (dst === 'default' && gateway !== undefined) known.gateway ??= gateway;
    else if (dst?.includes('/') && gateway === undefined) known.subnet ??= dst;
    gateways.set(dev, known);
  }
  return { gateways, ways };
}

function parseEntries(json: string): readonly IpRoute[] | undefined {
  try {
    const parsed: unknown = JSON.parse(json);
    if (!Array.isArray(parsed)) return undefined;
    return parsed.filter((entry) => typeof entry === 'object' && entry !== null);
  } catch {
    return undefined;
  }
}
