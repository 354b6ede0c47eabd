/** A bond and a relay of ours in two namespaces, and what they report. */
import type { BondSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import { until } from '../box.ts';
import { nodeProgram, type Program, startProgram } from '../program.ts';
import type { FarLine, FarOptions, VenueOptions } from './bond-ends.ts';
import {
  inside,
  openVenueNetwork,
  type VenueNetwork,
  type VenueNetworkOptions,
} from './venue-network.ts';

export interface Bonded extends AsyncDisposable {
  readonly network: VenueNetwork;
  venue(): BondSnapshot & { readonly sent: number };
  far(): FarLine;
  /** All that the venue's end printed. */
  output(): string;
  /** What the DNS servers were asked: `asked from ADDRESS` each. */
  questions(): readonly string[];
  link(index: number): BondSnapshot['links'][number] | undefined;
  /** Waits for `check`, and for that many more packets to arrive. */
  reach(check: () => boolean, morePackets?: number): Promise<void>;
}

const PROGRAM = nodeProgram('test/support/network/bond-ends');
const DNS_PROGRAM = 'test/support/network/dns-program.mjs';
const PORT = 6000;
/** 1332 bytes each: 3.5 Mbit/s. */
const INTERVAL_MS = 3;

export interface BondedOptions extends Omit<VenueNetworkOptions, 'isPlain'> {
  readonly latencyMs?: number;
  /** Between the encoder's packets. */
  readonly intervalMs?: number;
  /** The relay's name or address; by default the one of the links' family. */
  readonly receiver?: string;
  /** DNS servers of the far end by address, with their records. */
  readonly dns?: Readonly<Record<string, object>>;
  /** Programs of others in place of our ends, see bond-ends.ts. */
  readonly relay?: readonly string[];
  readonly sender?: readonly string[];
}

/** Undefined where this machine cannot make namespaces; the test then prints SKIPPED. */
export async function startBonded(
  links: number,
  { latencyMs = 8000, intervalMs = INTERVAL_MS, relay, sender, ...options }: BondedOptions = {},
): Promise<Bonded | undefined> {
  const isPlain = relay !== undefined || sender !== undefined;
  const network = openVenueNetwork(links, { ...options, isPlain });
  if (network === undefined) return undefined;
  const host =
    options.receiver ?? (options.v6Links === 'all' ? network.farHostV6 : network.farHost);
  const usual = { latencyMs, intervalMs };
  const servers = Object.entries(options.dns ?? {}).map(([address, records]) => {
    const [command = '', ...rest] = inside(network.far);
    const argv = [process.execPath, DNS_PROGRAM, address, '53', JSON.stringify(records)];
    return startProgram(command, [...rest, ...argv]);
  });
  const far = start(network.far, 'far', {
    ...usual,
    // All addresses: a reply must leave from the one that was asked.
    listen: { host: '::', port: PORT },
    program: relay,
  });
  const devices = Array.from({ length: links }, (_, link) => `wwan${link}`);
  const venue = start(network.venue, 'venue', {
    ...usual,
    ...{ receiver: { host, port: PORT }, devices, servers: Object.keys(options.dns ?? {}) },
    program: sender,
  });
  const lastOf = <Line>(program: Program): Line =>
    JSON.parse(program.output().trimEnd().split('\n').findLast(isComplete) ?? '{}') as Line;
  const bonded: Bonded = {
    network,
    venue: () => lastOf(venue),
    far: () => lastOf(far),
    output: venue.output,
    questions: () => servers.flatMap((server) => server.output().match(/asked from \S+/g) ?? []),
    link: (index) => bonded.venue().links?.find(({ id }) => id === `wwan${index}`),
    reach: async (check, morePackets = 300) => {
      await until(check, 30_000, () => far.output() + venue.output());
      const { received = 0 } = bonded.far();
      const isReached = () => bonded.far().received > received + morePackets;
      await until(isReached, 30_000, () => far.output() + venue.output());
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([far, venue, ...servers].map((program) => program[Symbol.asyncDispose]()));
      network[Symbol.dispose]();
    },
  };
  return bonded;
}

function start(namespace: string, role: string, options: FarOptions | VenueOptions): Program {
  const [command = '', ...rest] = inside(namespace);
  return startProgram(command, [
    ...rest,
    ...[process.execPath, ...PROGRAM, role, JSON.stringify(options)],
  ]);
}

/** The output ends within a line, and its start may be cut off. */
function isComplete(line: string): boolean {
  return line.startsWith('{"') && line.endsWith('}') && !line.includes('isStarted');
}

/** Of three links two die in turn: the first two, and, once the first is back, the last. */
export async function twoOfThreeDie({ network, link, reach }: Bonded): Promise<void> {
  const isIn = (index: number) => link(index)?.state === 'active';
  // After four seconds a link is out: a slow machine that looks seldom sees only that.
  const isDown = (index: number) => ['stalled', 'out'].includes(link(index)?.state ?? '');
  await reach(() => [0, 1, 2].every(isIn));
  for (const index of [0, 1]) network.blackHole(index, true);
  await reach(() => isDown(0) && isDown(1));
  network.blackHole(0, false);
  await reach(() => isIn(0));
  network.blackHole(2, true);
  await reach(() => isDown(2));
}
