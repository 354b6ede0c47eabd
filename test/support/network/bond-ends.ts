/**
 * The two ends of a bond with their SRT ends' stand-ins, run inside namespaces:
 *
 *     bond-ends.ts far '{"listen": {"host", "port"}, "latencyMs"}'
 *     bond-ends.ts venue '{"receiver": {"host", "port"}, "devices": [], "bitrateBps"}'
 *
 * Each prints a line of JSON every 200 ms.
 */
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { every } from '../../../hal/os/async.ts';
import { systemClock } from '../../../hal/os/clock.ts';
import { openLog } from '../../../hal/os/log.ts';
import type { Endpoint } from '../../../pipelines/bond/core/config.ts';
import { runBond } from '../../../pipelines/bond/net/sender.ts';
import { runRelay } from '../../../pipelines/bond/relay/relay.ts';
import { sequenceAfter } from '../../../pipelines/bond/wire/sequence.ts';
import { isSrtData } from '../../../pipelines/bond/wire/srt.ts';
import { followLinks } from '../../../pipelines/uplink/links-task.ts';
import {
  control,
  data,
  handshake,
  openReceiver,
} from '../../pipelines/bond/support/simulated-srt.ts';

const PRINT_MS = 200;
const LISTENER: Endpoint = { host: '127.0.0.1', port: 6001 };

export interface FarOptions {
  readonly listen: Endpoint;
  readonly latencyMs: number;
  /** Of the encoder's packets, to know when a missing one was due. */
  readonly intervalMs: number;
}

export interface VenueOptions {
  readonly receiver: Endpoint;
  readonly devices: readonly string[];
  readonly latencyMs: number;
  readonly intervalMs: number;
}

const clock = systemClock;
const log = openLog('info', 'journal', (line) => process.stderr.write(line));
const stop = new AbortController();
process.on('SIGTERM', () => stop.abort());
const print = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function runFar({ listen, latencyMs, intervalMs }: FarOptions): Promise<void> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 4_000_000 });
  let peerPort = 0;
  const receiver = openReceiver(
    latencyMs,
    (sequence) => sequence * intervalMs,
    (packet) => socket.send(packet, peerPort, LISTENER.host),
  );
  let isStarted = false;
  socket.on('message', (packet, { port }) => {
    peerPort = port;
    if (isSrtData(packet)) {
      isStarted = true;
      receiver.onPacket(packet, clock.monotonicMs());
    } else if (packet.readUInt16BE(0) === 0x8000) {
      socket.send(handshake(latencyMs), port, LISTENER.host);
    }
  });
  socket.bind(LISTENER.port, LISTENER.host);
  const relay = runRelay(
    { listen, srt: LISTENER },
    { clock, log, onStart: () => print({ isStarted: true }) },
    stop.signal,
  );
  const ticking = every(10, stop.signal, () => {
    if (isStarted) receiver.tick(clock.monotonicMs());
    // As libsrt does where nothing else is to be sent.
    else if (peerPort > 0) socket.send(control(0x8001, 0), peerPort, LISTENER.host);
  });
  const printing = every(PRINT_MS, stop.signal, () => {
    print({ received: receiver.received, lost: receiver.lost });
  });
  await Promise.all([relay, ticking, printing]);
  socket.close();
}

async function runVenue(options: VenueOptions): Promise<void> {
  const { receiver, devices, latencyMs, intervalMs } = options;
  const encoder = createSocket({ type: 'udp4', sendBufferSize: 4_000_000 });
  encoder.on('message', () => undefined);
  const usual = { weight: 1, isBackup: false, isEnabled: true };
  await runBond(
    { listen: { host: '127.0.0.1', port: 0 }, receiver, links: [] },
    {
      clock,
      log,
      onStart: (bond, { host, port }) => {
        const wanted = devices.map((device) => ({ ...usual, id: device, device }));
        const used = { period: '', bytesByLink: {} };
        const onLinks: Parameters<typeof followLinks>[0]['onLinks'] = (links) => {
          bond.setLinks(links);
        };
        const prefersV6 = isIPv6(receiver.host);
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

const [, , role = '', options = ''] = process.argv;
if (role === 'far') await runFar(JSON.parse(options) as FarOptions);
else await runVenue(JSON.parse(options) as VenueOptions);
process.exit(0);
