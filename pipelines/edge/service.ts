/** The edge process: its parts, and how they are joined. */
import { every } from '../../hal/os/async.ts';
import { monotonicUs, systemClock } from '../../hal/os/clock.ts';
import { type Log, openLog, stackOf } from '../../hal/os/log.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import type { Parent } from '../../hal/os/worker-child.ts';
import { type LedPhones, withPortal } from '../captive/on-own-port.ts';
import { openAccess, withAccess } from '../http/access/access.ts';
import type { Handlers } from '../http/handlers.ts';
import type { HttpFigures } from '../http/http-figures.ts';
import { ViewerServer } from '../http/server.ts';
import { openServerOptions } from '../http/server-settings.ts';
import { type ViewerFigures, Viewers } from '../origin/viewers.ts';
import { LiveBranding } from '../player/brand/live-branding.ts';
import { brandingFolders, type DropJson, NO_PROGRESS } from '../player/drop-json.ts';
import { openPages } from '../player/pages.ts';
import { TitlePictures } from '../player/pictures/title-pictures.ts';
import { makeVariants } from '../variants/make-variants.ts';
import { openCdnLoop } from './cdn-loop.ts';
import { Edge } from './edge.ts';
import { openEdgeHandlers } from './handlers.ts';
import type { EdgeSettings, FromEdge, ToEdge } from './messages.ts';
import { openPushUpstream } from './push-upstream.ts';
import { EdgePushes } from './pushes.ts';
import { type EdgeReport, MAIN_PLAYLIST, UpstreamMonitor } from './state.ts';
import { openUpstream } from './upstream.ts';
import { openUrlMap } from './url-map.ts';
import { type LaddersDeps, openLadders } from './webrtc/ladders.ts';
import { type EdgeWhep, openEdgeWhep } from './webrtc/open.ts';

const FIGURES_EVERY_MS = 1_000;
/** An upstream that has not answered anything for this long is asked for its playlist. */
const POLL_AFTER_MS = 5_000;
/** Three target durations of 6 s, the longest that Apple recommends. */
const HOLD_MS = 18_000;

const POLL_REQUEST = { path: MAIN_PLAYLIST, query: new URLSearchParams(), header: () => undefined };

type Daemon = Pick<Parent<ToEdge, FromEdge>, 'send' | 'onCommand'>;

/**
 * Serves until `signal` aborts. Rejects with a PipelineError: BAD_SECRET, BAD_CERTIFICATE, or
 * why it cannot listen.
 */
export async function runEdgeService(
  settings: EdgeSettings,
  daemon: Daemon,
  signal: AbortSignal,
): Promise<void> {
  const { send } = daemon;
  const nowMs = () => performance.now();
  const log = openLog('info', 'journal');
  const base = new URL(settings.upstream);
  const target = openUrlMap(base);
  const access = openAccess(settings.tokenSecretFile, () => Date.now() / 1000);
  const loop = openCdnLoop();
  const monitor = new UpstreamMonitor();
  const upstream = openUpstream(base);
  const onAnswer = (path: string, answer: number | Error) =>
    monitor.add(path, answer, edge.unsupported, nowMs());
  const edge = new Edge({
    upstream: (url, ...rest) => upstream(access.sign(url), ...rest),
    clock: systemClock,
    loop,
    maxBytes: settings.maxBytes,
    holdMs: HOLD_MS,
    signal,
    wake: (key) => server.wake(key),
    onAnswer,
  });
  const isRendition = (id: string) => edge.hasPlaylist(`/live/${id}/index.m3u8`) || pushes.has(id);
  const viewers = new Viewers(isRendition, () => settings.drop.hasReactions);
  const isUpstream = (path: string) => target(path) !== undefined;
  const { pages, looks, onDrop } = openEdgePages(settings.drop, log);
  const pushes = new EdgePushes({
    upstream: openPushUpstream(base),
    ...{ loop, nowMs, signal },
    wake: (key) => server.wake(key),
    onAnswer,
  });
  const pushed = settings.hasPush ? pushes : undefined;
  const whep = openWebRtc(settings, daemon, { edge, upstream, loop, pushes, viewers, log });
  const led = takeCommands(daemon, whep);
  const asked = { edge, pushes: pushed, isUpstream, pages, onDrop, viewers, loop, nowMs };
  const { get, post } = openEdgeHandlers(asked);
  const handlers: Handlers = {
    ...(whep && { exchange: whep.exchange }),
    get: withPortal(settings.server.portal, withAccess(access, get), systemClock.monotonicMs, led),
    post,
    onFault: (error) => log.error('viewer request failed', { fault: stackOf(error) }),
  };
  const server = new ViewerServer(openServerOptions(settings.server, log), handlers, systemClock);
  const serving = server.run(signal, () => send({ type: 'listening' }));
  const reporting = every(FIGURES_EVERY_MS, signal, () => {
    if (nowMs() - monitor.answeredMs >= POLL_AFTER_MS) void edge.poll(POLL_REQUEST);
    const report = {
      ...edge.figures(),
      upstream: { url: settings.upstream, ...monitor.state },
    };
    const figures = figuresOf(report, server.figures(), viewers.figures(nowMs()));
    send({ type: 'figures', figures });
  });
  await Promise.all([serving, reporting, pushes.run(), looks.run(signal), whep?.run(signal)]);
}

