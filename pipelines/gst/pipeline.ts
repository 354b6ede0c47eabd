/** Runs one GStreamer pipeline in this process, until it fails or ends. */
import { type BusMessage, type GstPipeline, openPipeline } from './gst.ts';

export interface PipelineEvents {
  /** It plays; `clockUs` is CLOCK_MONOTONIC at running time 0. Called once. */
  readonly onPlaying: (clockUs: number) => void;
  /** What it played has come to its end. */
  readonly onEnd: () => void;
  /** An element failed, in GStreamer's words. */
  readonly onError: (message: string) => void;
}

/** Builds and starts a pipeline. Throws with GStreamer's words where the launch line is wrong. */
export function playPipeline(launch: string, events: PipelineEvents): GstPipeline {
  const pipeline = openPipeline(launch);
  let clockUs = 0;
  let hasPlayed = false;
  pipeline.pollBus((message) => {
    if (message.type === 'error')
      events.onError(`${message.name ?? 'gstreamer'}: ${message.message ?? ''}`);
    if (message.type === 'eos') events.onEnd();
    if (hasPlayed || !isPlaying(message)) return;
    hasPlayed = true;
    events.onPlaying(clockUs);
  });
  pipeline.play();
  // A live pipeline plays when this returns: its running time starts here.
  clockUs = Number(process.hrtime.bigint() / 1000n);
  return pipeline;
}

function isPlaying(message: BusMessage): boolean {
  return (
    message.type === 'state-changed' &&
    message['new-state'] === 'GST_STATE_PLAYING' &&
    /^pipeline\d+$/.test(message._src_element_name ?? '')
  );
}

/**
 * Ends this process at once. `process.exit` waits for libuv's threads, and the one that polls
 * the bus waits for the pipeline's next message: seconds, or for ever where nothing fails.
 */
export function endProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Pushes into an appsrc by its name; nothing where the pipeline has none. The binding copies the data. */
export function pusherInto(pipeline: GstPipeline, name: string) {
  const input = pipeline.findChild(name);
  const pts = Buffer.alloc(8);
  return (data: Buffer, ptsNs: bigint) => {
    pts.writeBigUInt64BE(ptsNs);
    input?.push?.(data, pts);
  };
}
