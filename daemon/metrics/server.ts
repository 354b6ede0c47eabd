/** The HTTP server of `GET /metrics`. */
import { createServer } from 'node:http';
import { untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import type { Task } from '../../hal/os/task.ts';
import { SocketShares } from '../../pipelines/http/clients/socket-shares.ts';
import { listenOrExplain } from '../../pipelines/http/listen.ts';
import { runOptionalPort } from '../../pipelines/http/optional-port.ts';
import type { MetricsConfig } from '../config/metrics.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';

const SHARES = { strangers: 16, known: 0, perAddress: 8 } as const;
const TIMEOUT_MS = 10_000;

/** The server as a task; it waits where the config has none. */
export function openMetrics(
  config: MetricsConfig,
  box: { readonly snapshot: () => BoxSnapshot; readonly clock: Clock; readonly log: Log },
): Task {
  const [task = untilAborted] = runOptionalPort('metrics', config.port, box, (signal) =>
    runMetrics(config, box, signal),
  );
  return task;
}

/** Runs until `signal` aborts. Rejects with PipelineError where the port is taken. */
export async function runMetrics(
  { host, port }: MetricsConfig,
  { snapshot, log }: { readonly snapshot: () => BoxSnapshot; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  const { METRICS_CONTENT_TYPE, renderMetrics } = await import('./render.ts');
  const limits = { maxHeaderSize: 8_192, headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS };
  const server = createServer(limits);
  new SocketShares(server, SHARES, (request, response) => {
    if (request.method !== 'GET' || request.url !== '/metrics') {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('only GET /metrics\n');
      return;
    }
    renderMetrics(snapshot()).then(
      (text) => response.writeHead(200, { 'Content-Type': METRICS_CONTENT_TYPE }).end(text),
      (error: unknown) => {
        log.error('metrics failed', { reason: messageOf(error) });
        response.writeHead(500).end();
      },
    );
  });
  const advice = 'choose another metrics.port';
  await listenOrExplain(server, 'the metrics port', { host, port }, advice);
  log.info('serving metrics', { host, port });
  await untilAborted(signal);
  server.closeAllConnections();
  server.close();
}
