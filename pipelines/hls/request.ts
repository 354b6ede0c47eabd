import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { OriginRequest } from './origin.ts';
import { PREFLIGHT, type Reply, refuse } from './reply.ts';

/** Of HTTP/1.1 or HTTP/2. */
export type Request = IncomingMessage | Http2ServerRequest;

/** What needs no handler. */
export function immediateReply(method = 'GET'): Reply | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method === 'OPTIONS') return PREFLIGHT;
  const allow = ['Allow', 'GET, HEAD, POST, OPTIONS'];
  return refuse(405, `${method.slice(0, 20)} does nothing here`, 0, allow);
}

/** What carries a request: the HTTP/2 session, or the socket of HTTP/1.1. */
export function connectionOf(request: Request): { destroy(): void } {
  return (request as Http2ServerRequest).stream?.session ?? request.socket;
}

export function parseRequest(request: Request): OriginRequest {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    header: (name) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}
