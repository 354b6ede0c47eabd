/** The test jobs: which there are, what each runs, and in which order. */
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { builtOf } from './built.ts';
import { type Counts, countFile, countLab } from './counts.ts';
import { type Ended, run } from './run.ts';
import { hasLastLine, splitByFile } from './sections.ts';
import { leftMs, withinMs } from './time.ts';

/** The longest, test/systemd/lab.test.ts, boots a machine. */
const FILE_TIMEOUT_MS = 630_000;
/** Several that hang in one process do so one after the other; each of these takes seconds. */
const SHARED_TIMEOUT_MS = 300_000;
/** The lab ends by itself before this, and reports what it has until then. */
const LAB_TIMEOUT_S = 420;
/** In which it reports. */
const LAB_END_S = 30;
/** Take minutes on a busy machine, or a kernel of their own; by hand: scripts/lab.sh slow/box. */
const ON_DEMAND: readonly string[] = ['box', 'prints', 'wifi'].map(
  (name) => `lab/slow/${name}.test.ts`,
);

/** Boots a kernel as a process, which computes on one core until its end. */
const MACHINE = /lab\/power-cut|media\/power-cuts|lab\/systemd\.sh/;
/** Takes long: it should not be last. */
const LONG = /support\/box\.ts'[\s\S]*\bstart(Detailed)?Box\b|seeFaults|openChromium|shareChromium/;
/** Ends its process, or changes what the next file in it would see. */
const OWN_PROCESS =
  /process\.exit\(|process\.env\['\w+'\] =|globalThis\.\w+ =|memoryUsage\(\)|\/proc\/self\/fd/;
/** To start Node and load what most tests load takes longer than most tests. */
const FILES_PER_PROCESS = 30;

/** Of a file, or of the lab. */
export interface Outcome extends Ended, Counts {
  readonly title: string;
  readonly cpuS?: number;
}

export interface Job {
  readonly titles: readonly string[];
  readonly isMachine: boolean;
  /** One outcome for each title that it has come to within the whole run's time. */
  run(): Promise<readonly Outcome[]>;
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
  return [
    ...(boxes.length > 0 ? [labJob('a complete box in the hardware lab', boxes)] : []),
    ...(devices.length > 0 ? [labJob('the hardware lab', devices)] : []),
    ...fileJobs(files.filter((file) => !lab.includes(file))),
  ];
}

/** Those that need no process of their own share one with their neighbours. */
function fileJobs(files: readonly string[]): readonly Job[] {
  const kinds: Record<'machines' | 'long' | 'shared' | 'own', string[]> = {
    machines: [],
    long: [],
    shared: [],
    own: [],
  };
  for (const file of files) {
    const text = readFileSync(file, 'utf8');
    if (MACHINE.test(text)) kinds.machines.push(file);
    else if (LONG.test(text)) kinds.long.push(file);
    else kinds[OWN_PROCESS.test(text) ? 'own' : 'shared'].push(file);
  }
  const { machines, long, shared, own } = kinds;
  const perCore = Math.ceil(shared.length / availableParallelism());
  const together = Math.min(FILES_PER_PROCESS, perCore);
  return [
    ...machines.map((file) => filesJob([file], true)),
    ...long.map((file) => filesJob([file])),
    ...shared.flatMap((_, i) =>
      i % together === 0 ? [filesJob(shared.slice(i, i + together))] : [],
    ),
    ...own.map((file) => filesJob([file])),
  ];
}

export function filesJob(files: readonly string[], isMachine = false): Job {
  return { titles: files, isMachine, run: () => runFiles(files) };
}

/**
 * One after the other in one process, and in a new one after one that ended it, or hung. Where so
 * much was printed that the lines of a file are lost, those that are left run alone.
 */
export async function runFiles(
  files: readonly string[],
  timeoutMs = files.length > 1 ? SHARED_TIMEOUT_MS : FILE_TIMEOUT_MS,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  while (outcomes.length < files.length && leftMs() > 0) {
    const left = files.slice(outcomes.length);
    const args = ['--enable-source-maps', builtOf('scripts/tests/files.ts'), ...left];
    const ended = await run(process.execPath, args, timeoutMs, {}, hasLastLine);
    const found = splitByFile(left[0] ?? '', ended);
    if (left.length > 1 && found.some(({ file }, i) => file !== left[i])) {
      for (const file of left) outcomes.push(...(await runFiles([file], timeoutMs)));
      break;
    }
    outcomes.push(...found.map((one) => ({ ...one, ...countFile(one), title: one.file })));
  }
  return outcomes;
}

function labJob(title: string, files: readonly string[]): Job {
  const names = files.map((file) => file.replace(/^test\/lab\/|\.test\.ts$/g, ''));
  return {
    titles: [title],
    isMachine: true,
    run: async () => {
      const timeoutMs = withinMs((LAB_TIMEOUT_S + LAB_END_S) * 1_000);
      const labS = Math.max(1, Math.floor(timeoutMs / 1_000) - LAB_END_S);
      const env = { LAB_BUILD: 'no', LAB_TIMEOUT_S: String(labS) };
      const ended = await run('bash', ['scripts/lab.sh', ...names], timeoutMs, env);
      return [{ ...ended, ...countLab(files, ended), title }];
    },
  };
}
