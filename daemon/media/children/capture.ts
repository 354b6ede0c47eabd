import type { Sound } from '../../../hal/audio/port.ts';
import type { Camera } from '../../../hal/camera/port.ts';
import { anySignal } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { entryPoint, type RunningChild, runNodeChild } from '../../../hal/os/process.ts';
import { WantedRestart } from '../../../hal/os/supervise.ts';
import { type Graph, METER_ID, SAMPLE_RATE_HZ } from '../../../pipelines/capture/graph.ts';
import type { FromCapture, ToCapture } from '../../../pipelines/capture/messages.ts';
import { PipelineError } from '../../../pipelines/errors.ts';
import type { ToMedia } from '../../../pipelines/media/messages.ts';
import type { MediaChild } from './media.ts';
import { openPipes, type Pipes } from './pipes.ts';

export interface CaptureOptions {
  readonly camera: Camera;
  readonly sound: Sound;
  readonly soundChannels: number;
  /** Asked for at each start: it may have become another. */
  readonly graph: () => Graph;
  /** Whom it feeds. */
  readonly media: MediaChild;
  readonly clock: Clock;
  readonly log: Log;
  readonly onPlaying: () => void;
}

/** The daemon's hand on the capture process. */
export interface CaptureChild {
  /** Runs it until it, or the media process it feeds, ends; a task for `supervise`. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Sends to it, where one runs. */
  readonly send: (message: ToCapture) => void;
  /** Ends it for a reason; its supervisor starts it again. */
  readonly restart: (reason: string) => void;
}

/** SIGTERM to SIGKILL. It has nothing to write down. */
const GRACE_MS = 1_000;

const SOURCE_ENDED = 'the source has ended';

/** libuv threads of the capture process: the binding's bus poll keeps one (see gst.ts). */
const CAPTURE_THREADS = '8';

export function openCapture(options: CaptureOptions): CaptureChild {
  const { clock, log } = options;
  let capture: RunningChild | undefined;
  let restart = (_reason: string): void => undefined;

  const run = async (signal: AbortSignal): Promise<void> => {
    const media = await options.media.serving(signal);
    await options.camera.check(signal);
    await options.sound.check(signal);
    const failing = new AbortController();
    const fail = (error: PipelineError | WantedRestart) => failing.abort(error);
    restart = (reason) => fail(new WantedRestart(reason));
    const graph = options.graph();
    const ids = graph.outputs.map(({ id }) => id);
    const pipes = await openPipes(ids, 'writing');
    using ends = anySignal(signal, media.gone, failing.signal);
    const whileBothLive = ends.signal;
    let forget: () => void = () => undefined;
    try {
      const ask = (run: number): ToMedia => runMessage(run, pipes, options);
      const piped = await media.openPipes(ask, fail, whileBothLive);
      forget = piped.forget;
      const onMessage = (message: FromCapture) => {
        if (whileBothLive.aborted) return;
        if (message.type === 'failed') fail(new PipelineError('BAD_LAUNCH', message.message));
        // A file is played anew: nothing has died.
        if (message.type === 'ended') fail(new PipelineError('GRAPH_FAILED', SOURCE_ENDED));
        if (message.type !== 'playing') return;
        media.send({ type: 'clock', run: piped.run, clockUs: message.clockUs });
        options.onPlaying();
      };
      await runNodeChild<FromCapture>(
        {
          name: 'capture',
          entry: entryPoint(import.meta.url, '../../../pipelines/capture/main'),
          inherit: pipes.fds,
          env: { UV_THREADPOOL_SIZE: CAPTURE_THREADS },
          graceMs: GRACE_MS,
          onMessage,
          onStart: (child) => {
            // The child has its own copies: the end of a track is its end only.
            pipes.close();
            capture = child;
            child.send(startMessage(options, graph));
          },
        },
        clock,
        log,
        whileBothLive,
      );
      if (failing.signal.aborted) throw failing.signal.reason;
      if (media.gone.aborted) throw new Error('the media process it fed has ended');
    } finally {
      capture = undefined;
      forget();
      pipes.close();
      await pipes.remove();
    }
  };

  return {
    run,
    send: (message) => capture?.send(message),
    restart: (reason) => restart(reason),
  };
}

function runMessage(run: number, { named }: Pipes, options: CaptureOptions): ToMedia {
  const meter = named.find(({ id }) => id === METER_ID)?.path;
  return {
    type: 'run',
    run,
    inputs: named.filter(({ id }) => id !== METER_ID),
    ...(meter === undefined
      ? {}
      : {
          meter: { path: meter, channels: options.soundChannels, sampleRateHz: SAMPLE_RATE_HZ },
        }),
    stampings: {
      video: options.camera.source.stamping,
      audio: options.sound.source?.stamping ?? 'clock',
    },
  };
}

function startMessage({ camera }: CaptureOptions, graph: Graph): ToCapture {
  const { feed } = camera.source;
  return {
    type: 'start',
    launch: graph.launch,
    outputs: graph.outputs,
    ...(feed === undefined ? {} : { feed }),
  };
}
