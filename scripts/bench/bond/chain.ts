/** The complete chain of the bond's benchmark, in network namespaces. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkConfig } from '../../../pipelines/bond/core/config.ts';
import type { BondSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import type { Impairment } from './impair.ts';
import { type Network, openNetwork } from './network.ts';
import { type Command, startCommand, startWorker, type Worker } from './processes.ts';
import type { Arrivals } from './traffic.ts';

const ENCODER_PORT = 7000;
const BOND_PORT = 5001;
const FRONT_PORT = 5000;
const RELAY = { host: '127.0.0.1', port: 6000 } as const;
const LISTENER = { host: '127.0.0.1', port: 6001 } as const;
const SINK_PORT = 7001;

export interface LinkSpec extends Partial<Impairment> {
  readonly rateBps?: number;
}

export interface ChainOptions {
  readonly links: readonly LinkSpec[];
  readonly latencyMs: number;
  /** Per cent over the encoder's rate that SRT may use; 0 for no cap. */
  readonly overheadPct?: number;
  /** Another SRTLA receiver in place of ours; its argv may name `{relayPort}` and other ports. */
  readonly relayCommand?: readonly string[];
  /** Another SRTLA sender in place of ours. */
  readonly senderCommand?: readonly string[];
  /** Neither: one bare datagram relay from the encoder to the SRT listener. */
  readonly isBare?: boolean;
  /** Between the sender and the relay; 4 where it is left out. */
  readonly family?: 4 | 6;
}

export interface Progress extends Arrivals {
  readonly silentMs: number;
}

/** feed -> srt-live-transmit -> bond -> links -> impairment -> relay -> srt-live-transmit -> sink. */
export interface Chain {
  readonly network: Network;
  /** The sender under test, ours or the bare one; undefined for another's. */
  readonly bond: Worker | undefined;
  readonly senderPid: number;
  readonly relayPid: number | undefined;
  /** Data packets that each link has brought in the last `ms`, before any impairment. */
  carried(ms: number): Promise<readonly number[]>;
  impair(link: number, impairment: Partial<Impairment>): Promise<void>;
  setRate(bitrateBps: number): Promise<void>;
  sent(): Promise<number>;
  progress(): Promise<Progress>;
  /** Numbers from `first` to before `end` that never came out, though the sender was given them. */
  missing(first: number, end: number): Promise<number>;
  /** Numbers that our sender was never given: the machine was too busy to feed it. 0 for others. */
  unoffered(first: number, end: number): Promise<number>;
  snapshot(): Promise<BondSnapshot>;
  close(): Promise<void>;
}

