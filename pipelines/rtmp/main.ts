/** An RTMP process: access units in, one stream to one RTMP server out. */
import { every, unlessAborted } from '../../hal/os/async.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { runAsWorker } from '../../hal/os/worker-child.ts';
import { PipelineError } from '../errors/pipeline-error.ts';
import { openPipeline } from '../gst/gst.ts';
import { endProcess } from '../gst/pipeline.ts';
import { explainFailure, withoutKey } from './failure.ts';
import { RTMP_SINK, renderRtmp } from './graph.ts';
import type { RtmpFigures, RtmpSettings } from './messages.ts';
import { RtmpProgress, sentBytesOf } from './progress.ts';

const FIGURES_EVERY_MS = 1_000;

/** Starts GStreamer. Returns how many bytes the server has been sent. */
function startPipeline(
  { tracks, url, key }: RtmpSettings,
  onFailure: (error: Error) => void,
): () => number {
  const pipeline = openPipeline(renderRtmp(tracks, url));
  const sink = pipeline.findChild(RTMP_SINK);
  if (sink === undefined) {
    throw new Error('GStreamer has no rtmp2sink; install gstreamer1.0-plugins-bad');
  }
  sink['stream'] = key;
  pipeline.pollBus(({ type, message = '' }) => {
    if (type === 'error') onFailure(failed(explainFailure(withoutKey(String(message), key))));
    if (type === 'eos') onFailure(failed('the media process has ended'));
  });
  pipeline.play();
  return () => sentBytesOf(sink['stats']);
}

const failed = (reason: string) => new PipelineError('GRAPH_FAILED', reason);

runAsWorker<RtmpSettings, never, RtmpFigures>(async (settings, { send, follow }, signal) => {
  const failing = new AbortController();
  const sentBytes = startPipeline(settings, (error) => failing.abort(error));
  const progress = new RtmpProgress();
  let [done, isDue] = [0, false];
  follow(() => ({ done, of: 'bytes', isDue }));
  const reporting = every(FIGURES_EVERY_MS, signal, () => {
    const { isStalled, ...figures } = progress.update(sentBytes(), systemClock.monotonicMs());
    [done, isDue] = [figures.sentBytesTotal, figures.phase === 'connected'];
    send({ type: 'figures', ...figures });
    if (isStalled) failing.abort(failed('the server takes no more data'));
  });
  await unlessAborted(reporting, failing.signal);
  // The server sees the connection close.
  if (signal.aborted) endProcess();
});
