/** Starts the clips process, feeds it with parts and passes requests to it. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anySignal, unlessAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { entryPoint } from '../../hal/os/process.ts';
import { type RestartPolicy, supervise } from '../../hal/os/supervise.ts';
import { openWorker } from '../../hal/os/worker.ts';
import { PipelineError } from '../errors.ts';
import { withFeed } from '../feed/feed-server.ts';
import { Outbox } from '../feed/outbox.ts';
import { PartTap } from '../feed/tap.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { StoredMovie } from './clip-store.ts';
import type { ClipsSettings, ClipsStart, FromClips, ToClips } from './messages.ts';
import type { Poster } from './poster.ts';

export interface ClipsOptions {
  readonly presentation: Presentation;
  readonly settings: ClipsSettings;
  readonly clock: Clock;
  readonly log: Log;
  readonly onClipPoster: (clipId: string, poster: Poster) => void;
  readonly onLivePoster: (poster: Poster, preview: StoredMovie | undefined) => void;
  /** For tests on machines that are slow: {@link FINISH_MS} otherwise. */
  readonly finishMs?: number;
}

export interface ClipsProcess {
  /** A track has published: call it from the presentation's `onPublish`. */
  collect(trackId: string): void;
  /**
   * Makes a clip of the last so many seconds; its poster follows by
   * `onClipPoster`. Rejects with a {@link PipelineError} CLIP_FAILED.
   */
  clip(seconds: number, signal: AbortSignal): Promise<StoredMovie>;
  /** Whether live posters and previews are made; on at first. */
  setLivePosters(isOn: boolean): void;
  run(signal: AbortSignal): Promise<void>;
}

const POLICY: RestartPolicy = { firstPauseMs: 200, longestPauseMs: 10_000, healthyMs: 20_000 };
/** A poster takes a second or two on a Pi; shorter than the media process's own grace. */
const FINISH_MS = 5_000;
/** To exit after that. */
const GRACE_MS = 1_000;
/** A clip takes a tenth of this where the disk answers. */
const CLIP_TIMEOUT_MS = 10_000;

type Answer = Extract<FromClips, { type: 'clip' | 'clip-failed' }>;

export function openClipsProcess(options: ClipsOptions): ClipsProcess {
  const { presentation, settings, clock, log, finishMs = FINISH_MS } = options;
  const trackIds = [...new Set([...settings.clipTrackIds, settings.previewTrackId])];
  const outbox = new Outbox(trackIds[0] ?? '');
  outbox.setEnabled(true);
  const tap = new PartTap(presentation, trackIds, {
    onInit: (trackId, initId, bytes) => outbox.setInit({ type: 'init', trackId, initId, bytes }),
    onPart: (part) => outbox.add(part, clock.monotonicMs()),
  });
  const asked = new Map<number, (answer: Answer) => void>();
  const worker = openWorker<ClipsStart, ToClips, FromClips>(
    {
      name: 'clips',
      entry: entryPoint(import.meta.url, './main'),
      graceMs: finishMs + GRACE_MS,
      askToEnd: () => outbox.close(),
    },
    { clock, log },
  );
  let isRunning = false;
  let requests = 0;
  let hasLivePosters = true;
  const sendLivePosters = () => worker.send({ type: 'live-posters', isOn: hasLivePosters });

  const onMessage = (message: FromClips) => {
    if (message.type === 'clip' || message.type === 'clip-failed')
      asked.get(message.request)?.(message);
    else if (message.type === 'clip-poster') options.onClipPoster(message.clipId, message.poster);
    else if (message.type === 'live-poster') options.onLivePoster(message.poster, message.preview);
    else log.warn('poster failed', { what: message.what, reason: message.reason });
  };
  const runOnce = (socketPath: string) => async (signal: AbortSignal) => {
    const onStart = () => {
      isRunning = true;
      sendLivePosters();
    };
    const start = { settings: { ...settings, socketPath, finishMs }, onMessage, onStart };
    try {
      await withFeed(outbox, socketPath, () => worker.run(start, signal), signal);
    } finally {
      isRunning = false;
      const reason = 'the clips process has ended';
      for (const [request, answer] of asked) answer({ type: 'clip-failed', request, reason });
    }
  };
  const ask = async (seconds: number, signal: AbortSignal): Promise<Answer> => {
    if (!isRunning) throw new Error('the clips process is not running');
    requests += 1;
    const request = requests;
    const answered = new Promise<Answer>((resolve) => asked.set(request, resolve));
    worker.send({ type: 'clip', request, seconds });
    try {
      return await unlessAborted(answered, signal);
    } finally {
      asked.delete(request);
    }
  };
  return {
    collect: (trackId) => tap.collect(trackId),
    clip: async (seconds, signal) => {
      signal.throwIfAborted();
      using ends = anySignal(signal, AbortSignal.timeout(CLIP_TIMEOUT_MS));
      try {
        const answer = await ask(seconds, ends.signal);
        if (answer.type === 'clip-failed') throw new Error(answer.reason);
        log.info('clip made', { id: answer.clip.id, tookMs: answer.tookMs });
        return answer.clip;
      } catch (cause) {
        if (signal.aborted) throw signal.reason;
        throw new PipelineError('CLIP_FAILED', `no clip: ${messageOf(cause)}`, { cause });
      }
    },
    setLivePosters: (isOn) => {
      hasLivePosters = isOn;
      sendLivePosters();
    },
    run: async (signal) => {
      const folder = await mkdtemp(join(process.env['RUNTIME_DIRECTORY'] ?? tmpdir(), 'vb-clips-'));
      try {
        const policy = POLICY;
        await supervise('clips', runOnce(join(folder, 's')), { policy, clock, log }, signal);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}
