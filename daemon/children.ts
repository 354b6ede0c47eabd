import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sound } from '../hal/audio/audio.ts';
import type { Camera } from '../hal/camera/camera.ts';
import type { Clock } from '../hal/os/clock.ts';
import type { Log } from '../hal/os/log.ts';
import { entryPoint, type RunningChild, runCommand, runNodeChild } from '../hal/os/process.ts';
import { type Graph, METER_ID, SAMPLE_RATE_HZ } from '../pipelines/capture/graph.ts';
import type { FromCapture, ToCapture } from '../pipelines/capture/messages.ts';
import { PipelineError } from '../pipelines/errors.ts';
import type { Levels } from '../pipelines/media/levels.ts';
import type {
  FromMedia,
  MediaFigures,
  MediaSettings,
  ToMedia,
} from '../pipelines/media/messages.ts';

/** The daemon's hand on its children; each is a task for `supervise`. */
export interface Children {
  /** Runs the media process until it ends. */
  readonly runMedia: (signal: AbortSignal) => Promise<void>;
  /** Runs the capture process until it, or the media process it feeds, ends. */
  readonly runCapture: (signal: AbortSignal) => Promise<void>;
  /** Sends to the capture process, where one runs. */
  readonly toCapture: (message: ToCapture) => void;
  readonly toMedia: (message: ToMedia) => void;
  /** Ends the capture process for a reason; its supervisor starts it again. */
  readonly restartCapture: (reason: string) => void;
}

export interface ChildrenOptions {
  readonly camera: Camera;
  readonly sound: Sound;
  readonly soundChannels: number;
  /** Asked for at each start of capture: it may have become another. */
  readonly graph: () => Graph;
  readonly media: MediaSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly onListening: () => void;
  readonly onFigures: (figures: MediaFigures) => void;
  readonly onPlaying: () => void;
  readonly onLevels: (levels: Levels) => void;
}

/** SIGTERM to SIGKILL. Neither child has anything to write down. */
const GRACE_MS = 1_000;
/** The media process answers within milliseconds, or it is stuck. */
const OPEN_TIMEOUT_MS = 5_000;

/** libuv threads of the capture process: the binding's bus poll keeps one (see gst.ts). */
const CAPTURE_THREADS = '8';

/** A media process that serves, and how those who feed it learn of its end. */
interface ServingMedia {
  readonly child: RunningChild;
  readonly gone: AbortSignal;
}

