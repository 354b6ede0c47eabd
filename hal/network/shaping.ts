/**
 * Queues by which the stream goes first: HTB, and in the crew's class cake where the kernel has
 * it. Pure.
 *
 * On the way out the box's own traffic is never shaped: its class has its rate for itself and is
 * charged to the parent all the same (HTB charges all parents), so that the crew's class, which
 * may only borrow from it, has what the stream leaves of `upBps`. cake as the root would hold the
 * stream to that rate as well.
 */
import * as v from 'valibot';
import type { CrewPlan } from './plan.ts';

/** An argument list for `tc`. */
export type TcCommand = readonly string[];

/** Of the box's own queues, in hexadecimal; nobody else's are touched. */
export const HANDLE = '8b0c';
const ROOT = `${HANDLE}:1`;
const OWN_CLASS = `${HANDLE}:10`;
export const CREW_CLASS = `${HANDLE}:20`;
const LEAF = '8b0d';

/** More than any interface of a box carries. */
const UNLIMITED_BPS = 10_000_000_000;
/** So much the crew always has, that a page says that it is slow instead of nothing. */
const CREW_MIN_BPS = 32_000;
/** Bytes of a class's turn: two packets; by its rate the kernel would choose a megabyte. */
const QUANTUM = '3028';
/** HTB's timing on a slow machine wants some. */
const BURST_BYTES = 6_000;

export type Queue = 'cake' | 'fq_codel' | 'fifo';

/** The better ones first; a kernel may lack the first two. */
export const QUEUES: readonly Queue[] = ['cake', 'fq_codel', 'fifo'];

/** On an interface that leads out: the stream goes first. */
export function outward(device: string, { upBps }: Pick<CrewPlan, 'upBps'>): readonly TcCommand[] {
  return [
    root(device),
    htbClass(device, `${HANDLE}:`, ROOT, { rateBps: upBps, ceilBps: upBps }),
    htbClass(device, ROOT, OWN_CLASS, { rateBps: UNLIMITED_BPS, ceilBps: UNLIMITED_BPS, prio: 0 }),
    htbClass(device, ROOT, CREW_CLASS, { rateBps: CREW_MIN_BPS, ceilBps: upBps, prio: 7 }),
  ];
}

/** On the crew's own: what it receives of others is held back, what the box sends it is not. */
export function inward(
  device: string,
  { downBps }: Pick<CrewPlan, 'downBps'>,
): readonly TcCommand[] {
  return [
    root(device),
    htbClass(device, `${HANDLE}:`, OWN_CLASS, { rateBps: UNLIMITED_BPS, ceilBps: UNLIMITED_BPS }),
    htbClass(device, `${HANDLE}:`, CREW_CLASS, { rateBps: downBps, ceilBps: downBps }),
  ];
}

/** In the crew's class: shared between its machines, and short. */
export function leaf(device: string, queue: Queue): TcCommand {
  const how = {
    cake: ['cake', 'unlimited', 'besteffort', 'nat', 'triple-isolate'],
    fq_codel: ['fq_codel'],
    fifo: ['pfifo', 'limit', '100'],
  }[queue];
  return ['qdisc', 'add', 'dev', device, 'parent', CREW_CLASS, 'handle', `${LEAF}:`, ...how];
}

/** The kernel removes it only where the handle is ours. */
export function removal(device: string): TcCommand {
  return ['qdisc', 'del', 'dev', device, 'root', 'handle', `${HANDLE}:`, 'htb'];
}

function root(device: string): TcCommand {
  // What is in neither class by its priority is the box's own.
  const at = ['qdisc', 'add', 'dev', device, 'root', 'handle', `${HANDLE}:`];
  return [...at, 'htb', 'default', '10'];
}

function htbClass(
  device: string,
  parent: string,
  classid: string,
  limits: { readonly rateBps: number; readonly ceilBps: number; readonly prio?: number },
): TcCommand {
  const { rateBps, ceilBps, prio } = limits;
  const burst = String(Math.max(BURST_BYTES, Math.round(ceilBps / 8 / 250)));
  const at = ['class', 'add', 'dev', device, 'parent', parent, 'classid', classid];
  const shape = ['htb', 'rate', `${rateBps}bit`, 'ceil', `${ceilBps}bit`, 'quantum', QUANTUM];
  const first = prio === undefined ? [] : ['prio', String(prio)];
  return [...at, ...shape, 'burst', burst, 'cburst', burst, ...first];
}

/** As `tc -json qdisc show` prints it; the kernel's own default has the handle `0:`. */
const qdiscs = v.array(
  v.object({
    kind: v.string(),
    handle: v.string(),
    dev: v.string(),
    root: v.optional(v.boolean(), false),
  }),
);

export interface FoundQueues {
  /** Interfaces that are up. */
  readonly present: ReadonlySet<string>;
  /** Interfaces with a root queue of ours, and the queue of the crew's class there. */
  readonly ours: ReadonlyMap<string, Queue>;
  /** Interfaces whose root queue somebody has set. */
  readonly taken: ReadonlySet<string>;
}

/** @throws where it is no such list. */
export function foundQueues(json: string): FoundQueues {
  const list = v.parse(qdiscs, JSON.parse(json));
  const ours = new Map<string, Queue>();
  const taken = new Set<string>();
  for (const { dev, handle, root: isRoot } of list) {
    if (!isRoot) continue;
    if (handle === `${HANDLE}:`) ours.set(dev, 'fifo');
    else if (handle !== '0:') taken.add(dev);
  }
  for (const { dev, handle, kind } of list) {
    if (handle !== `${LEAF}:` || !ours.has(dev)) continue;
    ours.set(dev, QUEUES.find((queue) => queue === kind) ?? 'fifo');
  }
  return { present: new Set(list.map(({ dev }) => dev)), ours, taken };
}
