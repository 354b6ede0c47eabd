/**
 * The capture process: one GStreamer pipeline, told what to run over IPC.
 * Encoded tracks leave on inherited descriptors; a native crash ends this
 * process and nothing else.
 */
import { openTestPicture } from '../../hal/camera/test-picture.ts';
import type { TestPicture } from '../../hal/gst/launch.ts';
import { type BusMessage, type GstPipeline, openPipeline } from './gst.ts';
import { type FromCapture, SETTABLE, type ToCapture } from './messages.ts';

/** The gate is shut this long around a forced key frame, so that no encoder is ahead of another. */
const GATE_MS = 40;

type Start = Extract<ToCapture, { type: 'start' }>;

function tell(message: FromCapture): void {
  process.send?.(message);
}

/** The binding leaves threads that keep a failed process alive: it ends here and now. */
function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

function run(start: Start): (message: ToCapture) => void {
  const pipeline = openPipeline(start.launch);
  let clockUs = 0;
  let hasPlayed = false;
  pipeline.pollBus((message) => {
    if (message.type === 'error') fail(`${message.name ?? 'gstreamer'}: ${message.message ?? ''}`);
    if (message.type === 'eos') {
      if (hasPlayed) tell({ type: 'ended' });
      fail('the source has ended');
    }
    if (isPlaying(message)) {
      hasPlayed = true;
      tell({ type: 'playing', clockUs });
    }
  });
  pipeline.play();
  // A live pipeline plays when this returns: its running time starts here.
  clockUs = Number(process.hrtime.bigint() / 1000n);
  const playedMs = performance.now();
  if (start.feed !== undefined) feedPicture(pipeline, start.feed, playedMs);
  return (message) => control(pipeline, start, message);
}

function isPlaying(message: BusMessage): boolean {
  return (
    message.type === 'state-changed' &&
    message['new-state'] === 'GST_STATE_PLAYING' &&
    /^pipeline\d+$/.test(message._src_element_name ?? '')
  );
}

function control(pipeline: GstPipeline, { outputs }: Start, message: ToCapture): void {
  if (message.type === 'bitrate') {
    const element = pipeline.findChild(message.element);
    if (element !== undefined) element['bitrate'] = message.value;
  }
  if (message.type === 'set' && SETTABLE.includes(message.property)) {
    const element = pipeline.findChild(message.element);
    if (element !== undefined) element[message.property] = message.value;
  }
  if (message.type === 'keyframe') {
    const gate = pipeline.findChild('gate');
    if (gate === undefined) return;
    gate['drop'] = true;
    setTimeout(() => {
      for (const { kind, sink } of outputs) if (kind === 'video') pipeline.forceKeyUnit(sink, 1);
      gate['drop'] = false;
    }, GATE_MS);
  }
}

/** Draws each frame when its time comes and stamps it with that time. */
function feedPicture(
  pipeline: GstPipeline,
  { appsrc, picture }: { appsrc: string; picture: TestPicture },
  playedMs: number,
): void {
  const draw = openTestPicture(picture);
  const source = pipeline.findChild(appsrc);
  const frameMs = 1000 / picture.fps;
  const pts = Buffer.alloc(8);
  const next = (index: number): void => {
    pts.writeBigUInt64BE(BigInt(Math.round(index * frameMs * 1e6)));
    source?.push?.(draw(Date.now()), pts);
    const elapsedMs = performance.now() - playedMs;
    // A process that was held up skips what it missed; videorate repeats a frame.
    const following = Math.max(index + 1, Math.floor(elapsedMs / frameMs));
    setTimeout(() => next(following), Math.max(0, following * frameMs - elapsedMs));
  };
  next(0);
}

let handle: ((message: ToCapture) => void) | undefined;
process.on('message', (message: ToCapture) => {
  if (message.type !== 'start') {
    handle?.(message);
    return;
  }
  try {
    handle = run(message);
  } catch (error) {
    tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
    fail(`the pipeline cannot be built: ${error instanceof Error ? error.message : error}`);
  }
});
// Nobody is left to send to: the daemon has died or asks this process to end.
process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => process.exit(0));
process.on('SIGINT', () => undefined);
