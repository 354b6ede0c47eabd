/** The media process: access units in, LL-HLS out. The daemon sends what to serve over IPC. */
import { messageOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors.ts';
import type { FromMedia, ToMedia } from './messages.ts';
import { type MediaService, openMediaService } from './service.ts';

function tell(message: FromMedia): void {
  process.send?.(message);
}

const ending = new AbortController();
let started: MediaService | undefined;
process.on('message', (message: ToMedia) => {
  if (message.type !== 'start') {
    started?.handle(message);
    return;
  }
  try {
    started = openMediaService(message.settings, tell, ending.signal);
  } catch (error) {
    const code = error instanceof PipelineError ? error.code : 'BAD_CERTIFICATE';
    tell({ type: 'failed', code, message: messageOf(error) });
  }
});
const end = () => {
  if (ending.signal.aborted) return;
  ending.abort();
  const exit = () => process.exit(0);
  (started?.closed ?? Promise.resolve()).then(exit, exit);
};
// Nobody is left to serve for: the daemon has died or asks this process to end.
process.on('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGINT', () => undefined);
