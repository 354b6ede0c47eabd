/** Makes this process a worker that runs a GStreamer pipeline until it is asked to end. */
import { untilAborted } from '../../hal/os/async.ts';
import { messageOf } from '../../hal/os/log.ts';
import { runAsWorker } from '../../hal/os/worker-child.ts';
import { PipelineError } from '../errors/pipeline-error.ts';
import { prepareGst } from './gst.ts';
import { endProcess } from './pipeline.ts';

interface GstDeps<Message> {
  readonly send: (message: Message) => void;
  readonly fail: (message: string) => void;
}

/** @param start Runs the pipeline; throws where it cannot be built. Returns what takes commands. */
export function runGstWorker<Settings, Command, Message>(
  start: (settings: Settings, deps: GstDeps<Message>) => (command: Command) => void,
): void {
  runAsWorker<Settings, Command, Message>(async (settings, { send, onCommand }, signal) => {
    try {
      onCommand(start(settings, { send, fail }));
    } catch (cause) {
      throw new PipelineError('BAD_LAUNCH', messageOf(cause), { cause });
    }
    await untilAborted(signal);
    endProcess();
  });
  // Its settings may take as long to come.
  setImmediate(prepareGst);
}

/** The binding leaves threads that keep a failed process alive: it ends here and now. */
function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
