/** Measures what saving power saves, process by process. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { BoxSnapshot, PowerPhase } from '../../daemon/model/snapshot.ts';
import { type Box, childrenOf, startDetailedBox, until } from '../../test/support/box.ts';
import { sendPanelAction } from '../../test/support/operator.ts';
import { cpuSeconds, type Figure, round } from './machine.ts';

const SETTLE_MS = 8_000;
const MEASURE_S = 30;
const PATIENCE_MS = 60_000;

const PROFILES =
  'renditions=[{name: high, width: 1280, height: 720, bitrate_bps: 2400000}, {name: mid, width: 854, height: 480, bitrate_bps: 1300000}, {name: low, width: 640, height: 360, bitrate_bps: 700000}]';

/** What each phase of the power policy costs, process by process: the demo's renditions, one recording, posters. */
export async function benchShed(): Promise<readonly Figure[]> {
  await using box = await startDetailedBox(
    [
      PROFILES,
      'camera.width=1280',
      'camera.height=720',
      'recording.targets=[{id: demo, folder: recordings}]',
      'clips.folder=clips',
      'log.level=info',
    ],
    ['demo'],
    [],
    ['dist/daemon/main.js'],
  );
  await box.ready();
  await sendPanelAction(box.operatorUrl, { do: 'mains', isOn: false });
  const figures: Figure[] = [];
  for (const [phase, pct, resting] of [
    ['normal', 90, 0],
    ['saving', 30, 1],
    ['last-minutes', 8, 2],
  ] as const) {
    await sendPanelAction(box.operatorUrl, { do: 'charge', pct });
    await until(() => isAt(box, phase, resting), PATIENCE_MS, box.output);
    await sleep(SETTLE_MS);
    figures.push({ name: `CPU, ${phase}`, value: await measure(box), goal: '-' });
  }
  return figures;
}

async function isAt(box: Box, phase: PowerPhase, resting: number): Promise<boolean> {
  const { power, media } = await box.state<BoxSnapshot>();
  return power === phase && media?.isFlowing === true && media.suspended.length === resting;
}

/** Percent of a core of the daemon, capture, media, and what media started. */
async function measure(box: Box): Promise<string> {
  const [capture = 0, media = 0] = [box.childPid('capture'), box.childPid('media')];
  const others = childrenOf(media);
  const groups = { daemon: [box.pid], capture: [capture], media: [media], others };
  const now = () =>
    Object.values(groups).map((pids) => pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0));
  const before = now();
  await sleep(MEASURE_S * 1_000);
  const used = now().map((after, i) => ((after - (before[i] ?? 0)) / MEASURE_S) * 100);
  const parts = Object.keys(groups).map((name, i) => `${name} ${round(used[i] ?? 0, 0)}`);
  const total = used.reduce((sum, pct) => sum + pct, 0);
  return `${round(total, 0)} % of a core: ${parts.join(', ')}`;
}
