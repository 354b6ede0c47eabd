/** The webhook on a port of its own. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../hal/os/clock.ts';
import { isBodyLeft } from '../../../hal/os/limits/read-body.ts';
import type { Log } from '../../../hal/os/log.ts';
import { SocketShares } from '../../../pipelines/http/clients/socket-shares.ts';
import { listenOrExplain } from '../../../pipelines/http/listen.ts';
import { openHttpPort, type TlsFiles } from '../../../pipelines/http/tls-files.ts';
import type { AnswerWebhook, WebhookAnswer } from '../../model/orders.ts';

/** A payment service, or the proxy that it comes by, is known from its first signed order on. */
const SHARES = { strangers: 192, known: 256, perAddress: 192 } as const;
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 8_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  noDelay: true,
} as const;

/** Runs until `signal` aborts. Rejects with PipelineError where the port is taken, or the certificate is none. */
export async function runWebhook(
  {
    tls,
    ...at
  }: { readonly host: string; readonly port: number; readonly tls?: TlsFiles | undefined },
  answer: AnswerWebhook,
  { clock, log }: { readonly clock: Pick<Clock, 'monotonicMs'>; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    response.on('error', () => undefined);
    const path = (request.url ?? '').split('?', 1)[0];
    if (path !== '/orders/webhook') {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('only POST /orders/webhook\n');
      return;
    }
    void answer(request).then((reply) => {
      if (reply.isSigned === true) shares.setKnown(request);
      send(response, reply);
    });
  };
  const { server, follow } = openHttpPort(tls, { whose: 'orders.webhook.tls', log }, LIMITS);
  const shares = new SocketShares(server, SHARES, onRequest, clock.monotonicMs);
  await listenOrExplain(server, "the webhook's port", at, 'choose another orders.webhook.port');
  log.info('order webhook listening', { ...at, isTls: tls !== undefined });
  await follow(signal);
  server.closeAllConnections();
  server.close();
}

function send(response: ServerResponse, { status, body, retryAfterS }: WebhookAnswer): void {
  if (response.destroyed || response.headersSent) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
    ...(isBodyLeft(response.req) && { Connection: 'close' }),
    ...(retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) }),
  });
  response.end(text);
}
