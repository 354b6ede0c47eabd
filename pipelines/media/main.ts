/** The media process: access units in, LL-HLS out. The daemon sends what to serve over IPC. */
import { runAsWorker } from '../../hal/os/worker-child.ts';
import type { FromMedia, MediaSettings, ToMedia } from './messages.ts';
import { openMediaService } from './service.ts';

runAsWorker<MediaSettings, ToMedia, FromMedia>(async (settings, { send, onCommand }, signal) => {
  const service = openMediaService(settings, send, signal);
  onCommand(service.handle);
  await service.run();
});
