import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { freePort } from './free-port.ts';

export interface Box extends AsyncDisposable {
  readonly url: string;
  readonly operatorUrl: string;
  readonly pid: number;
  /** All it has printed. */
  output(): string;
  /** Its exit code, once it has ended. */
  readonly ended: Promise<number | null>;
  kill(signal: NodeJS.Signals): void;
  /** Process id of a child, by its entry point. */
  childPid(name: 'capture' | 'media'): number | undefined;
  /** Resolves when frames are being served. */
  ready(): Promise<void>;
}

const SMALL = [
  'camera.width=640',
  'camera.height=360',
  'encoder.speed=ultrafast',
  'renditions=[{name: mid, width: 640, height: 360, bitrate_bps: 900000}, {name: low, width: 320, height: 180, bitrate_bps: 400000}]',
];

/**
 * A real box: the daemon with its children, on free loopback ports.
 *
 * @param program The daemon, as Node's arguments: its source, or what was built of it.
 */
export async function startBox(
  overrides: readonly string[] = [],
  verb: readonly string[] = ['demo'],
  program: readonly string[] = ['--import', 'tsx', 'daemon/main.ts'],
): Promise<Box> {
  const [port, operatorPort] = [await freePort(), await freePort()];
  const settings = [
    ...SMALL,
    'viewers.host=127.0.0.1',
    `viewers.port=${port}`,
    `operator.port=${operatorPort}`,
    'log.level=debug',
    ...overrides,
  ];
  const args = settings.flatMap((setting) => ['--set', setting]);
  const child: ChildProcess = spawn(process.execPath, [...program, ...verb, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const pid = child.pid ?? 0;
  const url = `http://127.0.0.1:${port}`;
  const box: Box = {
    url,
    operatorUrl: `http://127.0.0.1:${operatorPort}`,
    pid,
    output: () => output,
    ended,
    kill: (signal) => child.kill(signal),
    childPid: (name) => childrenOf(pid).find((id) => commandOf(id).includes(`${name}/main`)),
    ready: () =>
      until(
        async () => (await fetch(`${url}/live/index.m3u8`)).status === 200,
        20_000,
        () => output,
      ),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await ended;
      clearTimeout(timer);
    },
  };
  return box;
}

/** Polls until `check` is true; a check that throws is not true yet. */
export async function until(
  check: () => Promise<boolean> | boolean,
  timeoutMs: number,
  explain: () => string = () => '',
): Promise<void> {
  const endMs = performance.now() + timeoutMs;
  while (performance.now() < endMs) {
    try {
      if (await check()) return;
    } catch {
      // Not yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
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

function commandOf(pid: number): string {
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
