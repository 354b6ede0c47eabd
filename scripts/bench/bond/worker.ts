/** One part of the measured chain in a process of its own: `worker.ts <role> <json options>`. */
import { createSocket } from 'node:dgram';
import { systemClock } from '../../../hal/os/clock.ts';
import { openLog } from '../../../hal/os/log.ts';
import type { Endpoint, LinkConfig } from '../../../pipelines/bond/core/config.ts';
import type { SrtTap } from '../../../pipelines/bond/net/encoder-port.ts';
import { type BondControl, runBond } from '../../../pipelines/bond/net/sender.ts';
import { runRelay } from '../../../pipelines/bond/relay/relay.ts';
import { isSrtData } from '../../../pipelines/bond/wire/srt.ts';
import { SrtObserver } from '../../../pipelines/uplink/srt-observer.ts';
import { type Impairment, runImpairment } from './impair.ts';
import { countMissing, type Feed, openSink, readNumber, runFeed } from './traffic.ts';

interface Options {
  readonly listen?: Endpoint;
  readonly target?: Endpoint;
  readonly links?: readonly LinkConfig[];
  readonly port?: number;
}

/** Some seconds of a fast link. */
const TIMES_KEPT = 5_000;

type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

const stop = new AbortController();
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => stop.abort());
const log = openLog('warn', 'people', (line) => process.stderr.write(line));
const deps = { clock: systemClock, log };

const [, , role = '', json = '{}'] = process.argv;
const handlers = await start(role, JSON.parse(json) as Options);
process.on('message', (message: { id: number; ask: string; argument: never }) => {
  const answer = (value: unknown) => process.send?.({ id: message.id, value });
  answer(handlers[message.ask]?.(message.argument));
});
process.send?.({ id: 0 });

async function start(name: string, options: Options): Promise<Handlers> {
  const { listen = { host: '', port: 0 }, target = { host: '', port: 0 } } = options;
  switch (name) {
    case 'bond':
      return startBond(listen, target, options.links ?? []);
    case 'relay':
      await new Promise<Endpoint>((onStart) => {
        runRelay({ listen, srt: target }, { ...deps, onStart }, stop.signal).then(
          () => process.exit(0),
          fail,
        );
      });
      return {};
    case 'impair':
      return startImpairing(listen, target);
    case 'feed': {
      const feed: Feed = { bitrateBps: 0, sentTotal: 0 };
      runFeed(feed, options.port ?? 0).catch(fail);
      return {
        rate: (bitrateBps: number) => {
          feed.bitrateBps = bitrateBps;
        },
        read: () => ({ sentTotal: feed.sentTotal }),
      };
    }
    case 'sink': {
      const sink = await openSink(options.port ?? 0);
      return {
        read: () => ({ ...sink.read(), silentMs: performance.now() - sink.read().lastMs }),
        missing: ({ first, end }: { first: number; end: number }) => sink.countMissing(first, end),
        clearGap: () => sink.clearGap(),
      };
    }
    case 'bare':
      return startBare(listen, target);
    default:
      throw new Error(`no role ${name}`);
  }
}

function startImpairing(listen: Endpoint, target: Endpoint): Handlers {
  const impairments = new Map<string, Impairment>();
  /** When each link brought packets of the encoder: the last of them. */
  const times = new Map<string, number[]>();
  const onUp = (address: string, packet: Buffer) => {
    if (!isSrtData(packet)) return;
    const all = times.get(address) ?? [];
    all.push(systemClock.monotonicMs());
    if (all.length > 2 * TIMES_KEPT) all.splice(0, TIMES_KEPT);
    times.set(address, all);
  };
  runImpairment(listen, target, impairments, onUp).catch(fail);
  return {
    set: ({ address, ...impairment }: Impairment & { address: string }) => {
      impairments.set(address, impairment);
      return systemClock.monotonicMs();
    },
    times: (address: string) => times.get(address) ?? [],
    carried: ({ address, ms }: { address: string; ms: number }) => {
      const sinceMs = systemClock.monotonicMs() - ms;
      return (times.get(address) ?? []).filter((atMs) => atMs >= sinceMs).length;
    },
  };
}

async function startBond(
  listen: Endpoint,
  receiver: Endpoint,
  links: readonly LinkConfig[],
): Promise<Handlers> {
  const startedMs = systemClock.monotonicMs();
  const observer = new SrtObserver();
  const offered = new Set<number>();
  const tap: SrtTap = {
    fromEncoder: (packet, nowMs) => {
      const number = readNumber(packet);
      if (number >= 0) offered.add(number);
      return observer.fromEncoder(packet, nowMs);
    },
    toEncoder: (packet, nowMs) => observer.toEncoder(packet, nowMs),
  };
  const control = await new Promise<BondControl>((onStart) => {
    runBond({ listen, receiver, links }, { ...deps, tap, onStart }, stop.signal).then(
      () => process.exit(0),
      fail,
    );
  });
  return {
    started: () => startedMs,
    read: () => control.snapshot(),
    srt: () => observer.figures(systemClock.monotonicMs()),
    unoffered: ({ first, end }: { first: number; end: number }) =>
      countMissing(offered, first, end),
    links: control.setLinks,
  };
}

/** A datagram relay without any logic: what Node itself costs. */
async function startBare(listen: Endpoint, target: Endpoint): Promise<Handlers> {
  const front = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
  const back = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
  let port = 0;
  const ignore = () => undefined;
  await new Promise<void>((done) => back.connect(target.port, target.host, done));
  back.on('message', (packet) => {
    if (port > 0) front.send(packet, port, '127.0.0.1', ignore);
  });
  back.on('error', ignore);
  front.on('message', (packet, from) => {
    port = from.port;
    back.send(packet, ignore);
  });
  await new Promise<void>((done) => front.bind(listen.port, listen.host, done));
  return {};
}

function fail(error: unknown): never {
  console.error(role, error);
  process.exit(1);
}
