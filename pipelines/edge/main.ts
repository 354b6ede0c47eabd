/** The edge process: serves another origin's stream to viewers. The daemon sends what to serve over IPC. */
import { messageOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors.ts';
import type { FromEdge, ToEdge } from './messages.ts';
import { openEdgeService } from './service.ts';

function tell(message: FromEdge): void {
  process.send?.(message);
}

const ending = new AbortController();
process.on('message', (message: ToEdge) => {
  try {
    openEdgeService(message.settings, tell, ending.signal);
  } catch (error) {
    const code = error instanceof PipelineError ? error.code : 'BAD_CERTIFICATE';
    tell({ type: 'failed', code, message: messageOf(error) });
  }
});
const end = () => {
  ending.abort();
  process.exit(0);
};
// Nobody is left to serve for: the daemon has died or asks this process to end.
process.on('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGINT', () => undefined);
