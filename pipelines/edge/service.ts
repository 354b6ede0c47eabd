/** The edge process: its parts, and how they are joined. */
import { systemClock } from '../../hal/os/clock.ts';
import { messageOf, openLog, stackOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors.ts';
import { openAccess, withAccess } from '../http/access.ts';
import type { Handlers } from '../http/handlers.ts';
import { type HttpFigures, ViewerServer } from '../http/server.ts';
import { openServerOptions } from '../http/server-settings.ts';
import { type ViewerFigures, Viewers } from '../origin/viewers.ts';
import { openPages } from '../player/pages.ts';
import { openCdnLoop } from './cdn-loop.ts';
import { Edge } from './edge.ts';
import { openEdgeHandlers } from './handlers.ts';
import type { EdgeSettings, FromEdge } from './messages.ts';
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
 * @param send Takes what goes to the daemon.
 * @throws PipelineError BAD_SECRET, or an error of the file where a certificate cannot be read.
 */
export function openEdgeService(settings: EdgeSettings, send: Send, signal: AbortSignal): void {
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
  const viewers = new Viewers((id) => edge.hasPlaylist(`/live/${id}/index.m3u8`));
  const isUpstream = (path: string) => target(path) !== undefined;
  const pages = openPages(settings.drop);
  const { get, post } = openEdgeHandlers({ edge, isUpstream, pages, viewers, loop, nowMs });
  const handlers: Handlers = {
    get: withAccess(access, get),
    post,
    onFault: (error) => log.error('viewer request failed', { fault: stackOf(error) }),
  };
  const server = new ViewerServer(openServerOptions(settings.server), handlers, systemClock);
  server
    .run(signal, () => send({ type: 'listening' }))
    .catch((error: unknown) => {
      const code = error instanceof PipelineError ? error.code : 'LISTEN_FAILED';
      send({ type: 'failed', code, message: messageOf(error) });
    });
  setInterval(() => {
    if (nowMs() - monitor.answeredMs >= POLL_AFTER_MS) void edge.poll(POLL_REQUEST);
    const report = {
      ...edge.figures(),
      upstream: { url: settings.upstream, ...monitor.state },
    };
    const figures = figuresOf(report, server.figures(), viewers.figures(nowMs()));
    send({ type: 'figures', figures });
  }, FIGURES_EVERY_MS);
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
