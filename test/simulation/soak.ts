/**
 * `npm run soak -- --seeds N --from SEED --jobs N`: simulated evenings from seeds, one process a
 * job. Prints simulated time for a second of one core, and of what fails the shortest case.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { type Failure, runSeed } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

interface Report {
  readonly simulatedS: Readonly<Record<string, number>>;
  readonly cpuS: number;
  readonly failures: readonly Failure[];
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    only: { type: 'string', default: '' },
    /** A job of another one of these. */
    worker: { type: 'boolean', default: false },
  },
});
const [from, seeds, jobs] = [Number(values.from), Number(values.seeds), Number(values.jobs)];

async function runHere(): Promise<Report> {
  const simulatedS: Record<string, number> = {};
  const failures: Failure[] = [];
  for (const scenario of SCENARIOS) {
    if (values.only !== '' && values.only !== scenario.name) continue;
    for (let seed = from; seed < from + seeds; seed += 1) {
      const { simulatedMs, failure } = await runSeed(scenario, seed);
      simulatedS[scenario.name] = (simulatedS[scenario.name] ?? 0) + simulatedMs / 1_000;
      if (failure !== undefined) failures.push(failure);
    }
  }
  const { user, system } = process.cpuUsage();
  return { simulatedS, cpuS: (user + system) / 1e6, failures };
}

async function runJob(first: number, count: number): Promise<Report> {
  const { stdout } = await execa(process.execPath, [
    ...[...process.execArgv, import.meta.filename, '--worker'],
    ...['--from', String(first), '--seeds', String(count), '--only', values.only],
  ]);
  return JSON.parse(stdout) as Report;
}

async function runAll(): Promise<void> {
  const each = Math.ceil(seeds / jobs);
  const starts = Array.from({ length: jobs }, (_, i) => from + i * each);
  const reports = await Promise.all(
    starts
      .filter((first) => first < from + seeds)
      .map((first) => runJob(first, Math.min(each, from + seeds - first))),
  );
  const cpuS = reports.reduce((sum, one) => sum + one.cpuS, 0);
  for (const { name } of SCENARIOS) {
    const simulatedS = reports.reduce((sum, one) => sum + (one.simulatedS[name] ?? 0), 0);
    console.log(`${name.padEnd(8)} ${Math.round(simulatedS)} simulated seconds`);
  }
  const all = reports.flatMap(({ failures }) => failures);
  console.log(
    `${seeds} seeds from ${from}: ${all.length} failed, ${cpuS.toFixed(1)} s of one core`,
  );
  const [shortest] = all.toSorted((a, b) => a.actions.length - b.actions.length);
  if (shortest === undefined) return;
  console.log(`\n${shortest.scenario}, seed ${shortest.seed}: ${shortest.reason}`);
  for (const action of shortest.actions) console.log(`  ${JSON.stringify(action)}`);
  process.exitCode = 1;
}

if (values.worker) process.stdout.write(JSON.stringify(await runHere()));
else await runAll();
