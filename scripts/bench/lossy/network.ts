/** A venue and a guest in network namespaces of their own, joined by a cable that loses packets. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { CableOptions } from './cable.ts';

export interface LossyNetwork extends AsyncDisposable {
  /** Namespaces. */
  readonly venue: string;
  readonly guest: string;
  readonly venueAddress: string;
}

export interface LossyOptions extends CableOptions {
  /** What the venue can send; left out: all. */
  readonly rateBps?: number;
}

const VENUE_ADDRESS = '10.93.0.1';
const GUEST_ADDRESS = '10.93.0.2';
/** What a limited line holds before it drops. */
const QUEUE_MS = 200;

/** Rejects where this machine cannot make namespaces or tunnels. */
export async function openLossyNetwork(options: LossyOptions): Promise<LossyNetwork> {
  const [venue, guest] = [`vlv${process.pid}`, `vlg${process.pid}`];
  let cable: ChildProcess | undefined;
  const close = () => {
    cable?.kill('SIGKILL');
    for (const name of [venue, guest]) {
      try {
        ip('netns', 'del', name);
      } catch {
        // It was never made.
      }
    }
  };
  try {
    const ends = [
      { namespace: venue, device: `v${process.pid}`, address: VENUE_ADDRESS },
      { namespace: guest, device: `g${process.pid}`, address: GUEST_ADDRESS },
    ] as const;
    cable = await startCable(
      ends.map(({ device }) => device),
      options,
    );
    for (const { namespace, device, address } of ends) {
      ip('netns', 'add', namespace);
      ip('link', 'set', device, 'netns', namespace);
      at(namespace, 'ip', 'link', 'set', 'lo', 'up');
      at(namespace, 'ip', 'addr', 'add', `${address}/24`, 'dev', device);
      at(namespace, 'ip', 'link', 'set', device, 'up');
    }
    const { rateBps } = options;
    if (rateBps !== undefined) {
      const limit = ['tbf', 'rate', `${rateBps}bit`, 'burst', '6000', 'latency', `${QUEUE_MS}ms`];
      at(venue, 'tc', 'qdisc', 'add', 'dev', ends[0].device, 'root', ...limit);
    }
  } catch (error) {
    close();
    throw error;
  }
  return {
    ...{ venue, guest, venueAddress: VENUE_ADDRESS },
    [Symbol.asyncDispose]: async () => close(),
  };
}

async function startCable(
  devices: readonly string[],
  { lossRatio, jitterMs }: CableOptions,
): Promise<ChildProcess> {
  const options = JSON.stringify({ lossRatio, jitterMs } satisfies CableOptions);
  const args = ['--import', 'tsx', 'scripts/bench/lossy/cable.ts', ...devices, options];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit').then(() => {
    throw new Error('this machine has no /dev/net/tun for the benchmark');
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  ended.catch(() => undefined);
  return child;
}

function at(namespace: string, ...command: readonly string[]): void {
  ip('netns', 'exec', namespace, ...command);
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 5_000 });
}
