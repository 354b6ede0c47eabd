/**
 * A source process: one camera or sound card. Its raw frames leave on an
 * inherited descriptor; a crash of its driver ends this process and nothing else.
 */

import { endProcess } from '../gst/pipeline.ts';
import type { FromSource, ToSource } from './messages.ts';
import { runSource } from './source.ts';

function send(message: FromSource): void {
  process.send?.(message);
}

/** The binding leaves threads that keep a failed process alive: it ends here and now. */
function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

let handle: ((message: ToSource) => void) | undefined;
process.on('message', (message: ToSource) => {
  if (message.type !== 'start') {
    handle?.(message);
    return;
  }
  try {
    handle = runSource(message.settings, { send, fail });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    send({ type: 'failed', message: reason });
    fail(`the pipeline cannot be built: ${reason}`);
  }
});
// There is no receiver left: the daemon has died or asks this process to end.
process.on('disconnect', endProcess);
process.on('SIGTERM', endProcess);
process.on('SIGINT', () => undefined);
