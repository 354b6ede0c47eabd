/**
 * `npm run soak -- --seeds N --from SEED --jobs N [--hours H] [--only NAME]`: simulated evenings
 * from seeds, one process a job. Prints simulated time for a second of one core, and of what fails
 * the shortest case.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { type Failure, runSeed } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';

/** Of one scenario. */
interface Spent {
  readonly seeds: number;
  readonly simulatedS: number;
  readonly cpuS: number;
}

interface Report {
  readonly spent: Readonly<Record<string, Spent>>;
  readonly failures: readonly Failure[];
}

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    /** Goes on with further seeds until each scenario has simulated so much. */
    hours: { type: 'string', default: '0' },
    only: { type: 'string', default: '' },
    /** The number of this one among the jobs of another. */
    worker: { type: 'string', default: '' },
  },
});
const [from, seeds, jobs] = [Number(values.from), Number(values.seeds), Number(values.jobs)];
const minS = (3_600 * Number(values.hours)) / jobs;
const wanted = SCENARIOS.filter(({ name }) => values.only === '' || values.only === name);

/** Every seed of its own among those of all jobs. */
async function runHere(job: number): Promise<Report> {
  const spent: Record<string, Spent> = {};
  const failures: Failure[] = [];
  for (const scenario of wanted) {
    const before = process.cpuUsage();
    let [done, simulatedS] = [0, 0];
    for (let seed = from + job; seed < from + seeds || simulatedS < minS; seed += jobs) {
      const { simulatedMs, failure } = await runSeed(scenario, seed);
      done += 1;
      simulatedS += simulatedMs / 1_000;
      if (failure !== undefined) failures.push(failure);
      // It breaks again and again, and simulates nothing.
      if (failures.length > FAILURES_MAX) break;
    }
    const { user, system } = process.cpuUsage(before);
    spent[scenario.name] = { seeds: done, simulatedS, cpuS: (user + system) / 1e6 };
  }
  return { spent, failures };
}

const FAILURES_MAX = 20;

async function runJob(job: number): Promise<Report> {
  const args = [...process.execArgv, import.meta.filename, ...process.argv.slice(2)];
  const own = ['--worker', String(job), '--jobs', String(jobs)];
  const { stdout } = await execa(process.execPath, [...args, ...own]);
  return JSON.parse(stdout) as Report;
}

async function runAll(): Promise<void> {
  const reports = await Promise.all(Array.from({ length: jobs }, (_, job) => runJob(job)));
  for (const { name } of wanted) {
    const sum = (key: keyof Spent) =>
      reports.reduce((total, { spent }) => total + (spent[name]?.[key] ?? 0), 0);
    const [simulatedS, cpuS] = [sum('simulatedS'), sum('cpuS')];
    console.log(
      `${name.padEnd(10)} ${sum('seeds')} seeds, ${(simulatedS / 3_600).toFixed(1)} h in ${cpuS.toFixed(0)} s of one core: ${Math.round(simulatedS / cpuS)} simulated seconds a second`,
    );
  }
  const all = reports.flatMap(({ failures }) => failures);
  console.log(`seeds from ${from}: ${all.length} failed; load ${loadavg()[0]?.toFixed(0)}`);
  const [shortest] = all.toSorted((a, b) => a.actions.length - b.actions.length);
  if (shortest === undefined) return;
  console.log(`\n${shortest.scenario}, seed ${shortest.seed}: ${shortest.reason}`);
  for (const action of shortest.actions) console.log(`  ${JSON.stringify(action)}`);
  process.exitCode = 1;
}

if (values.worker === '') await runAll();
else process.stdout.write(JSON.stringify(await runHere(Number(values.worker))));
