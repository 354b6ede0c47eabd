/**
 * The two ends of a bond with their SRT ends' stand-ins, run inside namespaces:
 *
 *     bond-ends.ts far '{"listen": {"host", "port"}, "latencyMs"}'
 *     bond-ends.ts venue '{"receiver": {"host", "port"}, "devices": [], "bitrateBps"}'
 *
 * Each prints a line of JSON every 200 ms. With `program` another relay or sender takes the place
 * of ours: an argv that may hold {relayPort}, {listenerPort}, {bondPort}, {receiverHost},
 * {receiverPort} and {addresses}, a file with the links' addresses.
 */
import { createSocket, type Socket } from 'node:dgram';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { every, untilAborted } from '../../../hal/os/async.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { openLog } from '../../../hal/os/log.ts';
import type { Endpoint } from '../../../pipelines/bond/core/config.ts';
import { lookupThroughLink, openLookup } from '../../../pipelines/bond/net/link-lookup.ts';
import { runBond } from '../../../pipelines/bond/net/sender.ts';
import { runRelay } from '../../../pipelines/bond/relay/relay.ts';
import type { RelayLinkSnapshot } from '../../../pipelines/bond/relay/snapshot.ts';
import { sequenceAfter } from '../../../pipelines/bond/wire/sequence.ts';
import {
  isSrtData,
  markRetransmission,
  parseNak,
  readControlType,
  SRT_NAK,
} from '../../../pipelines/bond/wire/srt.ts';
import { followLinks } from '../../../pipelines/uplink/links-task.ts';
import {
  control,
  data,
  handshake,
  openReceiver,
} from '../../pipelines/bond/support/simulated-srt.ts';
import { startProgram } from '../program.ts';

const PRINT_MS = 200;
const LISTENER: Endpoint = { host: '127.0.0.1', port: 6001 };
const BOND: Endpoint = { host: '127.0.0.1', port: 6002 };
/** Other senders say nothing of their links: a handshake that is answered says that one is in. */
const HANDSHAKE_MS = 250;
/** After a machine was busy for longer less is sent: a burst would be more than the links carry. */
const MAX_BURST_MS = 50;

export interface FarOptions {
  readonly listen: Endpoint;
  readonly latencyMs: number;
  /** Of the encoder's packets, to know when a missing one was due. */
  readonly intervalMs: number;
  readonly program?: readonly string[] | undefined;
}

/** What the far end prints. */
export interface FarLine {
  readonly received: number;
  readonly lost: number;
  /** Of all groups of our relay. */
  readonly links: readonly RelayLinkSnapshot[];
}

export interface VenueOptions {
  readonly receiver: Endpoint;
  /** The links' DNS servers; where there are none, the system's. */
  readonly servers: readonly string[];
  readonly devices: readonly string[];
  readonly latencyMs: number;
  readonly intervalMs: number;
  readonly program?: readonly string[] | undefined;
}

const clock = systemClock;
const log = openLog('info', 'journal', (line) => process.stderr.write(line));
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Runs another program until this one ends; what it prints is for the test's messages. */
async function runProgram(
  argv: readonly string[],
  values: Readonly<Record<string, string | number>>,
): Promise<void> {
  const [command = '', ...args] = argv.map((part) =>
    part.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole)),
  );
  await using program = startProgram(command, args);
  void program.ended.then((code) => {
    if (!stop.signal.aborted) log.error('program ended', { command, code, said: program.output() });
  });
  await untilAborted(stop.signal);
}

async function runFar(options: FarOptions): Promise<void> {
  const { listen, latencyMs, intervalMs, program } = options;
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
  let peerPort = 0;
  const receiver = openReceiver(
    latencyMs,
    (sequence) => sequence * intervalMs,
    (packet) => socket.send(packet, peerPort, LISTENER.host),
  );
  let isStarted = false;
  let links: readonly RelayLinkSnapshot[] = [];
  socket.on('message', (packet, { port }) => {
    peerPort = port;
    if (isSrtData(packet)) {
      isStarted = true;
      receiver.onPacket(packet, clock.monotonicMs());
    } else if (packet.readUInt16BE(0) === 0x8000) {
      socket.send(handshake(latencyMs), port, LISTENER.host);
    }
  });
  await new Promise<void>((done) => socket.bind(LISTENER.port, LISTENER.host, done));
  const relay =
    program === undefined
      ? runRelay(
          { listen, srt: LISTENER },
          {
            clock,
            log,
            onStart: () => print({ isStarted: true }),
            onSnapshot: ({ groups }) => {
              links = groups.flatMap((group) => group.links);
            },
          },
          stop.signal,
        )
      : runProgram(program, { relayPort: listen.port, listenerPort: LISTENER.port });
  const ticking = every(10, stop.signal, () => {
    if (isStarted) receiver.tick(clock.monotonicMs());
    // As libsrt does where nothing else is to be sent.
    else if (peerPort > 0) socket.send(control(0x8001, 0), peerPort, LISTENER.host);
  });
  const printing = every(PRINT_MS, stop.signal, () => {
    const line: FarLine = { received: receiver.received, lost: receiver.lost, links };
    print(line);
  });
  await Promise.all([relay, ticking, printing]);
  socket.close();
}

