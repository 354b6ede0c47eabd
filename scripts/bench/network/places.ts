/**
 * Namespaces of a box with the crew's machine and two links, each with a bottleneck of its own
 * behind the box, as a modem has it.
 *
 *   crew ── eth1  box  eth0 ── modem0 ══(slow)══ far 198.51.100.1
 *                      wwan0 ─ modem1 ══(slow)══ far 198.51.100.2
 */
import { runCommand } from '../../../hal/os/process.ts';

export type Place = 'box' | 'crew' | 'modem0' | 'modem1' | 'far';
const PLACES: readonly Place[] = ['box', 'crew', 'modem0', 'modem1', 'far'];

export interface Link {
  readonly device: string;
  readonly source: string;
  /** Of the far end by this link. */
  readonly far: string;
}

export const LINKS: readonly Link[] = [
  { device: 'eth0', source: '10.97.0.2', far: '198.51.100.1' },
  { device: 'wwan0', source: '10.97.1.2', far: '198.51.100.2' },
];

export interface Places extends AsyncDisposable {
  inside(place: Place): readonly string[];
  /** Rejects where a command fails. */
  run(place: Place, ...words: readonly string[]): Promise<string>;
}

/** What a modem holds before it drops: as long as many do. */
const QUEUE_MS = 400;

/** @param rateBps Of each link, upwards. Rejects when this machine cannot make namespaces. */
export async function openPlaces(rateBps: number): Promise<Places> {
  const name = (place: Place) => `vbn${place}${process.pid}`;
  const inside = (place: Place) => ['ip', 'netns', 'exec', name(place)];
  const exec = async (words: readonly string[]) => {
    const [command = '', ...args] = words;
    const done = await runCommand(command, args, { timeoutMs: 20_000 });
    if (done.exitCode !== 0) throw new Error(`${words.join(' ')}: ${done.stderr.trim()}`);
    return done.stdout;
  };
  const run = (place: Place, ...words: readonly string[]) => exec([...inside(place), ...words]);
  const close = async () => {
    for (const place of PLACES) await exec(['ip', 'netns', 'del', name(place)]).catch(() => '');
  };
  const cable = async (a: Place, aName: string, b: Place, bName: string, net: string) => {
    const peer = ['type', 'veth', 'peer', 'name', bName, 'netns', name(b)];
    await exec(['ip', 'link', 'add', aName, 'netns', name(a), ...peer]);
    await run(a, 'ip', 'addr', 'add', `${net}.2/24`, 'dev', aName);
    await run(b, 'ip', 'addr', 'add', `${net}.1/24`, 'dev', bName);
    await run(a, 'ip', 'link', 'set', aName, 'up');
    await run(b, 'ip', 'link', 'set', bName, 'up');
  };
  const make = async () => {
    for (const place of PLACES) {
      await exec(['ip', 'netns', 'add', name(place)]);
      await run(place, 'ip', 'link', 'set', 'lo', 'up');
      await run(place, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward');
    }
    await cable('crew', 'lan', 'box', 'eth1', '10.42.77');
    await run('crew', 'ip', 'route', 'add', 'default', 'via', '10.42.77.1');
    for (const [i, { device, far }] of LINKS.entries()) {
      const modem = `modem${i}` as Place;
      await cable('box', device, modem, 'lan', `10.97.${i}`);
      await cable(modem, 'air', 'far', `air${i}`, `10.96.${i}`);
      await run('far', 'ip', 'addr', 'add', `${far}/32`, 'dev', 'lo');
      await run(modem, 'ip', 'route', 'add', 'default', 'via', `10.96.${i}.1`);
      await run('far', 'ip', 'route', 'add', `10.97.${i}.0/24`, 'via', `10.96.${i}.2`);
      const gateway = ['via', `10.97.${i}.1`, 'dev', device];
      await run('box', 'ip', 'route', 'add', `${far}/32`, ...gateway);
      const metric = ['metric', String(100 + i)];
      await run('box', 'ip', 'route', 'add', 'default', ...gateway, ...metric);
      const limit = ['tbf', 'rate', `${rateBps}bit`, 'burst', '6000', 'latency', `${QUEUE_MS}ms`];
      await run(modem, 'tc', 'qdisc', 'add', 'dev', 'air', 'root', ...limit);
    }
  };
  try {
    await make();
  } catch (error) {
    await close();
    throw error;
  }
  return { inside, run, [Symbol.asyncDispose]: close };
}
