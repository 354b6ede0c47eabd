/** Starts a box as it is installed, and cuts its power. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename } from 'node:path';
import { stringify } from 'yaml';
import { TEST_PIN_HASH } from '../../support/operator.ts';

const PREFIX = '/opt/venuebox';
const FOLDER = '/var/lib/venuebox-lab';
const VIEWERS = 'http://127.0.0.1:8080';

/** The box as it is installed, which survives being killed and is plugged in again. */
export function installBox(config: object) {
  const run = `${FOLDER}/run`;
  const file = `${FOLDER}/venuebox.yaml`;
  mkdirSync(run, { recursive: true });
  writeFileSync(file, stringify({ ...config, operator: OPERATOR, viewers: { host: '127.0.0.1' } }));
  let child: ChildProcess | undefined;
  let output = '';
  let ended: Promise<number | null> = Promise.resolve(0);
  const plugIn = () => {
    const program = `${PREFIX}/dist/daemon/main.js`;
    const mine = spawn(process.execPath, [program, 'run', '--config', file], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: FOLDER,
      env: { ...process.env, STATE_DIRECTORY: FOLDER, RUNTIME_DIRECTORY: run },
    });
    for (const stream of [mine.stdout, mine.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    }
    child = mine;
    ended = new Promise((resolve) => mine.once('close', resolve));
  };
  return {
    plugIn,
    /** Asks it to end, as systemd does. */
    stop: () => child?.kill('SIGTERM'),
    /** Its exit code, once it and all its children have ended. */
    ended: () => ended,
    output: () => output,
    processes,
    /** SIGKILL: no process survives it or can handle it. */
    cutPower: async () => {
      for (const { pid } of processes()) kill(pid);
      await ended;
    },
    files: (folder: string, ending: string) => {
      const place = `${FOLDER}/${folder}`;
      if (!existsSync(place)) return [];
      const names = readdirSync(place, { recursive: true, encoding: 'utf8' });
      return names.filter((name) => name.endsWith(ending)).map((name) => `${place}/${name}`);
    },
    /** Status and text; 0 while nothing listens. */
    get: async (path: string) => {
      try {
        const reply = await fetch(VIEWERS + path, { signal: AbortSignal.timeout(10_000) });
        return { status: reply.status, text: await reply.text() };
      } catch {
        return { status: 0, text: '' };
      }
    },
  };
}

const OPERATOR = { host: '127.0.0.1', pin_hash: TEST_PIN_HASH };

/** Programs of the box that run: `daemon`, `media`, `capture`, … */
function processes(): readonly { readonly name: string; readonly pid: number }[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      if (basename(readlinkSync(`/proc/${pid}/exe`)) !== 'node') return [];
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const name = /\/opt\/venuebox\/dist\/(?:pipelines\/)?(\w+)\/main\.js/.exec(line)?.[1];
      return name === undefined ? [] : [{ name, pid: Number(pid) }];
    } catch {
      return [];
    }
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with the one before it.
  }
}
