/** Measures the time from MARK to its clip. */
import { join } from 'node:path';
import { ask } from '../../daemon/cli/control/client.ts';
import type { Box } from '../../test/support/box.ts';

/** A clip is asked for until it is made, or refused, or so long. */
const MARK_TIMEOUT_MS = 20_000;

/** Settings of a box that keeps all it can: two recordings, clips, posters and previews. */
export const KEEPS_ALL: readonly string[] = [
  'recording.targets=[{id: one, folder: one}, {id: two, folder: two}]',
  'clips.folder=clips',
  'log.level=info',
];

/**
 * Marks this moment, as the button does, over the box's own socket: no process
 * is started that would be measured too.
 *
 * @returns how long until its clip was made, in ms. Rejects where none was.
 */
export async function mark(box: Box): Promise<number> {
  const startedMs = performance.now();
  const socket = join(box.folder, 'control.sock');
  const timeout = AbortSignal.timeout(MARK_TIMEOUT_MS);
  for await (const answer of ask([socket], { ask: 'cmd', verb: 'mark' }, timeout)) {
    if (answer.type === 'error') throw new Error(answer.message);
    if (answer.type !== 'outcome') continue;
    const { outcome } = answer;
    if (outcome.status !== 'done') throw new Error(JSON.stringify(outcome));
    return performance.now() - startedMs;
  }
  throw new Error('the box did not answer a mark');
}
