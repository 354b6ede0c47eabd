/** The demo's uplink: two links over loopback, with a relay and an SRT listener of its own. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as v from 'valibot';
import type { ClockAndLog } from '../../hal/os/log.ts';
import { followCommand } from '../../hal/os/process.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import { runRelay } from '../../pipelines/bond/relay/relay.ts';
import type { Config } from '../config/config.ts';
import { uplink } from '../config/uplink.ts';

const HOST = '127.0.0.1';

/** Named as the simulated modems are, so that each link stands beside its modem. */
const LINKS = [
  { id: 'sim-a', address: '127.0.0.2' },
  { id: 'sim-b', address: '127.0.0.3' },
] as const;

/** Which of the simulated links are plugged in: the relay drops what the others carry. */
export class SimulatedLinks {
  readonly ids: readonly string[] = LINKS.map(({ id }) => id);
  readonly #unplugged = new Set<string>();

  isPlugged(id: string): boolean {
    return !this.#unplugged.has(id);
  }

  setPlugged(id: string, isPlugged: boolean): void {
    if (isPlugged) this.#unplugged.delete(id);
    else this.#unplugged.add(id);
  }

  isReachable(address: string): boolean {
    const link = LINKS.find((one) => one.address === address);
    return link !== undefined && this.isPlugged(link.id);
  }
}

/** Adds an uplink over the simulated links; it sends the smallest rendition: no further encoder runs. */
export async function withSimulatedUplink(config: Config): Promise<Config> {
  const [smallest] = config.renditions.toSorted((a, b) => a.bitrate_bps - b.bitrate_bps);
  const simulated = v.parse(uplink, {
    host: HOST,
    port: await freeUdpPort(),
    rendition: smallest?.name,
    bitrate_bps: smallest?.bitrate_bps,
    min_bitrate_bps: smallest?.bitrate_bps,
    latency_ms: 1000,
    links: LINKS,
  });
  return { ...config, uplink: simulated };
}

/** Runs the relay at `port` and an SRT listener that discards what it receives. */
export function simulatedReceiver(
  links: SimulatedLinks,
  port: number,
  { clock, log }: ClockAndLog,
): Task {
  return async (signal) => {
    const srtPort = await freeUdpPort();
    const relay: Task = (ends) =>
      runRelay(
        { listen: { host: HOST, port }, srt: { host: HOST, port: srtPort } },
        { clock, log, isReachable: (address) => links.isReachable(address) },
        ends,
      );
    await runAll([relay, (ends) => discardSrt(srtPort, ends)], signal);
  };
}

/** GStreamer ends with the daemon, even where that is killed (`PR_SET_PDEATHSIG`). */
async function discardSrt(port: number, signal: AbortSignal): Promise<void> {
  const launch = `srtsrc uri=srt://${HOST}:${port}?mode=listener keep-listening=true ! fakesink sync=false`;
  const command = ['--pdeathsig', 'TERM', 'gst-launch-1.0', '-q', ...launch.split(' ')];
  await followCommand('setpriv', command, () => undefined, signal);
  if (!signal.aborted) throw new Error('the simulated SRT listener has ended');
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, HOST);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
