/** A D-Bus of a test's own, by Debian's dbus-daemon. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface PrivateBus extends AsyncDisposable {
  readonly address: string;
  readonly stop: () => Promise<void>;
}

/** @param folder Where its socket lies: a second one there has the same address. Left out: its own. */
export async function startBus(folder?: string): Promise<PrivateBus> {
  const own = folder ?? (await mkdtemp(join(tmpdir(), 'venuebox-bus-')));
  const address = `unix:path=${join(own, 'bus')}`;
  const child: ChildProcess = spawn(
    'dbus-daemon',
    ['--session', '--nofork', `--address=${address}`, '--print-address'],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('error', reject);
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(folder === undefined ? own : join(own, 'bus'), { recursive: true, force: true });
  };
  return { address, stop, [Symbol.asyncDispose]: stop };
}
