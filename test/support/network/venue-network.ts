/** Two network namespaces joined by a cable for each link. */
import { execFileSync } from 'node:child_process';

/**
 * Two network namespaces of this test run, the venue and the far end, with a cable for
 * each link as a modem would have it: an address, a gateway, a default route.
 */
export interface VenueNetwork extends Disposable {
  readonly venue: string;
  readonly far: string;
  /** Where the far end is reached, over whichever link. */
  readonly farHost: string;
  readonly farHostV6: string;
  /** Silently swallows all that the venue sends by this link, or ends doing so. */
  blackHole(link: number, isOn: boolean): void;
  /** Longer packets vanish at the far end of the link, silently. */
  limitMtu(link: number, bytes: number): void;
  /** Swallows all from and to this port of the link, as a NAT that has forgotten it. */
  forget(link: number, port: number): void;
  /** One in so many packets is lost, each way, by chance. */
  lose(oneIn: number): void;
  /** What the link takes from the venue. */
  limitRate(link: number, bps: number): void;
  /** Pulls the link's cable, or puts it back with its default route, as a DHCP client does. */
  plug(link: number, isIn: boolean): void;
}

/** How a command is run inside a namespace. */
export function inside(namespace: string): readonly string[] {
  return ['ip', 'netns', 'exec', namespace];
}

const FAR_HOST = '10.88.0.1';
const FAR_HOST_V6 = 'fd88::1';
/** {@link FAR_HOST} behind the NAT64 of the carriers without IPv4: the far end has it as its own. */
const FAR_HOST_NAT64 = '64:ff9b::a58:1';
/** A shaped link holds so much before it drops. */
const QUEUE = ['burst', '6000', 'latency', '500ms'];
/** No machine has it. */
const UNUSED_MAC = '02:00:00:00:00:01';

export interface VenueNetworkOptions {
  /** For programs of others. */
  readonly isPlain?: boolean;
  /** Links as carriers without IPv4 have them, or all. */
  readonly v6Links?: readonly number[] | 'all';
  /** Packets can be chosen to be lost, and links shaped. */
  readonly isFiltered?: boolean;
}

/** Undefined where this machine cannot make namespaces; the test then prints SKIPPED. */
export function openVenueNetwork(
  links: number,
  { isPlain = false, v6Links = [], isFiltered = false }: VenueNetworkOptions = {},
): VenueNetwork | undefined {
  const isV6 = (link: number) => v6Links === 'all' || v6Links.includes(link);
  const [venue, far] = [`vbv${process.pid}`, `vbf${process.pid}`];
  const close = () => {
    for (const name of [venue, far]) {
      try {
        ip('netns', 'del', name);
      } catch {
        // It was never made.
      }
    }
  };
  try {
    for (const name of [venue, far]) {
      ip('netns', 'add', name);
      at(name, 'link', 'set', 'lo', 'up');
    }
    at(far, 'addr', 'add', `${FAR_HOST}/32`, 'dev', 'lo');
    for (const host of v6Links.length > 0 ? [FAR_HOST_V6, FAR_HOST_NAT64] : [])
      at(far, 'addr', 'add', `${host}/128`, 'dev', 'lo');
    if (isFiltered) addFilter(far);
    for (let link = 0; link < links; link += 1) {
      addCable(venue, far, link);
      if (isV6(link)) addV6(venue, far, link);
      else addV4(venue, far, link);
      if (isPlain) makePlain(venue, far, link);
    }
  } catch {
    close();
    return undefined;
  }
  return {
    venue,
    far,
    farHost: FAR_HOST,
    farHostV6: FAR_HOST_V6,
    blackHole: (link, isOn) => {
      const gateway = isV6(link) ? `fd77:${link}::1` : gatewayOf(link);
      const neighbour = [gateway, 'dev', `wwan${link}`];
      if (isOn)
        at(venue, 'neigh', 'replace', ...neighbour, 'lladdr', UNUSED_MAC, 'nud', 'permanent');
      else at(venue, 'neigh', 'del', ...neighbour);
    },
    limitMtu: (link, bytes) => at(far, 'link', 'set', `far${link}`, 'mtu', String(bytes)),
    forget: (link, port) => {
      for (const [chain, side, what] of [
        ['in', 'iifname', 'sport'],
        ['out', 'oifname', 'dport'],
      ] as const) {
        const flow = [side, `far${link}`, 'udp', what, String(port)];
        run(far, 'nft', 'add', 'rule', 'inet', 'field', chain, ...flow, 'drop');
      }
    },
    lose: (oneIn) => {
      const chance = ['numgen', 'random', 'mod', String(oneIn), '==', '0', 'drop'];
      for (const [chain, side] of [
        ['in', 'iifname'],
        ['out', 'oifname'],
      ] as const) {
        run(far, 'nft', 'add', 'rule', 'inet', 'field', chain, side, '!=', 'lo', ...chance);
      }
    },
    limitRate: (link, bps) => {
      const rate = ['tbf', 'rate', `${bps}bit`, ...QUEUE];
      run(venue, 'tc', 'qdisc', 'replace', 'dev', `wwan${link}`, 'root', ...rate);
    },
    plug: (link, isIn) => {
      at(venue, 'link', 'set', `wwan${link}`, isIn ? 'up' : 'down');
      if (isIn) addRoute(venue, link);
    },
    [Symbol.dispose]: close,
  };
}

