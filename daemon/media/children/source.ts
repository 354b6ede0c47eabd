/** The process of a camera or of a sound card, which feeds the encoders. */
import type { LaunchFragment, SendUnits } from '../../../hal/gst/launch.ts';
import { anySignal, pause } from '../../../hal/os/async.ts';
import type { ClockAndLog } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { WantedRestart } from '../../../hal/os/supervise.ts';
import { openWorker } from '../../../hal/os/worker.ts';
import type { SourceKind } from '../../../pipelines/capture/messages.ts';
import { pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import type { FromSource, SourceSettings, ToSource } from '../../../pipelines/source/messages.ts';
import type { CaptureChild } from './capture.ts';
import { closeAfterBoth, openPipes } from './pipes.ts';

/** A camera or a sound card, as far as its process goes. */
export interface SourceDevice {
  readonly name: string;
  /** Rejects with a HalError that says what to do when it cannot be used now. */
  check(signal: AbortSignal): Promise<void>;
  /** Read it after `check`. */
  readonly source: LaunchFragment | undefined;
  /** Has its access units sent into a FIFO, where another process receives them. */
  readonly sendUnits?: SendUnits;
  /** Its process has failed: the next `check` may put off another try. */
  onFailed?(error: unknown): void;
}

export interface SourceOptions extends ClockAndLog {
  readonly kind: SourceKind;
  /** Asked for at each start: the settings may name another one meanwhile. */
  readonly device: () => SourceDevice | undefined;
  /** Renders the launch line of what the device brings now. */
  readonly graph: (source: LaunchFragment) => string;
  readonly capture: CaptureChild;
  /** Its pipeline plays, */
  readonly onPlaying?: (source: LaunchFragment) => void;
  /** or no more, if it ever did. */
  readonly onEnd?: () => void;
}

export interface SourceChild {
  /** Runs it until it, or the capture process that it feeds, ends; a task for `supervise`. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  readonly send: (message: ToSource) => void;
  /** Ends it for a reason; its supervisor starts it again. */
  readonly restart: (reason: string) => void;
  /** Ends it as one that has failed. */
  readonly fail: (error: Error) => void;
}

/** SIGTERM to SIGKILL. It has nothing to write down. */
const GRACE_MS = 1_000;
/** libuv threads: the binding's bus poll keeps one (see gst.ts). */
const THREADS = '4';
/** The end of the encoders, after that of what fed them. */
const SEEN_WITHIN_MS = 150;

export function openSource(options: SourceOptions): SourceChild {
  const { kind, capture, clock, log } = options;
  const worker = openProcess(kind, { clock, log });
  let fail = (_error: Error): void => undefined;

  const run = async (signal: AbortSignal): Promise<void> => {
    // Where the encoders start too, all load at once.
    const { gone } = await capture.begun(signal);
    const failing = new AbortController();
    fail = (error) => failing.abort(error);
    using ends = anySignal(signal, gone, failing.signal);
    const throwIfWanted = () => throwIfEnded(failing.signal, gone);
    const device = options.device();
    await device?.check(ends.signal).finally(throwIfWanted);
    const source = device?.source;
    if (device === undefined || source === undefined) return;
    await using pipes = await openPipes([kind], 'writing');
    await using units =
      device.sendUnits === undefined ? undefined : await openPipes(['units'], 'reading');
    // The child has its own copies: the end of its frames is its end only.
    const close = closeAfterBoth(pipes, units);
    let setClock = (_clockUs: number): void => undefined;
    // One that dies while it loads must not be announced: its FIFOs are gone.
    const connect = async (until: AbortSignal): Promise<SourceSettings> => {
      const running = await capture.playing(until);
      await device.sendUnits?.(units?.named[0]?.path ?? '', until);
      const sourceRun = await running.openSource(kind, pipes.named[0]?.path ?? '', until);
      close();
      setClock = (clockUs) => running.send({ type: 'source-clock', kind, run: sourceRun, clockUs });
      if (source.stamping === 'monotonic') setClock(0);
      return settingsOf(source, options.graph(source));
    };
    const onMessage = (message: FromSource) => {
      if (message.type === 'ended') fail(new WantedRestart('the source has ended'));
      if (message.type !== 'playing') return;
      // One that counts its frames is placed by their arrival.
      if (source.stamping === 'clock') setClock(message.clockUs);
      options.onPlaying?.(source);
      log.info('source started', { source: kind, device: device.name });
    };
    const inherit = [...pipes.fds, ...(units?.fds ?? [])];
    try {
      await worker.run({ settings: connect, inherit, onMessage, onStart: close }, ends.signal);
    } catch (error) {
      // What reads from it may have ended before it, which is seen a moment later.
      await pause(clock, SEEN_WITHIN_MS, ends.signal);
      if (!gone.aborted) device.onFailed?.(error);
      if (!gone.aborted) throw error;
    } finally {
      options.onEnd?.();
    }
    throwIfWanted();
  };

  return {
    ...{ run, send: worker.send },
    restart: (reason) => fail(new WantedRestart(reason)),
    fail: (error) => fail(error),
  };
}

/** Throws where it was ended from without, which is no failure of its own. */
function throwIfEnded(failing: AbortSignal, gone: AbortSignal): void {
  if (failing.aborted) throw failing.reason;
  if (gone.aborted) throw new WantedRestart('the encoders were restarted');
}

function openProcess(name: SourceKind, os: Pick<SourceOptions, 'clock' | 'log'>) {
  return openWorker<SourceSettings, ToSource, FromSource>(
    {
      name,
      entry: entryPoint(import.meta.url, '../../../pipelines/source/main'),
      env: { UV_THREADPOOL_SIZE: THREADS },
      graceMs: GRACE_MS,
      errorOf: pipelineErrorOf,
    },
    os,
  );
}

function settingsOf({ feed, units }: LaunchFragment, launch: string): SourceSettings {
  return { launch, ...(feed && { feed }), ...(units && { units }) };
}
