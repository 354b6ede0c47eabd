/** Runs one source: a camera or a sound card, as raw frames on a descriptor. */
import { openTestPicture } from '../../hal/camera/test-picture.ts';
import { openUnitInput } from '../gdp/unit-input.ts';
import type { GstPipeline } from '../gst/gst.ts';
import { playPipeline, pusherInto } from '../gst/pipeline.ts';
import { type FromSource, SETTABLE, type SourceSettings, type ToSource } from './messages.ts';

export interface SourceDeps {
  readonly send: (message: FromSource) => void;
  /** It brings nothing any more. */
  readonly fail: (message: string) => void;
}

/** Runs it. Throws with GStreamer's words where the pipeline cannot be built. */
export function runSource(
  { launch, feed, units }: SourceSettings,
  { send, fail }: SourceDeps,
): (message: ToSource) => void {
  const end = (reason: string) => {
    send({ type: 'ended' });
    fail(reason);
  };
  const pipeline = playPipeline(launch, {
    onPlaying: (clockUs) => send({ type: 'playing', clockUs }),
    onEnd: () => end('the source has ended'),
    onError: fail,
  });
  if (feed !== undefined) feedPicture(pipeline, feed);
  // What sends them is another process, whose fault it is where they end.
  if (units !== undefined) feedUnits(pipeline, units.appsrc, end);
  return (message) => {
    if (!SETTABLE.includes(message.property)) return;
    const element = pipeline.findChild(message.element);
    if (element !== undefined) element[message.property] = message.value;
  };
}

/** Stdin, stdout, stderr, and the frames that leave. */
const UNITS_FD = 4;

/** Decodes what another process sends, by the time stamps that it gives. */
function feedUnits(pipeline: GstPipeline, appsrc: string, fail: SourceDeps['fail']): void {
  const push = pusherInto(pipeline, appsrc);
  openUnitInput(UNITS_FD, {
    onCaps: () => undefined,
    onUnit: ({ timeUs, data }) => push(data, BigInt(Math.round(timeUs * 1000))),
    onEnd: fail,
  });
}

/** Draws each frame when its time comes and stamps it with that time. */
function feedPicture(
  pipeline: GstPipeline,
  { appsrc, picture }: NonNullable<SourceSettings['feed']>,
): void {
  const startMs = performance.now();
  const draw = openTestPicture(picture);
  const source = pipeline.findChild(appsrc);
  const frameMs = 1000 / picture.fps;
  const pts = Buffer.alloc(8);
  const next = (index: number): void => {
    pts.writeBigUInt64BE(BigInt(Math.round(index * frameMs * 1e6)));
    source?.push?.(draw(Date.now()), pts);
    const elapsedMs = performance.now() - startMs;
    // A process that was held up skips what it missed.
    const following = Math.max(index + 1, Math.floor(elapsedMs / frameMs));
    setTimeout(() => next(following), Math.max(0, following * frameMs - elapsedMs));
  };
  next(0);
}