async function runVenue(options: VenueOptions): Promise<void> {
  const { receiver, devices, servers, latencyMs, intervalMs } = options;
  const encoder = createSocket({ type: 'udp4', sendBufferSize: 4_000_000 });
  const lookup = servers.length === 0 ? lookupThroughLink : openLookup(() => servers);
  const usual = { weight: 1, isBackup: false, isEnabled: true };
  await runBond(
    { listen: { host: '127.0.0.1', port: 0 }, receiver, links: [] },
    {
      clock,
      log,
      lookup,
      onStart: (bond, { host, port }) => {
        encoder.on('message', (packet) => {
          for (const sequence of askedAgain(packet)) {
            const again = data(sequence);
            markRetransmission(again);
            encoder.send(again, port, host);
          }
        });
        const wanted = devices.map((device) => ({ ...usual, id: device, device }));
        const used = { period: '', bytesByLink: {} };
        const onLinks: Parameters<typeof followLinks>[0]['onLinks'] = (links) => {
          bond.setLinks(links);
        };
        const prefersV6 = () => isIPv6(receiver.host);
        const deps = { wanted: () => wanted, used: () => used, prefersV6, onLinks, clock, log };
        void followLinks(deps, stop.signal);
        let sequence = 0;
        let startMs: number | undefined;
        void every(2, stop.signal, () => {
          const isActive = bond.snapshot().links.some(({ state }) => state === 'active');
          if (startMs === undefined) {
            if (!isActive) return;
            startMs = clock.monotonicMs();
            encoder.send(handshake(latencyMs), port, host);
          }
          const lateMs = clock.monotonicMs() - startMs - sequence * intervalMs;
          startMs += Math.max(0, lateMs - MAX_BURST_MS);
          while (sequence * intervalMs < clock.monotonicMs() - startMs) {
            encoder.send(data(sequence), port, host);
            sequence = sequenceAfter(sequence);
          }
        });
        void every(PRINT_MS, stop.signal, () => print({ sent: sequence, ...bond.snapshot() }));
      },
    },
    stop.signal,
  );
  encoder.close();
}

/** What the bond leaves to the encoder. */
function askedAgain(packet: Buffer): readonly number[] {
  if (readControlType(packet) !== SRT_NAK) return [];
  return parseNak(packet).flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, index) => first + index),
  );
}

/** The encoder's stand-in before another program's sender. */
async function runForeignVenue(options: VenueOptions, program: readonly string[]): Promise<void> {
  const { receiver, devices, latencyMs, intervalMs } = options;
  const addresses = join(mkdtempSync(join(tmpdir(), 'venuebox-peer-')), 'addresses');
  const own = devices.map((device) => networkInterfaces()[device]?.[0]?.address ?? '');
  writeFileSync(addresses, own.map((address) => `${address}\n`).join(''));
  const values = { addresses, receiverHost: receiver.host, receiverPort: receiver.port };
  const running = runProgram(program, { ...values, bondPort: BOND.port });
  const encoder: Socket = createSocket({ type: 'udp4', sendBufferSize: 4_000_000 });
  encoder.on('error', () => undefined);
  await new Promise<void>((done) => encoder.connect(BOND.port, BOND.host, done));
  let startMs: number | undefined;
  let sequence = 0;
  // An answer: the handshake has come through.
  encoder.on('message', () => {
    startMs ??= clock.monotonicMs();
  });
  const asking = every(HANDSHAKE_MS, stop.signal, () => {
    if (startMs === undefined) encoder.send(handshake(latencyMs));
  });
  const sending = every(2, stop.signal, () => {
    if (startMs === undefined) return;
    for (; sequence * intervalMs < clock.monotonicMs() - startMs; sequence += 1) {
      encoder.send(data(sequence));
    }
  });
  const printing = every(PRINT_MS, stop.signal, () => print({ sent: sequence }));
  await Promise.all([running, asking, sending, printing]);
  encoder.close();
}

const [, , role = '', options = ''] = process.argv;
if (role === 'far') await runFar(JSON.parse(options) as FarOptions);
else {
  const venue = JSON.parse(options) as VenueOptions;
  await (venue.program === undefined ? runVenue(venue) : runForeignVenue(venue, venue.program));
}
process.exit(0);
