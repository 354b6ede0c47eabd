import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../hal/os/clock.ts';
import { silentLog } from '../../hal/os/log.ts';
import { openStudio, type Studio } from '../../pipelines/clips/clips-process.ts';
import { openRecorders, type Recorders } from '../../pipelines/recording/recorders.ts';
import { childrenOf } from '../../test/support/box.ts';
import { openRealFeed } from '../../test/support/media/real-feed.ts';
import { encodeMedia } from '../../test/support/media/real-media.ts';
import { cpuSeconds, type Figure, residentMb, round } from './machine.ts';

const NOISY_720P = { widthPx: 1280, heightPx: 720, bitrateKbps: 2500, pattern: 'snow' } as const;
const RUN_S = 40;
const CLIPS = 8;

/** What two recorders and the studio cost, and whether a clip holds up the process that serves viewers. */
export async function benchRecord(): Promise<readonly Figure[]> {
  const media = await encodeMedia(NOISY_720P);
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-bench-'));
  let recorders: Recorders | undefined;
  let studio: Studio | undefined;
  const feed = openRealFeed(media, (id) => {
    recorders?.collect(id);
    studio?.collect(id);
  });
  const lagsMs: number[] = [];
  const shared = { presentation: feed.presentation, clock: systemClock, log: silentLog };
  recorders = openRecorders({
    ...shared,
    trackIds: ['high', 'audio'],
    targets: ['a', 'b'].map((id) => ({
      id,
      folder: join(folder, id),
      reserveBytes: 0,
      reservePct: 0,
      policy: 'stop' as const,
      isOwnVolume: false,
    })),
    onState: (states) => {
      for (const { lagMs } of states) if (lagMs !== undefined) lagsMs.push(lagMs);
    },
  });
  const clipTrackIds = ['high', 'audio'];
  studio = openStudio({
    ...shared,
    settings: { folder, clipTrackIds, previewTrackId: 'high', keepS: 30, posterEveryS: 10 },
    onClipPoster: () => undefined,
    onLivePoster: () => undefined,
  });
  const stop = new AbortController();
  const running = [recorders.run(stop.signal), studio.run(stop.signal)];
  recorders.setOn(true);
  const timer = setInterval(() => feed.run(0.1), 100);
  try {
    await sleep(5_000);
    const quiet = await loopDelayMs(() => sleep(RUN_S * 1000));
    const pids = childrenOf(process.pid).filter(isOurs);
    const before = pids.map(cpuSeconds);
    const tookMs: number[] = [];
    const open = studio;
    const busy = await loopDelayMs(async () => {
      for (let i = 0; i < CLIPS; i += 1) {
        const startedMs = performance.now();
        await open.clip(30, stop.signal);
        tookMs.push(performance.now() - startedMs);
        await sleep(2_000);
      }
    });
    const cpuS = pids.map((pid, i) => cpuSeconds(pid) - (before[i] ?? 0));
    const memoryMb = pids.map(residentMb);
    return [
      {
        name: 'a clip of 30 s, from MARK to its file',
        value: quantiles(tookMs),
        goal: '<= 1000 ms',
      },
      { name: 'event loop of the media process, no clips', value: `p99 ${quiet} ms`, goal: '-' },
      { name: 'the same while clips are made', value: `p99 ${busy} ms`, goal: 'the same' },
      { name: 'from publication to safe on disk', value: quantiles(lagsMs), goal: '<= 1000 ms' },
      {
        name: 'CPU of recorders and studio',
        value: `${cpuS.map((s) => round(s, 2)).join(', ')} s`,
        goal: '-',
      },
      {
        name: 'memory of each',
        value: `${memoryMb.map((mb) => Math.round(mb)).join(', ')} MB`,
        goal: 'flat',
      },
    ];
  } finally {
    clearInterval(timer);
    recorders.setOn(false);
    stop.abort();
    await Promise.all(running);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** tsx has a child of its own. */
function isOurs(pid: number): boolean {
  return /(record|studio)\/main/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
}

async function loopDelayMs(work: () => Promise<unknown>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  histogram.enable();
  await work();
  histogram.disable();
  return round(histogram.percentile(99) / 1e6);
}

function quantiles(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (q: number) => Math.round(sorted[Math.floor((sorted.length - 1) * q)] ?? 0);
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, most ${at(1)} ms`;
}
