/** The ports of the viewers' server: HTTP/1.1 in clear, and HTTP/2 over TLS. */
import { createServer, type ServerResponse } from 'node:http';
import type { Http2ServerResponse, Http2Session } from 'node:http2';
import type { Server, Socket } from 'node:net';
import { type ListenAddress, listenOrExplain } from './listen.ts';
import type { Request } from './request.ts';
import { openSecureServer } from './secure-server.ts';
import type { ServerOptions } from './server-settings.ts';

export type Response = ServerResponse | Http2ServerResponse;

export interface ListenerEvents {
  readonly onRequest: (request: Request, response: Response) => void;
  readonly onConnection: (socket: Socket) => void;
  /** TLS is finished on a connection that was reported before. */
  readonly onSecure: (socket: Socket) => void;
  readonly onSession: (session: Http2Session) => void;
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

/** Rejects with a PipelineError PORT_TAKEN, LISTEN_FAILED or BAD_CERTIFICATE. */
export async function openListeners(
  { host, port, fd, tls }: ServerOptions,
  events: ListenerEvents,
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
  return [clear, secure];
}

function openSecure(tls: NonNullable<ServerOptions['tls']>, events: ListenerEvents) {
  const secure = openSecureServer(
    tls,
    HEADER_TIMEOUT_MS,
    REQUESTS_PER_CONNECTION,
    events.onRequest,
  );
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
  server.on('connection', events.onConnection);
  server.on('clientError', (_error: Error, socket: Socket) => socket.destroy());
  await listenOrExplain(server, "viewers' port", address, `choose another ${key}`);
  server.on('error', () => undefined);
}