function addFilter(far: string): void {
  run(far, 'tc', '-V');
  run(far, 'nft', 'add', 'table', 'inet', 'field');
  for (const [chain, hook] of [
    ['in', 'input'],
    ['out', 'output'],
  ] as const) {
    const definition = `{ type filter hook ${hook} priority 0; }`;
    run(far, 'nft', 'add', 'chain', 'inet', 'field', chain, definition);
  }
}

function addCable(venue: string, far: string, link: number): void {
  const pair = ['type', 'veth', 'peer', 'name', `far${link}`, 'netns', far];
  ip('link', 'add', `wwan${link}`, 'netns', venue, ...pair);
  at(far, 'link', 'set', `far${link}`, 'up');
  at(venue, 'link', 'set', `wwan${link}`, 'up');
}

function addV4(venue: string, far: string, link: number): void {
  at(far, 'addr', 'add', `${gatewayOf(link)}/24`, 'dev', `far${link}`);
  at(venue, 'addr', 'add', `10.77.${link}.2/24`, 'dev', `wwan${link}`);
  addRoute(venue, link);
}

/** For programs that choose no address and set no routes: the far end has one, the venue routes by source. */
function makePlain(venue: string, far: string, link: number): void {
  const subnet = `10.77.${link}.0/24`;
  at(far, 'route', 'replace', subnet, 'dev', `far${link}`, 'src', FAR_HOST);
  const table = ['table', String(300 + link)];
  at(venue, 'rule', 'add', 'from', `10.77.${link}.2`, ...table);
  at(venue, 'route', 'add', 'default', 'via', gatewayOf(link), 'dev', `wwan${link}`, ...table);
}

function addV6(venue: string, far: string, link: number): void {
  at(far, 'addr', 'add', `fd77:${link}::1/64`, 'dev', `far${link}`, 'nodad');
  at(venue, 'addr', 'add', `fd77:${link}::2/64`, 'dev', `wwan${link}`, 'nodad');
  const via = ['via', `fd77:${link}::1`, 'dev', `wwan${link}`, 'metric', String(700 + link)];
  at(venue, '-6', 'route', 'replace', 'default', ...via);
}

function addRoute(venue: string, link: number): void {
  const via = ['via', gatewayOf(link), 'dev', `wwan${link}`, 'metric', String(700 + link)];
  at(venue, 'route', 'replace', 'default', ...via);
}

function gatewayOf(link: number): string {
  return `10.77.${link}.1`;
}

function at(namespace: string, ...args: string[]): void {
  run(namespace, 'ip', ...args);
}

function run(namespace: string, ...argv: string[]): void {
  ip('netns', 'exec', namespace, ...argv);
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: 'ignore', timeout: 120_000 });
}
