/**
 * The capture process: the encoders, and what feeds them. Encoded tracks leave on
 * inherited descriptors; a native crash ends this process and nothing else.
 */

import { endProcess } from '../gst/pipeline.ts';
import { runEncoders } from './encoders.ts';
import type { FromCapture, ToCapture } from './messages.ts';

function send(message: FromCapture): void {
  process.send?.(message);
}

/** The binding leaves threads that keep a failed process alive: it ends here and now. */
function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

let handle: ((message: ToCapture) => void) | undefined;
process.on('message', (message: ToCapture) => {
  if (message.type !== 'start') {
    handle?.(message);
    return;
  }
  try {
    handle = runEncoders(message.settings, { send, fail });
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
