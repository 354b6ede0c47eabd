/**
 * The edge process: another origin's stream in, for this room's viewers. Told
 * what to serve over IPC.
 */
import { systemClock } from '../../hal/os/clock.ts';
import { messageOf, openLog, stackOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors.ts';
import { openAccess, withAccess } from '../http/access.ts';
import { ViewerServer } from '../http/server.ts';
import { openServerOptions } from '../http/server-settings.ts';
import { Viewers } from '../origin/viewers.ts';
import { openPages } from '../player/pages.ts';
import { openCdnLoop } from './cdn-loop.ts';
import { Edge } from './edge.ts';
import { openEdgeHandlers } from './handlers.ts';
import type { EdgeSettings, FromEdge, ToEdge } from './messages.ts';
import { type EdgeReport, MAIN_PLAYLIST, stepUpstream, type UpstreamState } from './state.ts';
import { openTarget } from './target.ts';
import { openUpstream } from './upstream.ts';

const FIGURES_EVERY_MS = 1_000;
/** An upstream that nobody has asked for so long is looked at. */
const LOOK_AFTER_MS = 5_000;
/** Three target durations of 6 s, the longest that Apple advises. */
const HOLD_MS = 18_000;

function tell(message: FromEdge): void {
  process.send?.(message);
}

function start(settings: EdgeSettings, signal: AbortSignal): void {
  const now = () => performance.now();
  const upstream = new URL(settings.upstream);
  const target = openTarget(upstream);
  let state: UpstreamState = { phase: 'asking' };
  let seenMs = Number.NEGATIVE_INFINITY;
  let server: ViewerServer | undefined;
  const gate = openAccess(settings.tokenSecretFile, () => Date.now() / 1000);
  const loop = openCdnLoop();
  const fetchOf = openUpstream(upstream);
  const edge = new Edge({
    upstream: (url, ...rest) => fetchOf(gate.sign(url), ...rest),
    clock: systemClock,
    loop,
    maxBytes: settings.maxBytes,
    holdMs: HOLD_MS,
    signal,
    wake: (key) => server?.wake(key),
    onSeen: (path, seen) => {
      state = stepUpstream(state, path, seen, edge.unsupported);
      seenMs = now();
    },
  });
  const viewers = new Viewers((id) => edge.hasPlaylist(`/live/${id}/index.m3u8`));
  const isUpstream = (path: string) => target(path) !== undefined;
  const pages = openPages(settings.drop);
  const room = openEdgeHandlers({ edge, isUpstream, pages, viewers, loop, nowMs: now });
  const log = openLog('info', 'journal', (line) => process.stderr.write(line));
  const handlers = {
    ...room,
    get: withAccess(gate, room.get),
    onFault: (error: unknown) => log.error('a request met a mistake', { fault: stackOf(error) }),
  };
  server = new ViewerServer(openServerOptions(settings.server), handlers, systemClock);
  server
    .run(signal, () => tell({ type: 'listening' }))
    .catch((error: unknown) => {
      const code = error instanceof PipelineError ? error.code : 'LISTEN_FAILED';
      tell({ type: 'failed', code, message: messageOf(error) });
    });

  const report = (): EdgeReport => ({
    ...edge.figures(),
    upstream: { url: settings.upstream, ...state },
  });
  setInterval(() => {
    if (now() - seenMs >= LOOK_AFTER_MS) void edge.poll(MAIN);
    const http = (server as ViewerServer).figures();
    tell({ type: 'figures', figures: figuresOf(report(), http, viewers.figures(now())) });
  }, FIGURES_EVERY_MS);
}

const MAIN = { path: MAIN_PLAYLIST, query: new URLSearchParams(), header: () => undefined };

/** In the words of a media process: it makes no parts of its own. */
function figuresOf(
  edge: EdgeReport,
  http: ReturnType<ViewerServer['figures']>,
  viewers: ReturnType<Viewers['figures']>,
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

const ending = new AbortController();
process.on('message', (message: ToEdge) => {
  try {
    start(message.settings, ending.signal);
  } catch (error) {
    const code = error instanceof PipelineError ? error.code : 'BAD_CERTIFICATE';
    tell({ type: 'failed', code, message: messageOf(error) });
  }
});
const end = () => {
  ending.abort();
  process.exit(0);
};
// Nobody is left to serve for: the daemon has died or asks this process to end.
process.on('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGINT', () => undefined);
