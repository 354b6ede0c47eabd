/** Measures what is pushed: from glass to glass in Chromium, and a thousand viewers. */
import { startDetailedBox } from '../../../test/support/box.ts';
import { type GlassCase, measureGlass } from '../glass.ts';
import { cpuWhile, type Figure, round } from '../machine.ts';
import { onCore } from '../processes.ts';
import { runGenerator } from '../viewers.ts';
import { BUSY_PICTURE } from './busy-picture.ts';
import type { PushLoadReport } from './load.ts';

const VIEWERS = 1_000;

const CASES: readonly GlassCase[] = [
  { name: 'parts of 100 ms, fetched', query: '?player=parts', partMs: 100, goal: '-' },
  {
    name: 'parts of 100 ms, pushed',
    query: '?player=push',
    partMs: 100,
    goal: 'p50 <= 230, no freeze over 250 ms',
  },
  {
    name: 'frames, pushed',
    query: '?player=frames',
    partMs: 200,
    goal: 'p50 <= 200, no freeze over 250 ms',
  },
];

/** The encoders share the machine: they cost what they cost without viewers too. */
export async function benchPush(): Promise<readonly Figure[]> {
  const figures = await measureGlass(CASES, 60);
  for (const [query, what] of [
    ['', 'parts of 100 ms'],
    ['?chunk=frame', 'frames'],
  ] as const) {
    figures.push(...(await benchViewers(query, what)));
  }
  return figures;
}

async function benchViewers(query: string, what: string): Promise<readonly Figure[]> {
  await using box = await startDetailedBox([
    'viewers.part_ms=100',
    'viewers.max_connections=9000',
    'viewers.max_connections_per_address=9000',
    ...BUSY_PICTURE,
  ]);
  await box.ready();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  const media = box.childPid('media') ?? 0;
  onCore(media, 0);
  const url = `${box.url}/live/push/one${query}`;
  const load = runGenerator<PushLoadReport>('scripts/bench/push/load.ts', url, VIEWERS);
  onCore(load.pid, 1);
  await load.warm;
  const { cpuPct: cpu, result: report } = await cpuWhile(media, load.report);
  const name = `${VIEWERS} viewers, ${what}`;
  const isByPart = query === '';
  const { delayP50Ms, delayP99Ms, ageP50Ms, ageP99Ms, records } = report;
  return [
    {
      name: `${name}: CPU of the media process`,
      value: `${round(cpu)} % of a core`,
      goal: isByPart ? '<= 25 %' : '-',
    },
    {
      name: `${name}: CPU of the load generator`,
      value: `${round(report.cpuPct)} % of a core`,
      goal: '-',
    },
    {
      name: `${name}: delay after the first viewer`,
      value: `p50 ${round(delayP50Ms, 0)}, p99 ${round(delayP99Ms, 0)} ms (${records})`,
      goal: isByPart ? 'p99 <= 50 ms' : '-',
    },
    {
      name: `${name}: age on arrival`,
      value: `p50 ${round(ageP50Ms, 0)}, p99 ${round(ageP99Ms, 0)} ms`,
      goal: '-',
    },
    { name: `${name}: each`, value: `${round(report.mbpsPerViewer, 2)} Mb/s`, goal: '1.5 Mb/s' },
    { name: `${name}: lost or skipped`, value: `${report.failed}`, goal: '0' },
  ];
}
