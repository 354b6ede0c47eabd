/** The test jobs: which there are, what each runs, and in which order. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Counts, countFile, countLab } from './counts.ts';
import { type Ended, run } from './run.ts';

/** The longest, test/systemd/lab.test.ts, boots a machine. */
const FILE_TIMEOUT_MS = 630_000;
/** The lab ends by itself before this, and reports what it has until then. */
const LAB_TIMEOUT_S = 420;
/** Take minutes on a busy machine, or a kernel of their own; by hand: scripts/lab.sh slow/box. */
const ON_DEMAND: readonly string[] = ['box', 'prints', 'wifi'].map(
  (name) => `lab/slow/${name}.test.ts`,
);

export interface Outcome extends Ended, Counts {
  readonly title: string;
}

export interface Job {
  readonly title: string;
  /** Boots a kernel as a process, which computes on one core until its end. */
  readonly isMachine: boolean;
  run(): Promise<Outcome>;
}

/** Files whose paths contain one of the words, or all; the longest jobs come first. */
export function findJobs(words: readonly string[]): readonly Job[] {
  const files = readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.test.ts') && !ON_DEMAND.includes(path))
    .map((path) => `test/${path}`)
    .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
    .toSorted();
  const lab = files.filter((file) => file.startsWith('test/lab/'));
  const boxes = lab.filter((file) => file.startsWith('test/lab/slow/'));
  const devices = lab.filter((file) => !boxes.includes(file));
  const jobs = [
    ...(boxes.length > 0 ? [labJob('a complete box in the hardware lab', boxes)] : []),
    ...(devices.length > 0 ? [labJob('the hardware lab', devices)] : []),
    ...files.filter((file) => !lab.includes(file)).map(fileJob),
  ];
  return jobs
    .map((job) => ({ job, weight: weigh(job) }))
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ job }) => job);
}

/** What starts a box or a browser takes longest: it should not be last. */
function weigh({ title, isMachine }: Job): number {
  if (isMachine) return 3;
  const text = readFileSync(title, 'utf8');
  if (text.includes('startBox') || text.includes('openChromium')) return 2;
  return text.includes('/support/') ? 1 : 0;
}

function fileJob(file: string): Job {
  return {
    title: file,
    isMachine: /lab\/power-cut|media\/power-cuts|lab\/systemd\.sh/.test(readFileSync(file, 'utf8')),
    run: async () => {
      const ended = await run(process.execPath, ['--import', 'tsx', file], FILE_TIMEOUT_MS);
      return { ...ended, ...countFile(ended), title: file };
    },
  };
}

function labJob(title: string, files: readonly string[]): Job {
  const names = files.map((file) => file.replace(/^test\/lab\/|\.test\.ts$/g, ''));
  const env = { LAB_BUILD: 'no', LAB_TIMEOUT_S: String(LAB_TIMEOUT_S) };
  return {
    title,
    isMachine: true,
    run: async () => {
      const timeoutMs = (LAB_TIMEOUT_S + 30) * 1000;
      const ended = await run('bash', ['scripts/lab.sh', ...names], timeoutMs, env);
      return { ...ended, ...countLab(files, ended), title };
    },
  };
}
