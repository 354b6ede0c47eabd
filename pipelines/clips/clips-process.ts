/** Starts the clips process, feeds it with parts and passes requests to it. */
import { join } from 'node:path';
import { anySignal } from '../../hal/os/async.ts';
import { openTempFolder } from '../../hal/os/files/temp-folder.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { entryPoint } from '../../hal/os/process.ts';
import { type RestartPolicy, supervise } from '../../hal/os/supervise.ts';
import { openWorker, type Worker } from '../../hal/os/worker.ts';
import { PipelineError } from '../errors/pipeline-error.ts';
import { withFeed } from '../feed/feed-server.ts';
import { Outbox } from '../feed/outbox.ts';
import { PartTap } from '../feed/tap.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { WantedClip } from './clip-info.ts';
import { ClipRequests } from './clip-requests.ts';
import type { StoredMovie } from './clip-store.ts';
import type { ClipsSettings, ClipsStart, FromClips, ToClips } from './messages.ts';
import type { Poster } from './poster.ts';

export interface ClipsOptions extends ClockAndLog {
  readonly presentation: Presentation;
  readonly settings: ClipsSettings;
  readonly onClipPoster: (clipId: string, poster: Poster) => void;
  /** The oldest clips were deleted. */
  readonly onDeleted: (clipIds: readonly string[]) => void;
  readonly onLivePoster: (poster: Poster, preview: StoredMovie | undefined) => void;
  /** For tests on machines that are slow: {@link FINISH_MS} otherwise. */
  readonly finishMs?: number;
}

export interface ClipsProcess {
  /** A track has published: call it from the presentation's `onPublish`. */
  collect(trackId: string): void;
  /**
   * Makes a clip; its poster follows by `onClipPoster`. Rejects with a {@link PipelineError} CLIP_FAILED.
   */
  clip(wanted: WantedClip, signal: AbortSignal): Promise<StoredMovie>;
  /** Whether live posters and previews are made; on at first. */
  setLivePosters(isOn: boolean): void;
  run(signal: AbortSignal): Promise<void>;
}

const POLICY: RestartPolicy = { firstPauseMs: 200, longestPauseMs: 10_000, healthyMs: 20_000 };
/** A poster takes a second or two on a Pi; shorter than the media process's own grace. */
const FINISH_MS = 5_000;
/** To exit after that. */
const GRACE_MS = 1_000;
/** Twice as long as a clip is waited for: its disk hangs, and each later clip would wait for it. */
const STANDS_MAX_MS = 20_000;
/** A clip takes a tenth of this where the disk answers. */
const CLIP_TIMEOUT_MS = 10_000;

export function openClipsProcess(options: ClipsOptions): ClipsProcess {
  return new FedClipsProcess(options);
}

/** Its outbox gets the parts that are published, also while the process restarts. */
class FedClipsProcess implements ClipsProcess {
  readonly #options: ClipsOptions;
  readonly #finishMs: number;
  readonly #outbox: Outbox;
  readonly #tap: PartTap;
  readonly #worker: Worker<ClipsStart, ToClips, FromClips>;
  readonly #requests = new ClipRequests();
  #isRunning = false;
  #hasLivePosters = true;

  constructor(options: ClipsOptions) {
    const { presentation, settings, clock, finishMs = FINISH_MS } = options;
    const trackIds = [...new Set([...settings.clipTrackIds, settings.previewTrackId])];
    const outbox = new Outbox(trackIds[0] ?? '');
    outbox.setDrop({ epochMs: presentation.epochMs });
    this.#options = options;
    this.#finishMs = finishMs;
    this.#outbox = outbox;
    this.#tap = new PartTap(presentation, trackIds, {
      onInit: (trackId, initId, bytes) => outbox.setInit({ type: 'init', trackId, initId, bytes }),
      onPart: (part) => outbox.add(part, clock.monotonicMs()),
    });
    this.#worker = openWorker(
      {
        name: 'clips',
        entry: entryPoint(import.meta.url, './main'),
        graceMs: finishMs + GRACE_MS,
        standsMaxMs: STANDS_MAX_MS,
        askToEnd: () => outbox.close(),
      },
      options,
    );
  }

  collect(trackId: string): void {
    this.#tap.collect(trackId);
  }

  async clip(wanted: WantedClip, signal: AbortSignal): Promise<StoredMovie> {
    signal.throwIfAborted();
    using ends = anySignal(signal, AbortSignal.timeout(CLIP_TIMEOUT_MS));
    try {
      if (!this.#isRunning) throw new Error('the clips process is not running');
      const send = (request: number) => this.#worker.send({ type: 'clip', request, ...wanted });
      const answer = await this.#requests.ask(send, ends.signal);
      if (answer.type === 'clip-failed') throw new Error(answer.reason);
      this.#options.log.info('clip made', { id: answer.clip.id, tookMs: answer.tookMs });
      return answer.clip;
    } catch (cause) {
      if (signal.aborted) throw signal.reason;
      throw new PipelineError('CLIP_FAILED', `no clip: ${messageOf(cause)}`, { cause });
    }
  }

  setLivePosters(isOn: boolean): void {
    this.#hasLivePosters = isOn;
    this.#worker.send({ type: 'live-posters', isOn });
  }

  readonly run = async (signal: AbortSignal): Promise<void> => {
    const { clock, log } = this.#options;
    await using folder = await openTempFolder('vb-clips-');
    const runOnce = (ends: AbortSignal) => this.#runOnce(join(folder.path, 's'), ends);
    await supervise('clips', runOnce, { policy: POLICY, clock, log }, signal);
  };

  async #runOnce(socketPath: string, signal: AbortSignal): Promise<void> {
    const settings = { ...this.#options.settings, socketPath, finishMs: this.#finishMs };
    const onMessage = (message: FromClips) => this.#onMessage(message);
    const onStart = () => {
      this.#isRunning = true;
      this.setLivePosters(this.#hasLivePosters);
    };
    const run = () => this.#worker.run({ settings, onMessage, onStart }, signal);
    try {
      await withFeed(this.#outbox, socketPath, run, signal);
    } finally {
      this.#isRunning = false;
      this.#requests.fail('the clips process has ended');
    }
  }

  #onMessage(message: FromClips): void {
    const { log, onClipPoster, onLivePoster, onDeleted } = this.#options;
    switch (message.type) {
      case 'clip':
      case 'clip-failed':
        this.#requests.answer(message);
        break;
      case 'clip-poster':
        onClipPoster(message.clipId, message.poster);
        break;
      case 'live-poster':
        onLivePoster(message.poster, message.preview);
        break;
      case 'pruned':
        if (message.deleted.length > 0) {
          log.info('oldest clips deleted', { clips: message.deleted.length });
          onDeleted(message.deleted);
        }
        for (const one of message.failed) log.warn('clip not deleted', one);
        break;
      case 'poster-failed':
        log.warn('poster failed', { what: message.what, reason: message.reason });
    }
  }
}
