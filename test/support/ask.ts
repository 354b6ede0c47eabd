/** Asks a box that a test started, as `venuebox status` and `venuebox cmd` do. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ask as askSocket } from '../../daemon/cli/control/client.ts';
import type { BoxSnapshot } from '../../daemon/model/snapshot.ts';
import type { Box } from './box.ts';
import { DAEMON } from './daemon.ts';

const run = promisify(execFile);

const socketOf = (box: Box) => join(box.folder, 'control.sock');

/** Runs `venuebox status` or `venuebox cmd` for a box of a test; what it prints. */
export async function ask(box: Box, ...args: readonly string[]): Promise<string> {
  const argv = [...DAEMON, ...args, '--socket', socketOf(box)];
  const { stdout } = await run(process.execPath, argv);
  return stdout;
}

/** A process that hangs answers never. */
const ANSWERS_WITHIN_MS = 10_000;

/** What `venuebox status --json` prints, without a process for each look of a test that waits. */
export async function statusOf(box: Box): Promise<BoxSnapshot> {
  const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
  for await (const answer of askSocket([socketOf(box)], { ask: 'status' }, signal)) {
    if (answer.type === 'snapshot') return answer.snapshot;
  }
  throw new Error('the box gave no status');
}