/** Returns where phones of the hotspot are led, as the daemon says it. */
function takeCommands({ onCommand }: Daemon, whep: EdgeWhep | undefined): LedPhones {
  const led: LedPhones = {};
  onCommand((message) => {
    if (message.type === 'portal') led.page = message.page;
    else whep?.handle(message);
  });
  return led;
}

interface WebRtcParts extends LaddersDeps {
  readonly pushes: EdgePushes;
  readonly viewers: Viewers;
  readonly log: Log;
}

/** Undefined where the config has none. */
function openWebRtc(
  { whep: options }: EdgeSettings,
  { send }: Daemon,
  { pushes: streams, viewers, log, ...asked }: WebRtcParts,
): EdgeWhep | undefined {
  if (options === undefined) return undefined;
  return openEdgeWhep({
    ...{ options, streams, send, clock: systemClock, ...openLadders(asked) },
    nowUs: monotonicUs,
    onWatching: (address) => viewers.addFetch({ address }, performance.now()),
    onMissing: (missing) => {
      if (missing === undefined) log.info('WebRTC available at the upstream');
      else log.info('WebRTC not available', { reason: missing.reason });
    },
  });
}

/** The pages are this box's own, in the look that it has here; they name the upstream's drop. */
function openEdgePages(drop: EdgeSettings['drop'], log: Log) {
  const branding = new LiveBranding(brandingFolders(drop), log, () => titles.refresh());
  const titles = new TitlePictures({
    wanted: () => (branding.current.picture === undefined ? [] : [branding.current.picture]),
    ...{ make: makeVariants, onMade: () => undefined, log },
  });
  const look = () => branding.current;
  let progress = NO_PROGRESS;
  const pages = openPages(drop, () => progress, undefined, undefined, look, titles);
  const onDrop = ({ title, startsAt }: Partial<DropJson>) => {
    if (typeof title !== 'string' || typeof startsAt !== 'string') return;
    const planned = { id: '', endsAt: '' };
    const shown = { title, startsAt, hasReactions: drop.hasReactions === true, planned };
    progress = { ...NO_PROGRESS, shown };
  };
  const run: Task = (signal) => runAll([(ends) => branding.run(ends), titles.run], signal);
  return { pages, looks: { run }, onDrop };
}

/** The figures of a media process, for one that makes no parts itself. */
function figuresOf(
  edge: EdgeReport,
  http: HttpFigures,
  viewers: ViewerFigures,
): Extract<FromEdge, { type: 'figures' }>['figures'] {
  return {
    isFlowing: edge.upstream.phase === 'live',
    http,
    viewers,
    partLagMs: undefined,
    partsTotal: 0,
    repeatedFramesTotal: 0,
    heldBytes: edge.heldBytes,
    substitutes: {},
    suspended: [],
    edge,
  };
}
