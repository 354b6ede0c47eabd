/** Measures how late parts are published while the camera pauses. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { childrenOf, commandOf, startDetailedBox } from '../../../test/support/box.ts';
import { seeded } from '../../../test/support/seeded.ts';
import { type Figure, round } from '../machine.ts';

/** A camera that stands for 5 s is restarted: `faults` has the longer ones. */
const PAUSES_MS = [100, 200, 500, 1_000, 2_000, 4_000];
/** Of each pause, at moments drawn from the seed. */
const ROUNDS = 6;
const SEED = 12;

interface Part {
  /** Where it ends on the media time line, from the first one that was seen. */
  readonly endS: number;
  readonly publishedMs: number;
}

interface Watched {
  readonly parts: Part[];
  /** Playlists that named lost media or a break of the time line. */
  gaps: number;
}

/** Waits for each part by blocking reload (RFC 8216bis 6.2.5.2), as a low-latency player does. */
async function watchParts(url: string, watched: Watched, signal: AbortSignal): Promise<void> {
  let query = '';
  let endS = 0;
  const seen = new Set<string>();
  while (!signal.aborted) {
    const answer = await fetch(`${url}/live/mid/index.m3u8${query}`);
    const publishedMs = performance.now();
    const text = await answer.text();
    const hint = /TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(text);
    if (hint === null) throw new Error(`no part is hinted at: ${text.slice(0, 300)}`);
    if (/GAP=YES|#EXT-X-GAP|#EXT-X-DISCONTINUITY$/m.test(text)) watched.gaps += 1;
    // One answer may bring two parts: each moves the end of what is published.
    for (const [, attributes = ''] of text.matchAll(/#EXT-X-PART:(.*)/g)) {
      const uri = /URI="([^"]+)"/.exec(attributes)?.[1] ?? '';
      if (seen.has(uri)) continue;
      seen.add(uri);
      endS += Number(/DURATION=([\d.]+)/.exec(attributes)?.[1]);
    }
    if (query !== '') watched.parts.push({ endS, publishedMs });
    query = `?_HLS_msn=${hint[1]}&_HLS_part=${hint[2]}`;
  }
}

/** The source that writes most: frames are larger than sound. */
function cameraOf(boxPid: number): number {
  const written = (pid: number) =>
    Number(/^wchar: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
  const sources = childrenOf(boxPid).filter((pid) => commandOf(pid).includes('source/main'));
  const [camera] = sources.toSorted((a, b) => written(b) - written(a));
  if (camera === undefined) throw new Error('the box has no process for its camera');
  return camera;
}

/** Lateness is counted from the earliest part: what that one took, all take. */
export async function benchPauses(): Promise<readonly Figure[]> {
  await using box = await startDetailedBox();
  await box.ready();
  await sleep(3_000);
  const camera = cameraOf(box.pid);
  const random = seeded(SEED);
  const watched: Watched = { parts: [], gaps: 0 };
  const stop = new AbortController();
  const watching = watchParts(box.url, watched, stop.signal);
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const pauseMs of PAUSES_MS) {
      await sleep(800 + random() * 400);
      process.kill(camera, 'SIGSTOP');
      await sleep(pauseMs);
      process.kill(camera, 'SIGCONT');
    }
  }
  stop.abort();
  await watching;
  const at = (values: readonly number[], share: number) =>
    round(values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? 0);
  const offsets = watched.parts.map(({ endS, publishedMs }) => publishedMs - endS * 1000);
  const lateMs = offsets.map((offset) => offset - Math.min(...offsets));
  return [
    {
      name: `${watched.parts.length} parts over ${ROUNDS * PAUSES_MS.length} pauses: published late, p50, p99, max`,
      value: `${at(lateMs, 0.5)}, ${at(lateMs, 0.99)}, ${at(lateMs, 1 - 1e-9)} ms`,
      goal: 'p99 <= 100 ms',
    },
    {
      name: 'playlists with a gap or a discontinuity',
      value: String(watched.gaps),
      goal: '0',
    },
  ];
}
