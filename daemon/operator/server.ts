import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Log } from '../../hal/os/log.ts';
import { PipelineError } from '../../pipelines/errors.ts';
import type { BoxState } from '../state-store.ts';
import { OPERATOR_CSS, OPERATOR_HTML, OPERATOR_JS } from './page.ts';

export interface OperatorDeps {
  readonly state: BoxState;
  readonly log: Log;
}

const POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const CONNECTIONS_MAX = 32;

/**
 * The operator's page: what runs, sound levels and viewers, read-only, on its
 * own port. Resolves when `signal` aborts; rejects when the port is taken.
 */
export async function runOperator(
  { host, port }: { readonly host: string; readonly port: number },
  deps: OperatorDeps,
  signal: AbortSignal,
): Promise<void> {
  const server = createServer({ maxHeaderSize: 8_192 }, (request, response) => {
    // A page of another site must not read this through a name it points here.
    if (!isOwnHost(request.headers.host)) return send(response, 421, 'text/plain', 'wrong host\n');
    if (request.method !== 'GET') return send(response, 405, 'text/plain', 'only GET\n');
    const page = PAGES[request.url ?? '/'];
    if (page !== undefined) return send(response, 200, page[0], page[1]);
    if (request.url !== '/state.json') return send(response, 404, 'text/plain', 'not here\n');
    return send(response, 200, 'application/json', JSON.stringify(deps.state.snapshot()));
  });
  server.maxConnections = CONNECTIONS_MAX;
  await listen(server, host, port);
  deps.log.info('operator page', { host, port });
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  server.closeAllConnections();
  server.close();
}

const PAGES: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/': ['text/html; charset=utf-8', OPERATOR_HTML],
  '/operator.css': ['text/css; charset=utf-8', OPERATOR_CSS],
  '/operator.js': ['text/javascript; charset=utf-8', OPERATOR_JS],
};

/** An address or a bare or .local name: what a person on this network types. */
function isOwnHost(host: string | undefined): boolean {
  return /^(\[[0-9a-f:.]+\]|[\d.]+|[\w-]+(\.local)?)(:\d+)?$/i.test(host ?? '');
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    'Cache-Control': 'no-store',
    'Content-Security-Policy': POLICY,
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(body);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const isTaken = cause.code === 'EADDRINUSE';
      const why = isTaken ? 'another program listens there already' : cause.message;
      reject(
        new PipelineError(
          isTaken ? 'PORT_TAKEN' : 'LISTEN_FAILED',
          `operator's port ${port} on ${host}: ${why}; set operator.port`,
          { cause },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
}
