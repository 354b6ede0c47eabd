/** The edge process: its parts, and how they are joined. */
import { every } from '../../hal/os/async.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { openLog, stackOf } from '../../hal/os/log.ts';
import { openAccess, withAccess } from '../http/access/access.ts';
import type { Handlers } from '../http/handlers.ts';
import type { HttpFigures } from '../http/http-figures.ts';
import { ViewerServer } from '../http/server.ts';
import { openServerOptions } from '../http/server-settings.ts';
import { type ViewerFigures, Viewers } from '../origin/viewers.ts';
import { LiveBranding } from '../player/brand/live-branding.ts';
import { brandingFolders } from '../player/drop-report.ts';
import { openPages } from '../player/pages.ts';
import { openCdnLoop } from './cdn-loop.ts';
import { Edge } from './edge.ts';
import { openEdgeHandlers } from './handlers.ts';
import type { EdgeSettings, FromEdge } from './messages.ts';
import { openPushUpstream } from './push-upstream.ts';
import { EdgePushes } from './pushes.ts';
import { type EdgeReport, MAIN_PLAYLIST, UpstreamMonitor } from './state.ts';
import { openTarget } from './target.ts';
import { openUpstream } from './upstream.ts';

const FIGURES_EVERY_MS = 1_000;
/** An upstream that has not answered anything for this long is asked for its playlist. */
const POLL_AFTER_MS = 5_000;
/** Three target durations of 6 s, the longest that Apple recommends. */
const HOLD_MS = 18_000;

const POLL_REQUEST = { path: MAIN_PLAYLIST, query: new URLSearchParams(), header: () => undefined };

type Send = (message: FromEdge) => void;

/**
 * Serves until `signal` aborts. Rejects with a PipelineError: BAD_SECRET, BAD_CERTIFICATE, or
 * why it cannot listen.
 *
 * @param send Takes what goes to the daemon.
 */
export async function runEdgeService(
  settings: EdgeSettings,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  const nowMs = () => performance.now();
  const log = openLog('info', 'journal', (line) => process.stderr.write(line));
  const base = new URL(settings.upstream);
  const target = openTarget(base);
  const access = openAccess(settings.tokenSecretFile, () => Date.now() / 1000);
  const loop = openCdnLoop();
  const monitor = new UpstreamMonitor();
  const upstream = openUpstream(base);
  const edge = new Edge({
    upstream: (url, ...rest) => upstream(access.sign(url), ...rest),
    clock: systemClock,
    loop,
    maxBytes: settings.maxBytes,
    holdMs: HOLD_MS,
    signal,
    wake: (key) => server.wake(key),
    onAnswer: (path, answer) => monitor.add(path, answer, edge.unsupported, nowMs()),
  });
  const isRendition = (id: string) => edge.hasPlaylist(`/live/${id}/index.m3u8`) || pushes.has(id);
  const viewers = new Viewers(isRendition, settings.drop.hasReactions);
  const isUpstream = (path: string) => target(path) !== undefined;
  const branding = new LiveBranding(brandingFolders(settings.drop), log, () => undefined);
  const pages = openPages(settings.drop, undefined, undefined, undefined, () => branding.current);
  const pushes = new EdgePushes({
    upstream: openPushUpstream(base),
    ...{ loop, nowMs, signal },
    wake: (key) => server.wake(key),
    onAnswer: (path, answer) => monitor.add(path, answer, edge.unsupported, nowMs()),
  });
  const pushed = settings.hasPush ? pushes : undefined;
  const asked = { edge, pushes: pushed, isUpstream, pages, viewers, loop, nowMs };
  const { get, post } = openEdgeHandlers(asked);
  const handlers: Handlers = {
    get: withAccess(access, get),
    post,
    onFault: (error) => log.error('viewer request failed', { fault: stackOf(error) }),
  };
  const server = new ViewerServer(openServerOptions(settings.server), handlers, systemClock);
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
  await Promise.all([serving, reporting, pushes.run(), branding.run(signal)]);
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
