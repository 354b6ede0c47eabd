/** Named pipes between two child processes, one per track. */
import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';
import { openTempFolder } from '../../../hal/os/files/temp-folder.ts';
import { runCommand } from '../../../hal/os/process.ts';
import { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';

/** Named pipes between two children, one a track. Disposed of, they are closed and removed. */
export interface Pipes extends AsyncDisposable {
  /** For the side that opens its ends by name. */
  readonly named: readonly { readonly id: string; readonly path: string }[];
  /** For the side that inherits its ends, in the order of the ids. */
  readonly fds: readonly number[];
  /** Closes the daemon's descriptors; safe to call twice. */
  readonly close: () => void;
}

/** Closes the daemon's descriptors once both sides have their ends: called by each of them. */
export function closeAfterBoth(...all: readonly (Pick<Pipes, 'close'> | undefined)[]): () => void {
  let sides = 0;
  return () => {
    sides += 1;
    if (sides < 2) return;
    for (const pipes of all) pipes?.close();
  };
}

/**
 * Makes a FIFO for each id, in a folder only this user can enter.
 *
 * One side inherits its ends at its start and dies with them; the media process
 * opens the other ends by name, so that it can take on a new peer without being
 * restarted. Until both have theirs the daemon holds both ends of each.
 *
 * @param inherited The ends that the child inherits.
 */
export async function openPipes(
  ids: readonly string[],
  inherited: 'reading' | 'writing',
): Promise<Pipes> {
  const folder = await openTempFolder('venuebox-');
  const named = ids.map((id) => ({ id, path: join(folder.path, id) }));
  const open: number[] = [];
  const close = () => {
    for (const fd of open.splice(0)) closeSync(fd);
  };
  const remove = async () => {
    close();
    await folder[Symbol.asyncDispose]();
  };
  try {
    const paths = named.map(({ path }) => path);
    const made = await runCommand('mkfifo', ['-m', '600', ...paths], { timeoutMs: 2_000 });
    if (made.exitCode !== 0) throw new PipelineError('GRAPH_FAILED', `mkfifo: ${made.stderr}`);
    const fds = paths.map((path) => {
      // A writing end opens at once only while there is a reader.
      const reading = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
      open.push(reading);
      const writing = openSync(path, constants.O_WRONLY);
      open.push(writing);
      if (inherited === 'writing') return writing;
      // Opened again to block: GStreamer's fdsrc takes an empty pipe for its end.
      const blocking = openSync(path, constants.O_RDONLY);
      open.push(blocking);
      return blocking;
    });
    return { named, fds, close, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
