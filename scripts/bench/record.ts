/** Cost of two recorders and the clips process, and whether a clip delays the media process. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../hal/os/clock.ts';
import { silentLog } from '../../hal/os/log.ts';
import { openClipsProcess } from '../../pipelines/clips/clips-process.ts';
import { openRecorders } from '../../pipelines/recording/recorders.ts';
import type { TargetState } from '../../pipelines/recording/settings.ts';
import { childrenOf } from '../../test/support/box.ts';
import { openRealFeed } from '../../test/support/media/real-feed.ts';
import { encodeMedia } from '../../test/support/media/real-media.ts';
import { cpuSeconds, type Figure, residentMb, round } from './machine.ts';

const NOISY_720P = { widthPx: 1280, heightPx: 720, bitrateKbps: 2500, pattern: 'snow' } as const;
const RUN_S = 40;
const CLIPS = 8;
const TARGET = { reserveBytes: 0, reservePct: 0, policy: 'stop', isOwnVolume: false } as const;
const CLIP_SETTINGS = {
  ...{ previewTrackId: 'high', maxClipS: 30, posterEveryS: 10 },
  limits: { maxClips: 1_000, maxBytes: 1e10, reserveBytes: 0 },
} as const;

export async function benchRecord(): Promise<readonly Figure[]> {
  await using archive = await startArchive();
  const { clips, lagsMs } = archive;
  await sleep(5_000);
  const quietMs = await loopDelayMs(() => sleep(RUN_S * 1000));
  const pids = childrenOf(process.pid).filter(isArchiveProcess);
  const before = pids.map((pid) => cpuSeconds(pid));
  const tookMs: number[] = [];
  const busyMs = await loopDelayMs(async () => {
    for (let i = 0; i < CLIPS; i += 1) {
      const startedMs = performance.now();
      await clips.clip({ seconds: 30, atMs: Date.now() }, new AbortController().signal);
      tookMs.push(performance.now() - startedMs);
      await sleep(2_000);
    }
  });
  const cpuS = pids.map((pid, i) => round(cpuSeconds(pid) - (before[i] ?? 0), 2));
  const memoryMb = pids.map((pid) => Math.round(residentMb(pid)));
  return [
    { name: 'a clip of 30 s, from MARK to its file', value: quantiles(tookMs), goal: '<= 1000 ms' },
    { name: 'event loop of the media process, no clips', value: `p99 ${quietMs} ms`, goal: '-' },
    { name: 'the same while clips are made', value: `p99 ${busyMs} ms`, goal: 'the same' },
    { name: 'from publication to safe on disk', value: quantiles(lagsMs), goal: '<= 1000 ms' },
    { name: 'CPU of recorders and clips process', value: `${cpuS.join(', ')} s`, goal: '-' },
    { name: 'memory of each', value: `${memoryMb.join(', ')} MB`, goal: 'flat' },
  ];
}

/** Two recorders and the clips process, fed in real time. */
async function startArchive() {
  const media = await encodeMedia(NOISY_720P);
  const folder = mkdtempSync(join(tmpdir(), 'venuebox-bench-'));
  const lagsMs: number[] = [];
  let collect = (_trackId: string): void => undefined;
  const feed = openRealFeed(media, (id) => collect(id));
  const shared = { presentation: feed.presentation, clock: systemClock, log: silentLog };
  const trackIds = ['high', 'audio'];
  const targets = ['a', 'b'].map((id) => ({ ...TARGET, id, folder: join(folder, id) }));
  const onState = (states: readonly TargetState[]) => {
    for (const { lagMs } of states) if (lagMs !== undefined) lagsMs.push(lagMs);
  };
  const recorders = openRecorders({ ...shared, trackIds, targets, onState });
  const clips = openClipsProcess({
    ...shared,
    settings: { ...CLIP_SETTINGS, folder, clipTrackIds: trackIds },
    onClipPoster: () => undefined,
    onLivePoster: () => undefined,
    onDeleted: () => undefined,
  });
  collect = (id) => {
    recorders.collect(id);
    clips.collect(id);
  };
  const stop = new AbortController();
  const running = [recorders.run(stop.signal), clips.run(stop.signal)];
  recorders.setOn(true);
  const timer = setInterval(() => feed.run(0.1), 100);
  return {
    clips,
    lagsMs,
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      recorders.setOn(false);
      stop.abort();
      await Promise.all(running);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** tsx has a child of its own. */
function isArchiveProcess(pid: number): boolean {
  return /(recording|clips)\/main/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
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
  return `p50 ${at(0.5)}, p95 ${at(0.95)}, max ${at(1)} ms`;
}
