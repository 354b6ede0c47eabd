/** Measures CPU and memory of an idle box. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startDetailedBox, until } from '../../test/support/box.ts';
import { cpuSeconds, type Figure, residentMb, round } from './machine.ts';
import { descendantsOf } from './processes.ts';

const SETTLE_MS = 20_000;
const MEASURE_S = 30;

/** What a box costs that waits for its drop, with the built program and all that the demo has. */
export async function benchIdle(): Promise<readonly Figure[]> {
  await using box = await startDetailedBox(
    ['recording.targets=[{id: demo, folder: recordings}]', 'clips.folder=clips', 'log.level=info'],
    ['demo', '--idle'],
    [],
    ['dist/daemon/main.js'],
  );
  await until(async () => (await fetch(`${box.url}/`)).ok, 30_000, box.output);
  await sleep(SETTLE_MS);
  const pids = [box.pid, ...descendantsOf(box.pid)];
  const before = cpuSeconds(box.pid);
  const allBefore = pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0);
  await sleep(MEASURE_S * 1000);
  const daemonPct = ((cpuSeconds(box.pid) - before) / MEASURE_S) * 100;
  const allPct =
    ((pids.reduce((sum, pid) => sum + cpuSeconds(pid), 0) - allBefore) / MEASURE_S) * 100;
  const memoryMb = pids.reduce((sum, pid) => sum + residentMb(pid), 0);
  return [
    { name: 'idle: CPU of the daemon', value: `${round(daemonPct)} % of a core`, goal: '<= 3 %' },
    { name: 'idle: CPU of all processes', value: `${round(allPct)} % of a core`, goal: '-' },
    {
      name: `idle: memory of all ${pids.length} processes (RSS)`,
      value: `${round(memoryMb, 0)} MB`,
      goal: '<= 250 MB',
    },
  ];
}
