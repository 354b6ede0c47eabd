/** The media process, as the daemon runs it. */

import { anySignal, unlessAborted } from '../../../hal/os/async.ts';
import type { ClockAndLog } from '../../../hal/os/log.ts';
import { entryPoint } from '../../../hal/os/process.ts';
import { WantedRestart } from '../../../hal/os/supervise.ts';
import { openWorker, type Worker } from '../../../hal/os/worker.ts';
import type { WantedClip } from '../../../pipelines/clips/clip-info.ts';
import { PipelineError, pipelineErrorOf } from '../../../pipelines/errors/pipeline-error.ts';
import type { ClipMade } from '../../../pipelines/media/archive.ts';
import type { Levels } from '../../../pipelines/media/levels.ts';
import type {
  FromMedia,
  MediaFigures,
  MediaSettings,
  ToMedia,
} from '../../../pipelines/media/messages.ts';
import type { TargetState } from '../../../pipelines/recording/settings.ts';
import type { Scan, WantedScan } from '../../../pipelines/scan/messages.ts';
import type { WhepRequest } from '../../../pipelines/whep/messages.ts';
import { Current, type ServingFeeder } from './current.ts';
import { PipeRequests } from './pipe-requests.ts';
import { StandingPorts } from './standing-ports.ts';

export interface MediaOptions extends ClockAndLog {
  /** Asked for at each start. */
  readonly settings: (signal: AbortSignal) => Promise<MediaSettings>;
  readonly onListening: (servesEnded: boolean) => void;
  readonly onFigures: (figures: MediaFigures, newestMsn: number | undefined) => void;
  /** All encoders are to give a key frame now. */
  readonly onKeyframesWanted: () => void;
  readonly onLevels: (levels: Levels) => void;
  readonly onRecording: (targets: readonly TargetState[]) => void;
  readonly onScan: (scan: Scan) => void;
  /** Of a viewer, to the WHEP process. */
  readonly onWhep: (request: WhepRequest) => void;
}

export interface MediaChild {
  /** Runs it until it ends; a task for `supervise`. */
  readonly run: (signal: AbortSignal) => Promise<void>;
  /** Sends to it, where one runs. */
  readonly send: (message: ToMedia) => void;
  /** Rejects where no clip can be made. */
  readonly clip: (wanted: Omit<WantedClip, 'atMs'>, signal: AbortSignal) => Promise<ClipMade>;
  /** Reads a code off the stream, also in the processes that follow; undefined for none. */
  readonly scan: (wanted: WantedScan | undefined) => void;
  /** Leads the hotspot's phones to this page, also in the processes that follow; undefined: nowhere. */
  readonly lead: (page: string | undefined) => void;
  /** Ends it for a reason; its supervisor starts it again. */
  readonly restart: (reason: string) => void;
  /** Ends one that hangs, without asking it. */
  readonly kill: () => void;
  /** Waits for one that starts, or serves. Rejects when `signal` aborts. */
  readonly begun: (signal: AbortSignal) => Promise<Pick<ServingMedia, 'gone'>>;
  /** Waits for one that serves. Rejects when `signal` aborts. */
  readonly serving: (signal: AbortSignal) => Promise<ServingMedia>;
}

/** A media process that serves. */
export interface ServingMedia extends ServingFeeder<ToMedia> {
  readonly send: (message: ToMedia) => void;
}

/** SIGTERM to SIGKILL: recorders write out what they got, on slow disks too. */
const GRACE_MS = 10_000;
/** Its missing figures are noticed before, as `media-silent`. */
const SILENT_MAX_MS = 10_000;
/** libuv threads: a disk that hangs holds those that read clips and replays from it. */
const MEDIA_THREADS = '16';
type ClipAnswer = Extract<FromMedia, { type: 'clip' | 'no-clip' }>;

export const openMedia = (options: MediaOptions): MediaChild => new MediaProcess(options);

class MediaProcess implements MediaChild {
  readonly #options: MediaOptions;
  readonly #worker: Worker<MediaSettings, ToMedia, FromMedia>;
  readonly #begun = new Current<Pick<ServingMedia, 'gone'>>();
  readonly #current = new Current<ServingMedia>();
  /** The last process got so far as to listen. */
  #hasServed = true;
  #onServed = (): void => undefined;
  #wantedScan: WantedScan | undefined;
  #page: string | undefined;
  #lastId = 0;
  #failing = new AbortController();
  readonly #pipes: PipeRequests<ToMedia>;
  readonly #ports: StandingPorts;
  readonly #clips = new Map<number, (answer: ClipAnswer) => void>();

