/** Runs `venuebox status` or `venuebox cmd` for a box that a test started. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import type { Box } from './box.ts';
import { DAEMON } from './daemon.ts';

const run = promisify(execFile);

/** Runs `venuebox status` or `venuebox cmd` for a box of a test; what it prints. */
export async function ask(box: Box, ...args: readonly string[]): Promise<string> {
  const socket = join(box.folder, 'control.sock');
  const argv = [...DAEMON, ...args, '--socket', socket];
  const { stdout } = await run(process.execPath, argv);
  return stdout;
}

export async function statusOf(box: Box): Promise<BoxSnapshot> {
  return JSON.parse(await ask(box, 'status', '--json')) as BoxSnapshot;
}
