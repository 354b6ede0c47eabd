/** Starts a real box, the daemon with its children, for a test. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAEMON } from './daemon.ts';
import { freePort } from './free-port.ts';
import { keepSlates, lendSlates } from './media/slates.ts';
import { signIn, TEST_PIN_HASH } from './operator.ts';

export interface Box extends AsyncDisposable {
  readonly url: string;
  readonly operatorUrl: string;
  readonly pid: number;
  /** What it keeps, and its control socket. */
  readonly folder: string;
  /** What the operator's page receives: a snapshot. */
  state<T>(): Promise<T>;
  /** All it has printed. */
  output(): string;
  /** As when its terminal is closed: what it prints from now on goes nowhere. */
  closeOutput(): void;
  isOutputClosed(): boolean;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  /** Process id of a child, by its entry point. */
  childPid(name: 'capture' | 'media' | 'source' | 'uplink' | 'whep' | 'whip'): number | undefined;
  /** Resolves when frames are being served. */
  ready(): Promise<void>;
}

/** A picture at which nobody looks: two renditions, as of any other, for half of the processor time. */
const PLAIN = [
  ...['camera.width=320', 'camera.height=180', 'camera.fps=10', 'encoder.speed=ultrafast'],
  'renditions=[{name: mid, width: 320, height: 180, bitrate_bps: 300000}, {name: low, width: 160, height: 90, bitrate_bps: 150000}]',
];

/** A picture that is read, or measured: as many frames as a camera brings. */
const DETAILED = [
  ...['camera.width=640', 'camera.height=360', 'camera.fps=30'],
  'renditions=[{name: mid, width: 640, height: 360, bitrate_bps: 900000}, {name: low, width: 320, height: 180, bitrate_bps: 450000}]',
];

/**
 * A real box: the daemon with its children, on free loopback ports.
 *
 * @param program The daemon, as arguments for Node.
 */
export async function startBox(
  overrides: readonly string[] = [],
  verb: readonly string[] = ['demo'],
  /** Run by this command, for example inside a network namespace. */
  prefix: readonly string[] = [],
  program: readonly string[] = DAEMON,
  /** Where it keeps its state: a box before it may have left some. Removed at its end where not given. */
  keptIn?: string,
  hasSimulatedLinks = false,
): Promise<Box> {
  const [port, operatorPort] = [await freePort(), await freePort()];
  const settings = [
    ...PLAIN,
    'box.name=venuebox',
    'viewers.host=127.0.0.1',
    `viewers.port=${port}`,
    'operator.host=127.0.0.1',
    `operator.port=${operatorPort}`,
    `operator.pin_hash=${TEST_PIN_HASH}`,
    'log.level=debug',
    'mqtt.broker_port=0',
    'recording.targets=[]',
    'clips.folder=""',
    // The demo's own, unless asked for: most tests are about other things.
    ...(hasSimulatedLinks || overrides.some((one) => one.startsWith('uplink'))
      ? []
      : ['uplink=null']),
    ...overrides,
  ];
  const args = settings.flatMap((setting) => ['--set', setting]);
  const folder = keptIn ?? mkdtempSync(join(tmpdir(), 'venuebox-state-'));
  // Where a command prepares the machine for it, the box is to find what it would.
  if (keptIn === undefined && prefix.length === 0) lendSlates(folder);
  const child: ChildProcess = spawn(
    prefix[0] ?? process.execPath,
    [
      ...(prefix.length > 0 ? [...prefix.slice(1), process.execPath] : []),
      ...[...program, ...verb, ...args],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, STATE_DIRECTORY: folder, XDG_RUNTIME_DIR: folder },
    },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const pid = child.pid ?? 0;
  const url = `http://127.0.0.1:${port}`;
  const operatorUrl = `http://127.0.0.1:${operatorPort}`;
  let cookie: string | undefined;
  const box: Box = {
    url,
    operatorUrl,
    state: async <T>() => {
      cookie ??= await signIn(operatorUrl);
      const response = await fetch(`${operatorUrl}/state.json`, {
        headers: { cookie },
        signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
      });
      return (await response.json()) as T;
    },
    pid,
    folder,
    output: () => output,
    closeOutput: () => {
      for (const stream of [child.stdout, child.stderr]) stream?.destroy();
    },
    isOutputClosed: () => child.stdout?.destroyed === true,
    ended,
    kill: (signal) => child.kill(signal),
    childPid: (name) => childrenOf(pid).find((id) => commandOf(id).includes(`${name}/main`)),
    ready: () =>
      until(
        async () => (await fetch(`${url}/live/index.m3u8`)).status === 200,
        40_000,
        () => output,
      ),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => killAll([pid, ...descendantsOf(pid)]), ENDS_WITHIN_MS);
      await ended;
      clearTimeout(timer);
      if (keptIn !== undefined) return;
      keepSlates(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return box;
}

/** The same, with a picture that is worth looking at: where a test reads it, or a benchmark measures. */
export const startDetailedBox: typeof startBox = (overrides = [], ...rest) =>
  startBox([...DETAILED, ...overrides], ...rest);

/** A child that does not end itself is killed by the box after ten. */
const ENDS_WITHIN_MS = 15_000;

/** Its children, and theirs. */
export function descendantsOf(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** One that was stopped would hold the pipes of who started it for ever. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
}

/** A process that hangs answers never. */
const ANSWERS_WITHIN_MS = 10_000;

/**
 * A loaded machine is slow, and no failure: shorter time-outs are stretched to this. Two, or one and
 * a page's, fit into the time of files that share a process: what is missed is named.
 */
const PATIENCE_MS = 120_000;

/** What is soon true is seen soon; a look at what takes seconds costs more than it tells. */
const PAUSE_MS = { first: 20, longest: 200, growth: 1.3 };

/** Polls until `check` is true; a check that throws is not true yet. */
export async function until(
  check: () => Promise<boolean> | boolean,
  timeoutMs: number,
  explain: () => string = () => '',
): Promise<void> {
  const endMs = performance.now() + Math.max(timeoutMs, PATIENCE_MS);
  let pauseMs = PAUSE_MS.first;
  while (performance.now() < endMs) {
    try {
      if (await check()) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(PAUSE_MS.longest, pauseMs * PAUSE_MS.growth);
  }
  throw new Error(`not within ${timeoutMs} ms: ${check} ${explain().slice(-2_000)}`);
}

export function childrenOf(pid: number): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((id) => {
      try {
        return (
          /^\d+ \(.*\) \S (\d+)/s.exec(readFileSync(`/proc/${id}/stat`, 'utf8'))?.[1] ===
          String(pid)
        );
      } catch {
        return false;
      }
    });
}

/** Children that are programs of the box, and not a command that it has just asked something. */
export function programsOf(pid: number): readonly number[] {
  return childrenOf(pid).filter((id) => /\/main\.[jt]s/.test(commandOf(id)));
}

export function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replace(/\0/g, ' ');
  } catch {
    return '';
  }
}

export function isAlive(pid: number): boolean {
  if (!existsSync(`/proc/${pid}`)) return false;
  return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

/** What each open descriptor of a process points at. */
export function descriptorsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`).replace(/\d{3,}/g, 'N')];
    } catch {
      return [];
    }
  });
}
