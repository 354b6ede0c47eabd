/**
 * What the crew's traffic at full load costs the stream: two links with a bottleneck each, the
 * stream on both, and uploads and a flood of the crew beside it, with the box's queues and
 * without.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openNetworkHelper } from '../../../hal/network/client.ts';
import type { NetworkPlan } from '../../../hal/network/plan.ts';
import { pause } from '../../../hal/os/async.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { type Figure, round } from '../machine.ts';
import { LINKS, openPlaces, type Place, type Places } from './places.ts';

const LINK_BPS = 6_000_000;
/** What the box is told that a link surely carries. */
const UP_BPS = 5_400_000;
const STREAM_BPS = 3_000_000;
/** Of the crew's flood, to each link. */
const FLOOD_BPS = 10_000_000;
const SECONDS = 15;
const FOREVER = new AbortController().signal;

interface Seen {
  readonly lostPct: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  readonly crewBps: number;
}

export async function benchNetwork(): Promise<readonly Figure[]> {
  await using places = await openPlaces(LINK_BPS);
  const alone = await measure(places, false);
  const bare = await measure(places, true);
  await using helper = await startHelper(places);
  const dns = LINKS[0]?.far ?? '';
  const crew = { device: 'eth1', upBps: UP_BPS, downBps: 50_000_000, dns };
  const queues = await helper.apply({ crew });
  const held = await measure(places, true);
  return [
    { name: 'queue of the crew’s class', value: queues, goal: 'cake, where the kernel has it' },
    ...figuresOf('stream alone', alone, 'what the links give'),
    ...figuresOf('beside the crew, without the box’s queues', bare, 'for comparison'),
    ...figuresOf('beside the crew, with them', held, 'no loss, as alone'),
  ];
}

function figuresOf(name: string, seen: Seen, goal: string): readonly Figure[] {
  const { lostPct, p50Ms, p99Ms, maxMs, crewBps } = seen;
  const delay = `${round(p50Ms)} / ${round(p99Ms)} / ${round(maxMs)} ms`;
  const crew = crewBps === 0 ? '' : `; crew ${round(crewBps / 1e6)} Mbit/s`;
  return [{ name, value: `lost ${round(lostPct, 2)} %, delay ${delay}${crew}`, goal }];
}

/** As systemd starts it, in the box's namespace. */
async function startHelper(places: Places) {
  const folder = await mkdtemp(join(tmpdir(), 'venuebox-bench-'));
  const path = join(folder, 'socket');
  const child = start(places, 'box', 'hal/network/helper/main.ts', [path]);
  const box = openNetworkHelper(systemClock, path);
  return {
    /** @returns the queue in each crew's class. */
    apply: async (plan: NetworkPlan) => {
      let reply = await box.ask({ verb: 'apply', plan }, FOREVER).catch(() => undefined);
      while (reply === undefined) {
        await pause(systemClock, 200, FOREVER);
        reply = await box.ask({ verb: 'apply', plan }, FOREVER).catch(() => undefined);
      }
      if (!reply.ok) throw new Error(`${reply.code}: ${reply.reason}`);
      return reply.shaped.map(({ device, queue }) => `${device} ${queue}`).join(', ');
    },
    [Symbol.asyncDispose]: async () => {
      await box.ask({ verb: 'undo' }, FOREVER);
      box[Symbol.dispose]();
      await child.end();
      await rm(folder, { recursive: true });
    },
  };
}

async function measure(places: Places, hasCrew: boolean): Promise<Seen> {
  const traffic = (place: Place, ...words: readonly string[]) =>
    start(places, place, 'scripts/bench/network/traffic.ts', words);
  const fars = LINKS.map(({ far }) => far);
  // Without the box's rules nothing hides the crew's address: the way back must be known.
  const back = ['10.42.77.0/24', 'via', '10.97.0.2'];
  await places.run('modem0', 'ip', 'route', 'replace', ...back);
  await places.run('modem1', 'ip', 'route', 'replace', '10.42.77.0/24', 'via', '10.97.1.2');
  await places.run('far', 'ip', 'route', 'replace', '10.42.77.0/24', 'via', '10.96.0.2');
  const receiver = traffic('far', 'receive', ...fars);
  await receiver.until('ready');
  const load = hasCrew ? traffic('crew', 'load', String(FLOOD_BPS), ...fars) : undefined;
  // The crew is at full load when the stream begins.
  await pause(systemClock, hasCrew ? 4_000 : 500, FOREVER);
  const links = LINKS.map(({ far, source }) => `${far},${source}`);
  const sender = traffic('box', 'stream', String(STREAM_BPS), String(SECONDS), ...links);
  const sent = (await sender.text())
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { sent: number }).sent)
    .reduce((sum, count) => sum + count, 0);
  await pause(systemClock, 1_500, FOREVER);
  await load?.end();
  receiver.stop();
  const [, line = '{}'] = (await receiver.text()).trim().split('\n');
  const { delaysMs, loadBytes } = JSON.parse(line) as {
    readonly delaysMs: Readonly<Record<string, readonly number[]>>;
    readonly loadBytes: number;
  };
  const delays = Object.values(delaysMs)
    .flat()
    .toSorted((a, b) => a - b);
  const at = (share: number) => delays[Math.floor((delays.length - 1) * share)] ?? Number.NaN;
  return {
    lostPct: (1 - delays.length / sent) * 100,
    ...{ p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) },
    crewBps: hasCrew ? (loadBytes * 8) / (SECONDS + 5.5) : 0,
  };
}

function start(places: Places, place: Place, program: string, words: readonly string[]) {
  const [command = '', ...inside] = places.inside(place);
  const args = [...inside, process.execPath, '--import', 'tsx', program, ...words];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const ended = once(child, 'close');
  return {
    until: async (word: string) => {
      while (!text.includes(word)) await pause(systemClock, 50, FOREVER);
    },
    text: async () => {
      await ended;
      return text;
    },
    stop: () => child.kill('SIGTERM'),
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
