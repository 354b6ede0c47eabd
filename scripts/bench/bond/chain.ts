import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkConfig } from '../../../pipelines/bond/core/config.ts';
import type { BondSnapshot } from '../../../pipelines/bond/core/snapshot.ts';
import type { Impairment } from './impair.ts';
import { type Network, openNetwork, RECEIVER_HOST } from './network.ts';
import { type Command, startCommand, startWorker, type Worker } from './processes.ts';
import type { Arrivals } from './traffic.ts';

const ENCODER_PORT = 7000;
const BOND_PORT = 5001;
const FRONT_PORT = 5000;
const RELAY_PORT = 6000;
const LISTENER_PORT = 6001;
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
}

export interface Progress extends Arrivals {
  readonly silentMs: number;
}

/** feed -> srt-live-transmit -> bond -> links -> impairment -> relay -> srt-live-transmit -> sink. */
export interface Chain {
  readonly network: Network;
  /** The sender under test, ours or the bare one. */
  readonly bond: Worker | undefined;
  impair(link: number, impairment: Partial<Impairment>): Promise<void>;
  setRate(bitrateBps: number): Promise<void>;
  sent(): Promise<number>;
  progress(): Promise<Progress>;
  /** Numbers from `first` to before `end` that never came out. */
  missing(first: number, end: number): Promise<number>;
  snapshot(): Promise<BondSnapshot>;
  close(): Promise<void>;
}

/** Sets the whole chain up. Whatever was started ends with {@link Chain.close}. */
export async function openChain(options: ChainOptions): Promise<Chain> {
  const network = await openNetwork(options.links.length);
  const parts: (Worker | Command)[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'bench-bond-'));
  const close = async () => {
    await Promise.all(parts.map((part) => part.stop()));
    await network.close();
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    return await fillChain(options, network, directory, parts, close);
  } catch (error) {
    await close();
    throw error;
  }
}

async function fillChain(
  options: ChainOptions,
  network: Network,
  directory: string,
  parts: (Worker | Command)[],
  close: () => Promise<void>,
): Promise<Chain> {
  const { sender, receiver, links } = network;
  const worker = async (namespace: string, role: string, extra: object) => {
    const started = await startWorker(namespace, role, extra);
    parts.push(started);
    return started;
  };
  const command = (namespace: string, name: string, argv: readonly string[]) =>
    parts.push(startCommand(namespace, argv, join(directory, `${name}.log`)));
  const relayHost = { host: '127.0.0.1', port: RELAY_PORT };
  const listener = { host: '127.0.0.1', port: LISTENER_PORT };

  const sink = await worker(receiver, 'sink', { port: SINK_PORT });
  const srtUri = `srt://${RECEIVER_HOST}:${LISTENER_PORT}?mode=listener&latency=${options.latencyMs}`;
  const listening = srtUri.replace(RECEIVER_HOST, options.isBare ? RECEIVER_HOST : '127.0.0.1');
  command(receiver, 'listener', transmit(listening, `udp://127.0.0.1:${SINK_PORT}`));
  if (options.relayCommand === undefined) {
    await worker(receiver, 'relay', { listen: relayHost, target: listener });
  } else {
    command(receiver, 'relay', fill(options.relayCommand, {}));
  }
  const impairing = await worker(receiver, 'impair', {
    listen: { host: RECEIVER_HOST, port: FRONT_PORT },
    target: relayHost,
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
    await impairing.ask('set', { address: links[index]?.sourceAddress, ...impairment });
  };
  for (const [index, { rateBps }] of options.links.entries()) {
    await impair(index, {});
    if (rateBps !== undefined) await network.setRate(index, rateBps);
  }
  const bond = await startSender(options, network, directory, worker, command);
  const feed = await worker(sender, 'feed', { port: ENCODER_PORT });
  const cap = options.overheadPct ? `&maxbw=0&inputbw=0&oheadbw=${options.overheadPct}` : '';
  const calling = `srt://127.0.0.1:${BOND_PORT}?mode=caller&latency=${options.latencyMs}${cap}`;
  command(sender, 'caller', transmit(`udp://127.0.0.1:${ENCODER_PORT}`, calling));
  await sleep(1500);
  return {
    network,
    bond,
    impair,
    setRate: (bitrateBps) => feed.ask('rate', bitrateBps),
    sent: async () => (await feed.ask<{ sentTotal: number }>('read')).sentTotal,
    progress: () => sink.ask('read'),
    missing: (first, end) => sink.ask('missing', { first, end }),
    snapshot: async () => {
      if (bond === undefined) throw new Error('only our own sender has figures');
      return await bond.ask('read');
    },
    close,
  };
}

async function startSender(
  options: ChainOptions,
  { sender, links }: Network,
  directory: string,
  worker: (namespace: string, role: string, extra: object) => Promise<Worker>,
  command: (namespace: string, name: string, argv: readonly string[]) => unknown,
): Promise<Worker | undefined> {
  const listen = { host: '127.0.0.1', port: BOND_PORT };
  if (options.isBare) {
    return await worker(sender, 'bare', {
      listen,
      target: { host: RECEIVER_HOST, port: LISTENER_PORT },
    });
  }
  if (options.senderCommand !== undefined) {
    const addresses = join(directory, 'addresses');
    writeFileSync(addresses, links.map(({ sourceAddress }) => `${sourceAddress}\n`).join(''));
    command(sender, 'sender', fill(options.senderCommand, { addresses }));
    return undefined;
  }
  return await worker(sender, 'bond', {
    listen,
    target: { host: RECEIVER_HOST, port: FRONT_PORT },
    links: links.map(toConfig),
  });
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
    relayPort: `${RELAY_PORT}`,
    listenerPort: `${LISTENER_PORT}`,
    bondPort: `${BOND_PORT}`,
    receiverHost: RECEIVER_HOST,
    receiverPort: `${FRONT_PORT}`,
    ...more,
  };
  return argv.map((part) =>
    part.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole),
  );
}
