/** Two network namespaces with a veth pair for each link. */
import { runCommand } from '../../../hal/os/process.ts';

/** Two namespaces of this run with one veth pair a link; nothing outside them is touched. */
export interface Network {
  readonly sender: string;
  readonly receiver: string;
  /** Where the receiving end is reached, over whichever link. */
  readonly receiverHost: string;
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
}

type Family = 4 | 6;

/** Where the receiving end is reached, over whichever link. */
const RECEIVER_HOSTS = { 4: '10.88.0.1', 6: 'fd88::1' } as const;
/** Of an address, and of a link's network. */
const BITS = { 4: [32, 24], 6: [128, 64] } as const;

/** What a limited link holds before it drops. */
const QUEUE_MS = 200;

/** Rejects when this machine cannot make namespaces. */
export async function openNetwork(count: number, family: Family): Promise<Network> {
  const sender = `vbs${process.pid}`;
  const receiver = `vbr${process.pid}`;
  const receiverHost = RECEIVER_HOSTS[family];
  const [hostBits] = BITS[family];
  const links = Array.from({ length: count }, (_, index) => linkOf(index, family));
  const close = async () => {
    await ip(['netns', 'del', sender]).catch(() => undefined);
    await ip(['netns', 'del', receiver]).catch(() => undefined);
  };
  const inSender = (...args: string[]) => inside(sender, 'ip', [`-${family}`, ...args]);
  const route = async (index: number) => {
    const link = links[index];
    if (link === undefined) return;
    const to = ['via', link.gateway, 'dev', link.device, 'table', `${100 + index}`];
    await inSender('route', 'replace', 'default', ...to);
  };
  try {
    for (const name of [sender, receiver]) {
      await ip(['netns', 'add', name]);
      await inside(name, 'ip', ['link', 'set', 'lo', 'up']);
    }
    await inside(receiver, 'ip', ['addr', 'add', `${receiverHost}/${hostBits}`, 'dev', 'lo']);
    for (const link of links) await addLink(sender, receiver, link, family);
    for (const [index, { sourceAddress }] of links.entries()) {
      const table = `${100 + index}`;
      await inSender('rule', 'add', 'from', `${sourceAddress}/${hostBits}`, 'lookup', table);
      await inSender('route', 'add', 'unreachable', 'default', 'metric', '4096', 'table', table);
      await route(index);
    }
    // For what binds to no link: the bare relay.
    const [first] = links;
    if (first !== undefined) {
      await inSender('route', 'add', 'default', 'via', first.gateway, 'dev', first.device);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    ...{ sender, receiver, receiverHost, links },
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

/** Addresses in their shortest form, as sockets report them. */
function linkOf(index: number, family: Family): NetworkLink {
  const network = family === 4 ? `10.77.${index}.` : `fd77:${index + 1}::`;
  return { sourceAddress: `${network}2`, device: `up${index}`, gateway: `${network}1` };
}

async function addLink(
  sender: string,
  receiver: string,
  { device, sourceAddress, gateway }: NetworkLink,
  family: Family,
): Promise<void> {
  const far = device.replace('up', 'far');
  const bits = BITS[family][1];
  const pair = ['type', 'veth', 'peer', 'name', far, 'netns', receiver];
  await ip(['link', 'add', device, 'netns', sender, ...pair]);
  for (const [namespace, address, name] of [
    [sender, sourceAddress, device],
    [receiver, gateway, far],
  ] as const) {
    // An address that is still checked for duplicates cannot be used.
    const more = family === 6 ? ['nodad'] : [];
    await inside(namespace, 'ip', ['addr', 'add', `${address}/${bits}`, 'dev', name, ...more]);
    await inside(namespace, 'ip', ['link', 'set', name, 'up']);
  }
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
  const { exitCode, stderr } = await runCommand('ip', args, { timeoutMs: 30_000 });
  if (exitCode !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}
