/**
 * The media process: access units in, LL-HLS out. Told what to serve over IPC.
 */
import { systemClock } from '../../hal/os/clock.ts';
import { messageOf, openLog, stackOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors.ts';
import { UplinkFeed } from '../feed/uplink-feed.ts';
import { limitsFor } from '../hls/limits.ts';
import { openAccess, withAccess } from '../http/access.ts';
import type { HttpRequest } from '../http/handlers.ts';
import { ViewerServer } from '../http/server.ts';
import { openServerOptions } from '../http/server-settings.ts';
import { receiveBeacon } from '../origin/beacons.ts';
import { openNotLiveFilter } from '../origin/not-live.ts';
import { Origin } from '../origin/origin.ts';
import { quantiles, Viewers } from '../origin/viewers.ts';
import { Presentation } from '../packager/presentation.ts';
import type { Stamping } from '../packager/timeline.ts';
import { openPages } from '../player/pages.ts';
import { openArchive } from './archive.ts';
import { type CaptureRun, openCaptureRun, type RunMessage } from './capture-run.ts';
import { FrameRate } from './frame-rate.ts';
import type { FromMedia, MediaSettings, ToMedia } from './messages.ts';

const FIGURES_EVERY_MS = 1_000;
const LAGS_MAX = 2_000;
/** More than ever come: restarts of capture cut segments short. */
const SEGMENTS_PER_S = 4;
/** A capture that brings nothing for so long hangs; one that reads what others write may wait. */
const HUNG_MS: Readonly<Record<Stamping, number>> = { clock: 5_000, count: 30_000 };
/** Node, GStreamer and its plugins come off a slow card before the first frame. */
const STARTING_MS = 15_000;

/** So long guests are told that it was: who comes later comes for the next drop. */
const OVER_MS = 15 * 60_000;

const nowS = () => Date.now() / 1000;

function tell(message: FromMedia): void {
  process.send?.(message);
}

interface Started {
  readonly handle: (message: ToMedia) => void;
  /** Settles when all that was recorded is closed, soon after the signal aborted. */
  readonly closed: Promise<void>;
}

function start(settings: MediaSettings, signal: AbortSignal): Started {
  // Media time is the wall clock at the start, and steps no more with it.
  const mediaStartUs = (Date.now() - settings.epochMs) * 1000;
  const startedMs = performance.now();
  const nowUs = () => mediaStartUs + (performance.now() - startedMs) * 1000;
  // Both counts only grow, over restarts too: a segment a second at most. They
  // count from the epoch, as hls.js 1.7 hangs on sequence numbers like Unix time.
  const seed = Math.max(0, Math.floor((SEGMENTS_PER_S * mediaStartUs) / 1e6));

  let server: ViewerServer | undefined;
  let overUntilMs = 0;
  let partsTotal = 0;
  let lagsMs: number[] = [];
  let runClockUs: number | undefined;
  /** Running time of each picture's newest frame: the moment it was captured. */
  const lastVideoUs = new Map<string, number>();
  for (const { id, kind } of settings.tracks) if (kind === 'video') lastVideoUs.set(id, 0);
  const presentation = new Presentation({
    limits: limitsFor(settings.partTargetMs, settings.segmentMs, settings.windowS),
    segmentUs: settings.segmentMs * 1000,
    epochMs: settings.epochMs,
    tracks: settings.tracks,
    firstMsn: seed,
    firstDiscontinuity: seed,
    onPublish: (trackId) => {
      partsTotal += 1;
      const runningUs = lastVideoUs.get(trackId);
      if (runClockUs !== undefined && runningUs !== undefined) {
        const lagMs = Number(process.hrtime.bigint()) / 1e6 - (runClockUs + runningUs) / 1000;
        if (lagsMs.length < LAGS_MAX) lagsMs.push(lagMs);
      }
      server?.wake(trackId);
      archive?.collect(trackId);
      // Under a crowd timers wait for seconds, and silence would count as hung.
      if (performance.now() - toldMs >= FIGURES_EVERY_MS) tellFigures();
    },
  });
  const gate = openAccess(settings.tokenSecretFile, nowS);
  const log = openLog('info', 'journal', (line) => process.stderr.write(line));
  const archive = openArchive(settings.archive, {
    presentation,
    sign: gate.sign,
    clock: systemClock,
    log,
    onTargets: (targets) => tell({ type: 'recording', targets }),
  });
  const origin = new Origin(presentation, settings.ladder);
  const curtain = openNotLiveFilter(settings.previewPath);
  const answer = (request: HttpRequest) => {
    const admitted = curtain.admit(request);
    if ('status' in admitted) return admitted;
    return archive.answer(admitted) ?? pages.answer(admitted) ?? origin.answer(admitted);
  };
  const trackIds = new Set(settings.tracks.map(({ id }) => id));
  const viewers = new Viewers((id) => trackIds.has(id));
  const pages = openPages(settings.drop, () => performance.now() < overUntilMs);

  server = new ViewerServer(
    openServerOptions(settings.server),
    {
      get: withAccess(gate, answer),
      post: (path, body) => receiveBeacon(viewers, path, body, performance.now()),
      onFault: (error) => log.error('a request met a mistake', { fault: stackOf(error) }),
    },
    systemClock,
  );
  server
    .run(signal, () => tell({ type: 'listening' }))
    .catch((error: unknown) => {
      const code = error instanceof PipelineError ? error.code : 'LISTEN_FAILED';
      tell({ type: 'failed', code, message: messageOf(error) });
    });

  setInterval(() => {
    presentation.tick(nowUs());
    if (presentation.wantsKeyframes()) tell({ type: 'keyframes' });
    const mostMs = presentation.isStarting ? Math.max(hungMs, STARTING_MS) : hungMs;
    if (presentation.stalledUs(nowUs()) / 1000 > mostMs)
      captureRun?.fail('capture brings no frames');
  }, presentation.tickEveryMs);
  let toldMs = performance.now();
  const frameRate = new FrameRate(toldMs);
  const tellFigures = () => {
    toldMs = performance.now();
    const framesPerS = frameRate.take(toldMs);
    tell({
      type: 'figures',
      figures: {
        isFlowing: presentation.isFlowing(nowUs()),
        http: (server as ViewerServer).figures(),
        viewers: viewers.figures(toldMs),
        partLagMs: quantiles(lagsMs),
        partsTotal,
        repeatedFramesTotal: presentation.repeatedFramesTotal,
        ...(framesPerS === undefined ? {} : { framesPerS }),
        substitutes: presentation.substitutes.now(),
        suspended: presentation.substitutes.suspended(),
        heldBytes: presentation.tracks().reduce((sum, { window }) => sum + window.heldBytes(), 0),
      },
    });
    lagsMs = [];
  };
  setInterval(() => {
    if (performance.now() - toldMs >= FIGURES_EVERY_MS / 2) tellFigures();
  }, FIGURES_EVERY_MS);

  let captureRun: CaptureRun | undefined;
  let hungMs = HUNG_MS.clock;
  const uplink = new UplinkFeed();
  const openRun = (message: RunMessage) => {
    captureRun?.close();
    runClockUs = undefined;
    hungMs = Math.max(HUNG_MS[message.stampings.video], HUNG_MS[message.stampings.audio]);
    captureRun = openCaptureRun(message, {
      presentation,
      uplink,
      isPublished: (id) => presentation.kindOf(id) !== undefined,
      nowUs,
      tell,
      onUnit: (id, runningUs) => {
        if (lastVideoUs.has(id)) frameRate.note(id);
        for (const reader of presentation.substitutes.readersOf(id)) {
          if (lastVideoUs.has(reader)) lastVideoUs.set(reader, runningUs);
        }
      },
    });
  };
  const openUplink = ({ run, outputs }: Extract<ToMedia, { type: 'uplink' }>) => {
    try {
      uplink.open(outputs);
      tell({ type: 'opened', run });
    } catch (error) {
      tell({ type: 'broken', run, message: messageOf(error) });
    }
  };

  const makeClip = ({ request, seconds }: Extract<ToMedia, { type: 'clip' }>) => {
    archive.clip(seconds, signal).then(
      (clip) => tell({ type: 'clip', request, clip }),
      (error: unknown) => tell({ type: 'no-clip', request, reason: messageOf(error) }),
    );
  };
  const setDrop = ({ dropId, isOver = false }: Extract<ToMedia, { type: 'record' }>) => {
    overUntilMs = isOver ? performance.now() + OVER_MS : 0;
    if (dropId !== undefined) presentation.listFromNow(nowUs());
    curtain.setLive(dropId !== undefined);
    archive.setRecording(dropId);
  };
  const handle = (message: ToMedia) => {
    if (message.type === 'run') openRun(message);
    if (message.type === 'uplink') openUplink(message);
    if (message.type === 'clock') runClockUs = message.clockUs;
    if (message.type === 'record') setDrop(message);
    if (message.type === 'clip') makeClip(message);
    if (message.type === 'suspend') {
      presentation.setSubstitutes(message.substitutes);
      archive.setPreviews(message.hasPreviews);
    }
    if (message.type === 'end') presentation.end(nowUs());
  };
  return { handle, closed: archive.run(signal) };
}

const ending = new AbortController();
let started: Started | undefined;
process.on('message', (message: ToMedia) => {
  if (message.type !== 'start') {
    started?.handle(message);
    return;
  }
  try {
    started = start(message.settings, ending.signal);
  } catch (error) {
    const code = error instanceof PipelineError ? error.code : 'BAD_CERTIFICATE';
    tell({ type: 'failed', code, message: messageOf(error) });
  }
});
const end = () => {
  if (ending.signal.aborted) return;
  ending.abort();
  const exit = () => process.exit(0);
  (started?.closed ?? Promise.resolve()).then(exit, exit);
};
// Nobody is left to serve for: the daemon has died or asks this process to end.
process.on('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGINT', () => undefined);
