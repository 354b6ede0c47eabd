/** A box of small programs, started by the real launcher: systemd/venuebox.sh, on a real disk. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from '../../../../daemon/update/install.ts';
import { VersionStore } from '../../../../daemon/update/store.ts';
import { INSTALLED } from '../../../../daemon/update/versions.ts';
import { layProgram, type Small, type Workshop } from './program.ts';

export class LaunchedBox {
  readonly folder: string;
  readonly #workshop: Workshop;
  readonly #installed: string;
  readonly #state: string;
  readonly #config: string;

  constructor(workshop: Workshop) {
    this.#workshop = workshop;
    this.folder = mkdtempSync(join(workshop.folder, 'box-'));
    this.#installed = join(this.folder, 'installed');
    this.#state = join(this.folder, 'state');
    this.#config = join(this.folder, 'venuebox.yaml');
    mkdirSync(this.#state, { recursive: true });
    layProgram(this.#installed, { version: '1.0' });
    this.configure(`update: {key: "${this.#workshop.key}"}`);
    const script = readFileSync('systemd/venuebox.sh', 'utf8');
    writeFileSync(this.#script, script.replaceAll('/opt/venuebox', this.#installed), {
      mode: 0o755,
    });
  }

  get #script() {
    return join(this.#installed, 'bin/venuebox');
  }

  get store() {
    return new VersionStore(this.#state, this.#installed, INSTALLED, [this.#config]);
  }

  configure(yaml: string | undefined): void {
    if (yaml === undefined) rmSync(this.#config);
    else writeFileSync(this.#config, yaml);
  }

  /** Returns its id. */
  async update(small: Small, isBusy = false): Promise<string> {
    return await this.give(await this.#workshop.release(small), isBusy);
  }

  async give(from: string, isBusy = false): Promise<string> {
    const { good } = await this.store.load();
    await install(
      { from, isOlderWelcome: false },
      {
        store: this.store,
        running: {
          id: good,
          version: good === INSTALLED ? '1.0' : (good.split('-')[0] ?? ''),
          built: '2020-01-01T00:00:00Z',
        },
        key: this.#workshop.key,
        busyWith: () => (isBusy ? 'a drop' : undefined),
        whatWorks: async () => ({ pages: [], picture: false }),
      },
      false,
      () => undefined,
      new AbortController().signal,
    );
    return (await this.store.load()).trial?.id ?? '';
  }

  /** As systemd starts it. */
  spawn(...args: readonly string[]): ChildProcess {
    const env = { PATH: process.env['PATH'], STATE_DIRECTORY: this.#state };
    return spawn(this.#script, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Returns what it says until it ends. */
  async start(...args: readonly string[]): Promise<string> {
    const child = this.spawn(...(args.length > 0 ? args : ['run', '--config', this.#config]));
    let text = '';
    child.stdout?.on('data', (chunk) => (text += chunk));
    child.stderr?.on('data', (chunk) => (text += chunk));
    await once(child, 'close');
    endGroup(child.pid);
    return text;
  }

  expire(id: string, pid: string) {
    const env = {
      ...{ PATH: process.env['PATH'], STATE_DIRECTORY: this.#state },
      VENUEBOX_INSTALLED: this.#installed,
    };
    const program = join(this.#installed, 'bin/node');
    const launch = join(this.#installed, 'dist/daemon/update/launch.js');
    return new Promise<string>((resolve) => {
      const line = `'${program}' '${launch}' expire ${id} ${pid}; echo survived`;
      execFile('sh', ['-c', line], { env }, (error, stdout) => {
        resolve(error?.signal === 'SIGKILL' ? 'killed' : stdout.trim());
      });
    });
  }

  set live(isLive: boolean) {
    const live = isLive ? { dropId: 'x', sinceMs: 0 } : null;
    writeFileSync(join(this.#state, 'drop.json'), JSON.stringify({ v: 1, live }));
  }
}

/** systemd ends what is left of a service: here that is what waits to end a version that hangs. */
function endGroup(pid = 0): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {}
}