  constructor(options: MediaOptions) {
    this.#options = options;
    this.#ports = new StandingPorts(options.log);
    this.#pipes = new PipeRequests({
      clock: options.clock,
      send: (message) => this.#worker.send(message),
    });
    this.#worker = openWorker<MediaSettings, ToMedia, FromMedia>(
      {
        name: 'media',
        entry: entryPoint(import.meta.url, '../../../pipelines/media/main'),
        env: { UV_THREADPOOL_SIZE: MEDIA_THREADS },
        graceMs: GRACE_MS,
        silentMaxMs: SILENT_MAX_MS,
        errorOf: pipelineErrorOf,
      },
      options,
    );
  }

  readonly run = async (signal: AbortSignal): Promise<void> => {
    const gone = new AbortController();
    const failing = new AbortController();
    this.#failing = failing;
    using ends = anySignal(signal, failing.signal);
    const onMessage = (message: FromMedia) => {
      // Once it is to end, its messages are out of date.
      if (!ends.signal.aborted) this.#onMessage(message, gone.signal);
    };
    try {
      const settings = await this.#options.settings(ends.signal);
      const { server, inherit } = this.#ports.lend(settings.server);
      const started = { settings: { ...settings, server }, inherit, onMessage };
      // What cannot listen would start encoders and sources for nothing, again and again.
      const begun = { gone: gone.signal };
      const hadServed = this.#hasServed;
      this.#hasServed = false;
      this.#onServed = () => this.#begun.set(begun);
      if (hadServed) this.#begun.set(begun);
      await this.#worker.run(started, ends.signal);
      if (failing.signal.aborted) throw failing.signal.reason;
    } finally {
      this.#begun.set(undefined);
      this.#current.set(undefined);
      gone.abort(new Error('the media process has ended'));
      if (signal.aborted) this.#ports.close();
    }
  };

  readonly send = (message: ToMedia): void => this.#current.serving?.send(message);

  readonly scan = (wanted: WantedScan | undefined): void => {
    this.#wantedScan = wanted;
    this.send({ type: 'scan', ...(wanted && { wanted }) });
  };

  readonly lead = (page: string | undefined): void => {
    this.#page = page;
    this.send({ type: 'portal', ...(page && { page }) });
  };

  readonly restart = (reason: string): void => this.#failing.abort(new WantedRestart(reason));
  readonly kill = (): void => this.#worker.kill();
  readonly begun: MediaChild['begun'] = (signal) => this.#begun.wait(signal);
  readonly serving: MediaChild['serving'] = (signal) => this.#current.wait(signal);

  async clip(wanted: Omit<WantedClip, 'atMs'>, signal: AbortSignal): Promise<ClipMade> {
    const serving = await this.serving(signal);
    this.#lastId += 1;
    const request = this.#lastId;
    const answered = new Promise<ClipAnswer>((resolve) => this.#clips.set(request, resolve));
    serving.send({ type: 'clip', request, ...wanted });
    using ends = anySignal(signal, serving.gone);
    try {
      const answer = await unlessAborted(answered, ends.signal);
      if (answer.type === 'no-clip') throw new PipelineError('CLIP_FAILED', answer.reason);
      return answer.clip;
    } finally {
      this.#clips.delete(request);
    }
  }

  #onMessage(message: FromMedia, gone: AbortSignal): void {
    const options = this.#options;
    switch (message.type) {
      case 'listening':
        this.#onServing(gone, message.servesEnded);
        break;
      case 'opened':
      case 'broken':
        this.#pipes.onMessage(message);
        break;
      case 'keyframes':
        options.onKeyframesWanted();
        break;
      case 'levels':
        options.onLevels(message.levels);
        break;
      case 'clip':
      case 'no-clip':
        this.#clips.get(message.request)?.(message);
        break;
      case 'recording':
        options.onRecording(message.targets);
        break;
      case 'scanned':
        options.onScan(message.scan);
        break;
      case 'whep':
        options.onWhep(message.request);
        break;
      case 'figures':
        options.onFigures(message.figures, message.newestMsn);
        break;
    }
  }

  #onServing(gone: AbortSignal, servesEnded: boolean): void {
    this.#hasServed = true;
    this.#onServed();
    this.#current.set({
      send: this.#worker.send,
      gone,
      openPipes: (ask, onBroken, signal) => this.#pipes.open(ask, onBroken, signal, gone),
    });
    this.#options.onListening(servesEnded);
    if (this.#wantedScan !== undefined) this.scan(this.#wantedScan);
    if (this.#page !== undefined) this.lead(this.#page);
  }
}