/** Sets the complete chain up. What was started ends with {@link Chain.close}. */
export async function openChain(options: ChainOptions): Promise<Chain> {
  const network = await openNetwork(options.links.length, options.family ?? 4);
  const parts: (Worker | Command)[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'bench-bond-'));
  const close = async () => {
    await Promise.all(parts.map((part) => part.stop()));
    await network.close();
    rmSync(directory, { recursive: true, force: true });
  };
  const building: Building = {
    ...{ options, network, directory },
    worker: async (namespace, role, extra) => {
      const started = await startWorker(namespace, role, extra);
      parts.push(started);
      return started;
    },
    command: (namespace, name, argv) => {
      const started = startCommand(namespace, argv, join(directory, `${name}.log`));
      parts.push(started);
      return started;
    },
  };
  try {
    return { ...(await startChain(building)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A chain under construction: what it starts is stopped with it. */
interface Building {
  readonly options: ChainOptions;
  readonly network: Network;
  readonly directory: string;
  worker(namespace: string, role: string, extra: object): Promise<Worker>;
  command(namespace: string, name: string, argv: readonly string[]): Command;
}

async function startChain(building: Building): Promise<Omit<Chain, 'close'>> {
  const { network } = building;
  const { sink, relay } = await startReceiver(building);
  const impairing = await startImpairment(building);
  const { bond, pid } = await startSender(building);
  const feed = await startCaller(building);
  const unoffered = async (first: number, end: number) =>
    building.options.isBare ? 0 : ((await bond?.ask<number>('unoffered', { first, end })) ?? 0);
  await sleep(1500);
  return {
    ...{ network, bond, senderPid: pid, relayPid: relay?.pid, ...impairing },
    setRate: (bitrateBps) => feed.ask('rate', bitrateBps),
    sent: async () => (await feed.ask<{ sentTotal: number }>('read')).sentTotal,
    progress: () => sink.ask('read'),
    missing: async (first, end) => {
      const missing = await sink.ask<number>('missing', { first, end });
      return missing - (await unoffered(first, end));
    },
    unoffered,
    snapshot: async () => {
      if (bond === undefined) throw new Error('only our own sender has figures');
      return await bond.ask('read');
    },
  };
}

/** The far end: relay, SRT listener and sink. */
async function startReceiver({ options, network, worker, command }: Building) {
  const { receiver, receiverHost } = network;
  const sink = await worker(receiver, 'sink', { port: SINK_PORT });
  const host = options.isBare ? receiverHost : LISTENER.host;
  const listening = `srt://${host}:${LISTENER.port}?mode=listener&latency=${options.latencyMs}`;
  command(receiver, 'listener', transmit(listening, `udp://127.0.0.1:${SINK_PORT}`));
  if (options.isBare) return { sink };
  const { relayCommand } = options;
  const relay =
    relayCommand === undefined
      ? await worker(receiver, 'relay', { listen: RELAY, target: LISTENER })
      : command(receiver, 'relay', fill(relayCommand, { receiverHost }));
  return { sink, relay };
}

async function startImpairment({
  options,
  network,
  worker,
}: Building): Promise<Pick<Chain, 'impair' | 'carried'>> {
  const impairing = await worker(network.receiver, 'impair', {
    listen: { host: network.receiverHost, port: FRONT_PORT },
    target: RELAY,
  });
  const impairments = options.links.map(({ rateBps: _, ...impairment }) => ({
    delayMs: 0,
    jitterMs: 0,
    lossRatio: 0,
    isBlackHole: false,
    ...impairment,
  }));
  const impair = async (index: number, change: Partial<Impairment>) => {
    const impairment = impairments[index];
    if (impairment === undefined) return;
    Object.assign(impairment, change);
    await impairing.ask('set', { address: network.links[index]?.sourceAddress, ...impairment });
  };
  for (const [index, { rateBps }] of options.links.entries()) {
    await impair(index, {});
    if (rateBps !== undefined) await network.setRate(index, rateBps);
  }
  const carried = (ms: number) =>
    Promise.all(
      network.links.map(({ sourceAddress: address }) =>
        impairing.ask<number>('carried', { address, ms }),
      ),
    );
  return { impair, carried };
}

/** The encoder: its packets, and the SRT caller that sends them to the bond. */
async function startCaller({ options, network, worker, command }: Building): Promise<Worker> {
  const { sender } = network;
  const feed = await worker(sender, 'feed', { port: ENCODER_PORT });
  const cap = options.overheadPct ? `&maxbw=0&inputbw=0&oheadbw=${options.overheadPct}` : '';
  const calling = `srt://127.0.0.1:${BOND_PORT}?mode=caller&latency=${options.latencyMs}${cap}`;
  command(sender, 'caller', transmit(`udp://127.0.0.1:${ENCODER_PORT}`, calling));
  return feed;
}

async function startSender(
  building: Building,
): Promise<{ readonly bond: Worker | undefined; readonly pid: number }> {
  const { options, network, directory, worker, command } = building;
  const { sender, links, receiverHost } = network;
  const listen = { host: '127.0.0.1', port: BOND_PORT };
  if (options.isBare) {
    const target = { host: receiverHost, port: LISTENER.port };
    const bare = await worker(sender, 'bare', { listen, target });
    return { bond: bare, pid: bare.pid };
  }
  if (options.senderCommand !== undefined) {
    const addresses = join(directory, 'addresses');
    writeFileSync(addresses, links.map(({ sourceAddress }) => `${sourceAddress}\n`).join(''));
    const argv = fill(options.senderCommand, { addresses, receiverHost });
    return { bond: undefined, pid: command(sender, 'sender', argv).pid };
  }
  const bond = await worker(sender, 'bond', {
    listen,
    target: { host: receiverHost, port: FRONT_PORT },
    links: links.map(toConfig),
  });
  return { bond, pid: bond.pid };
}

function toConfig({
  device,
  sourceAddress,
}: {
  device: string;
  sourceAddress: string;
}): LinkConfig {
  return { id: device, sourceAddress, weight: 1, isBackup: false, isEnabled: true };
}

function transmit(from: string, to: string): string[] {
  return ['srt-live-transmit', '-chunk:1316', '-loglevel:error', from, to];
}

/** Puts the chain's ports and addresses into another program's argv. */
function fill(argv: readonly string[], more: Readonly<Record<string, string>>): string[] {
  const values: Readonly<Record<string, string>> = {
    relayPort: `${RELAY.port}`,
    listenerPort: `${LISTENER.port}`,
    bondPort: `${BOND_PORT}`,
    receiverPort: `${FRONT_PORT}`,
    ...more,
  };
  return argv.map((part) =>
    part.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
  );
}
