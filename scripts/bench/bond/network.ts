/** Two network namespaces with a veth pair for each link. */
import { runCommand } from '../../../hal/os/process.ts';

/** Two namespaces of this run with one veth pair a link; nothing outside them is touched. */
export interface Network {
  readonly sender: string;
  readonly receiver: string;
  readonly links: readonly NetworkLink[];
  /** Limits what the link sends; `undefined` takes the limit off. */
  setRate(link: number, rateBps: number | undefined): Promise<void>;
  /** Longer packets vanish at the link's far end. */
  setMtu(link: number, bytes: number): Promise<void>;
  /** Pulls the plug on the sender's side, or puts it back with its route. */
  plug(link: number, isIn: boolean): Promise<void>;
  close(): Promise<void>;
}

export interface NetworkLink {
  readonly sourceAddress: string;
  readonly device: string;
  readonly gateway: string;
  readonly subnet: string;
}

/** Where the receiving end is reached, over whichever link. */
export const RECEIVER_HOST = '10.88.0.1';

/** What a limited link holds before it drops. */
const QUEUE_MS = 200;

/** Rejects when this machine cannot make namespaces. */
export async function openNetwork(count: number): Promise<Network> {
  const sender = `vbs${process.pid}`;
  const receiver = `vbr${process.pid}`;
  const links = Array.from({ length: count }, (_, index) => ({
    sourceAddress: `10.77.${index}.2`,
    device: `up${index}`,
    gateway: `10.77.${index}.1`,
    subnet: `10.77.${index}.0/24`,
  }));
  const close = async () => {
    await ip(['netns', 'del', sender]).catch(() => undefined);
    await ip(['netns', 'del', receiver]).catch(() => undefined);
  };
  try {
    for (const name of [sender, receiver]) {
      await ip(['netns', 'add', name]);
      await inside(name, 'ip', ['link', 'set', 'lo', 'up']);
    }
    await inside(receiver, 'ip', ['addr', 'add', `${RECEIVER_HOST}/32`, 'dev', 'lo']);
    for (const link of links) await addLink(sender, receiver, link);
  } catch (error) {
    await close();
    throw error;
  }
  const route = async (index: number) => {
    const link = links[index];
    if (link === undefined) return;
    const { device, gateway, sourceAddress } = link;
    const table = `${100 + index}`;
    const to = ['via', gateway, 'dev', device, 'src', sourceAddress, 'table', table];
    await inside(sender, 'ip', ['route', 'replace', 'default', ...to]);
  };
  for (const [index, { sourceAddress }] of links.entries()) {
    const table = `${100 + index}`;
    await inside(sender, 'ip', ['rule', 'add', 'from', `${sourceAddress}/32`, 'lookup', table]);
    const last = ['unreachable', 'default', 'metric', '4096', 'table', table];
    await inside(sender, 'ip', ['route', 'add', ...last]);
    await route(index);
  }
  // For what binds to no link: the bare relay.
  const [first] = links;
  if (first !== undefined) {
    await inside(sender, 'ip', ['route', 'add', 'default', 'via', first.gateway]);
  }
  return {
    sender,
    receiver,
    links,
    setRate: (index, rateBps) => setRate(sender, `up${index}`, rateBps),
    setMtu: (index, bytes) =>
      inside(receiver, 'ip', ['link', 'set', `far${index}`, 'mtu', `${bytes}`]),
    plug: async (index, isIn) => {
      await inside(sender, 'ip', ['link', 'set', `up${index}`, isIn ? 'up' : 'down']);
      if (isIn) await route(index);
    },
    close,
  };
}

async function addLink(sender: string, receiver: string, link: NetworkLink): Promise<void> {
  const far = link.device.replace('up', 'far');
  const pair = ['type', 'veth', 'peer', 'name', far, 'netns', receiver];
  await ip(['link', 'add', link.device, 'netns', sender, ...pair]);
  await inside(sender, 'ip', ['addr', 'add', `${link.sourceAddress}/24`, 'dev', link.device]);
  await inside(sender, 'ip', ['link', 'set', link.device, 'up']);
  await inside(receiver, 'ip', ['addr', 'add', `${link.gateway}/24`, 'dev', far]);
  await inside(receiver, 'ip', ['link', 'set', far, 'up']);
}

async function setRate(namespace: string, device: string, rateBps?: number): Promise<void> {
  if (rateBps === undefined) {
    await inside(namespace, 'tc', ['qdisc', 'del', 'dev', device, 'root']).catch(() => undefined);
    return;
  }
  const limit = ['tbf', 'rate', `${rateBps}bit`, 'burst', '6000', 'latency', `${QUEUE_MS}ms`];
  await inside(namespace, 'tc', ['qdisc', 'replace', 'dev', device, 'root', ...limit]);
}

async function inside(namespace: string, command: string, args: readonly string[]): Promise<void> {
  await ip(['netns', 'exec', namespace, command, ...args]);
}

async function ip(args: readonly string[]): Promise<void> {
  const { exitCode, stderr } = await runCommand('ip', args, { timeoutMs: 5000 });
  if (exitCode !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}
