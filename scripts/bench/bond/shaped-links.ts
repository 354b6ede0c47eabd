/** Two shaped links over loopback for a real box, with the far end that its uplink sends to. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freeUdpPort } from '../../../test/support/free-port.ts';
import type { Impairment } from './impair.ts';
import { startCommand, startWorker } from './processes.ts';

export interface ShapedLink extends Impairment {
  readonly id: string;
  readonly address: string;
}

export interface ShapedLinks extends AsyncDisposable {
  /** For `uplink.port`. */
  readonly port: number;
  /** The link swallows all from now on, or no more. Resolves with the time (CLOCK_MONOTONIC, ms). */
  setDead(id: string, isDead: boolean): Promise<number>;
  /** When the link brought packets of the encoder in the last seconds (CLOCK_MONOTONIC, ms). */
  times(id: string): Promise<readonly number[]>;
  /** Packets that the SRT receiver gave up, so far. */
  dropped(): number;
}

const HOST = '127.0.0.1';

/** box -> links -> impairment -> relay -> SRT receiver. */
export async function openShapedLinks(
  links: readonly ShapedLink[],
  latencyMs: number,
): Promise<ShapedLinks> {
  const [front, relay, srt] = [await freeUdpPort(), await freeUdpPort(), await freeUdpPort()];
  const folder = mkdtempSync(join(tmpdir(), 'shaped-links-'));
  const sink = createSocket('udp4').bind(0, HOST);
  await once(sink, 'listening');
  const statistics = join(folder, 'statistics');
  const receiver = startCommand(
    undefined,
    [
      ...['srt-live-transmit', '-loglevel:error', '-stats:200', '-statspf:json'],
      ...[`-statsout:${statistics}`, `srt://${HOST}:${srt}?mode=listener&latency=${latencyMs}`],
      `udp://${HOST}:${sink.address().port}`,
    ],
    join(folder, 'receiver.log'),
  );
  const ends = { listen: { host: HOST, port: relay }, target: { host: HOST, port: srt } };
  const relaying = await startWorker(undefined, 'relay', ends);
  const impairing = await startWorker(undefined, 'impair', {
    listen: { host: HOST, port: front },
    target: { host: HOST, port: relay },
  });
  const find = (id: string) => {
    const link = links.find((one) => one.id === id);
    if (link === undefined) throw new Error(`no link ${id}`);
    return link;
  };
  for (const link of links) await impairing.ask('set', link);
  return {
    port: front,
    setDead: (id, isDead) => impairing.ask('set', { ...find(id), isBlackHole: isDead }),
    times: (id) => impairing.ask('times', find(id).address),
    dropped: () => {
      const all = readFileSync(statistics, 'utf8').matchAll(/"packetsDropped":\s*(\d+)/g);
      return Math.max(0, ...[...all].map(([, count]) => Number(count)));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([receiver.stop(), relaying.stop(), impairing.stop()]);
      sink.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