export function openChildren(options: ChildrenOptions): Children {
  const { clock, log } = options;
  let media: ServingMedia | undefined;
  let capture: RunningChild | undefined;
  let runs = 0;
  let restart = (_reason: string): void => undefined;
  const listening = new Set<() => void>();
  const opened = new Map<number, () => void>();
  const broken = new Map<number, (error: PipelineError) => void>();

  const runMedia = async (signal: AbortSignal): Promise<void> => {
    const gone = new AbortController();
    const failing = new AbortController();
    let child: RunningChild | undefined;
    const onMessage = (message: FromMedia) => {
      switch (message.type) {
        case 'listening':
          media = { child: child as RunningChild, gone: gone.signal };
          options.onListening();
          for (const resume of listening) resume();
          listening.clear();
          break;
        case 'failed':
          failing.abort(new PipelineError(message.code, message.message));
          break;
        case 'opened':
          opened.get(message.run)?.();
          break;
        case 'broken':
          broken.get(message.run)?.(new PipelineError('GRAPH_FAILED', message.message));
          break;
        case 'levels':
          options.onLevels(message.levels);
          break;
        case 'figures':
          options.onFigures(message.figures);
          break;
      }
    };
    try {
      await runNodeChild<FromMedia>(
        {
          name: 'media',
          entry: entryPoint(import.meta.url, '../pipelines/media/main'),
          graceMs: GRACE_MS,
          onMessage,
          onStart: (started) => {
            child = started;
            started.send({ type: 'start', settings: options.media } satisfies ToMedia);
          },
        },
        clock,
        log,
        AbortSignal.any([signal, failing.signal]),
      );
      if (failing.signal.aborted) throw failing.signal.reason;
    } finally {
      media = undefined;
      gone.abort();
    }
  };

  const mediaServing = async (signal: AbortSignal): Promise<ServingMedia> => {
    while (media === undefined) {
      await new Promise<void>((resolve, reject) => {
        listening.add(resolve);
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    }
    return media;
  };

  const runCapture = async (signal: AbortSignal): Promise<void> => {
    const serving = await mediaServing(signal);
    await options.camera.check(signal);
    await options.sound.check(signal);
    runs += 1;
    const run = runs;
    const failing = new AbortController();
    restart = (reason) => failing.abort(new PipelineError('GRAPH_FAILED', reason));
    const graph = options.graph();
    const pipes = await openPipes(graph);
    try {
      broken.set(run, (error) => failing.abort(error));
      const isOpen = new Promise<void>((resolve) => opened.set(run, resolve));
      serving.child.send({
        type: 'run',
        run,
        inlets: pipes.inlets.filter(({ id }) => id !== METER_ID),
        ...meterOf(pipes, options.soundChannels),
        stampings: {
          video: options.camera.source.stamping,
          audio: options.sound.source?.stamping ?? 'clock',
        },
      } satisfies ToMedia);
      const whileBothLive = AbortSignal.any([signal, serving.gone, failing.signal]);
      await openedInTime(isOpen, whileBothLive, clock);
      const onMessage = (message: FromCapture) => {
        if (whileBothLive.aborted) return;
        if (message.type === 'failed')
          failing.abort(new PipelineError('BAD_LAUNCH', message.message));
        if (message.type !== 'playing') return;
        serving.child.send({ type: 'clock', run, clockUs: message.clockUs } satisfies ToMedia);
        options.onPlaying();
      };
      await runNodeChild<FromCapture>(
        {
          name: 'capture',
          entry: entryPoint(import.meta.url, '../pipelines/capture/main'),
          inherit: pipes.writeFds,
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
      if (serving.gone.aborted) throw new Error('the media process it fed has ended');
    } finally {
      capture = undefined;
      opened.delete(run);
      broken.delete(run);
      pipes.close();
      await pipes.remove();
    }
  };

  return {
    runMedia,
    runCapture,
    toCapture: (message) => capture?.send(message),
    toMedia: (message) => media?.child.send(message),
    restartCapture: (reason) => restart(reason),
  };
}

/** Where the level meter finds raw sound, in the message that opens a run. */
function meterOf({ inlets }: Pipes, channels: number) {
  const path = inlets.find(({ id }) => id === METER_ID)?.path;
  return path === undefined ? {} : { meter: { path, channels, sampleRateHz: SAMPLE_RATE_HZ } };
}

function startMessage({ camera }: ChildrenOptions, graph: Graph): ToCapture {
  const { feed } = camera.source;
  return {
    type: 'start',
    launch: graph.launch,
    outlets: graph.outlets,
    ...(feed === undefined ? {} : { feed }),
  };
}

async function openedInTime(isOpen: Promise<void>, signal: AbortSignal, clock: Clock) {
  const late = async () => {
    await clock.sleep(OPEN_TIMEOUT_MS, signal);
    throw new PipelineError('GRAPH_FAILED', 'the media process does not answer');
  };
  await Promise.race([isOpen, late()]);
  signal.throwIfAborted();
}

interface Pipes {
  readonly inlets: readonly { readonly id: string; readonly path: string }[];
  /** In the order of the graph's outlets. */
  readonly writeFds: readonly number[];
  /** Closes the daemon's descriptors; safe to call twice. */
  readonly close: () => void;
  readonly remove: () => Promise<void>;
}

/**
 * One FIFO a track, in a folder only this user can enter: capture inherits the
 * writing ends, media opens the reading ends by name, so that it can take on a
 * new capture process without being restarted.
 */
async function openPipes({ outlets }: Graph): Promise<Pipes> {
  const folder = await mkdtemp(join(process.env['RUNTIME_DIRECTORY'] ?? tmpdir(), 'venuebox-'));
  const inlets = outlets.map(({ id }) => ({ id, path: join(folder, id) }));
  const paths = inlets.map(({ path }) => path);
  const open: number[] = [];
  const close = () => {
    for (const fd of open.splice(0)) closeSync(fd);
  };
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const made = await runCommand('mkfifo', ['-m', '600', ...paths], { timeoutMs: 2_000 });
    if (made.exitCode !== 0) throw new PipelineError('GRAPH_FAILED', `mkfifo: ${made.stderr}`);
    // A writing end opens at once only while somebody reads.
    for (const path of paths) open.push(openSync(path, constants.O_RDONLY | constants.O_NONBLOCK));
    const writeFds = paths.map((path) => openSync(path, constants.O_WRONLY));
    open.push(...writeFds);
    return { inlets, writeFds, close, remove };
  } catch (error) {
    close();
    await remove();
    throw error;
  }
}
