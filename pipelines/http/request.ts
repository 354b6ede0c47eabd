import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { addressKeyOf } from './address-key.ts';
import type { HttpRequest } from './handlers.ts';
import type { HeaderLookup } from './negotiate.ts';
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

/** `:scheme` and `:authority`, HTTP/2's own names (RFC 9113 §8.3.1), serve for HTTP/1.1 too. */
export function parseRequest(request: Request): HttpRequest {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  return {
    path: mark < 0 ? url : url.slice(0, mark),
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    address: addressKeyOf(request.socket.remoteAddress),
    header: (name) => {
      if (name === ':scheme') return schemeOf(request);
      const value = request.headers[name] ?? (name === ':authority' && request.headers.host);
      return Array.isArray(value) ? value.join(', ') : value || undefined;
    },
  };
}

function schemeOf({ socket }: Request): 'https' | 'http' {
  return (socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
}

/** A host and perhaps a port; a long one would fill the code that a page shows. */
const AUTHORITY = /^[\w.:[\]-]{1,255}$/;

/**
 * Where a client has found this box, `https://host:port`; undefined where it says nonsense.
 */
export function originOf(header: HeaderLookup): string | undefined {
  const authority = header(':authority') ?? '';
  return AUTHORITY.test(authority) ? `${header(':scheme') ?? 'http'}://${authority}` : undefined;
}
