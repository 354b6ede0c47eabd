/** The ports of the viewers' server: HTTP/1.1 in clear, and HTTP/2 over TLS. */
import { createServer, type ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerResponse,
  type Http2Session,
} from 'node:http2';
import type { Server, Socket } from 'node:net';
import { messageOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors/pipeline-error.ts';
import { hearEveryRequest } from './clients/every-request.ts';
import { type ListenAddress, listenOrExplain } from './listen.ts';
import type { Request } from './request.ts';
import type { ServerOptions } from './server-settings.ts';

export type Response = ServerResponse | Http2ServerResponse;

export interface ListenerEvents {
  readonly onRequest: (request: Request, response: Response) => void;
  readonly onConnection: (socket: Socket) => void;
  /** TLS is finished on a connection that was reported before. */
  readonly onSecure: (socket: Socket) => void;
  readonly onSession: (session: Http2Session) => void;
  /** Another certificate is used from now on. */
  readonly onRenewed: (cert: Buffer) => void;
}

/** Requests that one connection may have pending; a page needs six. */
export const REQUESTS_PER_CONNECTION = 32;
/**
 * Over HTTP/1.1 browsers and proxies send one after the other: who sends more wants many large
 * answers begun in one turn of the event loop, and all others wait for that.
 */
export const PIPELINED_MAX = 4;
const HEADER_TIMEOUT_MS = 8_000;
const IDLE_MS = 30_000;

/**
 * A certificate that is renewed is used until `signal` aborts. Rejects with a PipelineError
 * PORT_TAKEN, LISTEN_FAILED or BAD_CERTIFICATE.
 */
export async function openListeners(
  { host, port, fd, tls }: ServerOptions,
  events: ListenerEvents,
  signal: AbortSignal,
): Promise<readonly Server[]> {
  const clear = createServer(
    {
      headersTimeout: HEADER_TIMEOUT_MS,
      requestTimeout: 2 * HEADER_TIMEOUT_MS,
      keepAliveTimeout: IDLE_MS,
      maxHeaderSize: 8_192,
      noDelay: true,
    },
    events.onRequest,
  );
  await listen(clear, { host, port, fd }, 'viewers.port', events);
  if (tls === undefined) return [clear];
  const secure = openSecure(tls, events);
  await listen(secure, { host, port: tls.port, fd: tls.fd }, 'viewers.tls.port', events);
  const setSecureContext: typeof secure.setSecureContext = (context) => {
    secure.setSecureContext(context);
    if (Buffer.isBuffer(context.cert)) events.onRenewed(context.cert);
  };
  void tls.follow?.({ setSecureContext }, signal);
  return [clear, secure];
}

/** HTTP/2, and HTTP/1.1 for those that speak no other. @throws PipelineError BAD_CERTIFICATE */
function openSecure(
  { cert, key }: NonNullable<ServerOptions['tls']>,
  events: ListenerEvents,
): Http2SecureServer {
  const options = {
    ...{ cert, key, allowHTTP1: true, maxSessionMemory: 8 },
    handshakeTimeout: HEADER_TIMEOUT_MS,
    settings: { maxConcurrentStreams: REQUESTS_PER_CONNECTION },
  };
  let secure: Http2SecureServer;
  try {
    secure = createSecureServer(options, events.onRequest);
  } catch (cause) {
    throw new PipelineError('BAD_CERTIFICATE', messageOf(cause), { cause });
  }
  secure.on('secureConnection', events.onSecure);
  secure.on('session', (session) => {
    // The client receives GOAWAY; one that does not answer is closed by the sweep.
    session.setTimeout(IDLE_MS, () => session.close());
    events.onSession(session);
  });
  secure.on('sessionError', () => undefined);
  return secure;
}

async function listen(
  server: Server,
  address: ListenAddress,
  key: 'viewers.port' | 'viewers.tls.port',
  events: ListenerEvents,
): Promise<void> {
  hearEveryRequest(server);
  server.on('connection', events.onConnection);
  server.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
  await listenOrExplain(server, "viewers' port", address, `choose another ${key}`);
  server.on('error', () => undefined);
}
