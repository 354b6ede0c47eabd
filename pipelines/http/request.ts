/** Reads requests of HTTP/1.1 and HTTP/2. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { addressKeyOf } from './address-key.ts';
import type { HttpRequest } from './handlers.ts';
import type { HeaderLookup } from './negotiate.ts';
import { PREFLIGHT, type Reply, refuse } from './reply.ts';

export type Request = IncomingMessage | Http2ServerRequest;

/** The reply to a request that needs no handler: any method but GET and HEAD. */
export function immediateReply(method = 'GET'): Reply | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method === 'OPTIONS') return PREFLIGHT;
  const allow = ['Allow', 'GET, HEAD, POST, OPTIONS'];
  return refuse(405, `${method.slice(0, 20)} is not allowed here`, 0, allow);
}

/** A request's connection: the HTTP/2 session, or the socket of HTTP/1.1. */
export function connectionOf(request: Request): { destroy(): void } {
  return (request as Http2ServerRequest).stream?.session ?? request.socket;
}

/** The headers `:scheme` and `:authority` of HTTP/2 (RFC 9113 §8.3.1) exist for HTTP/1.1 too. */
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

/** A host and perhaps a port. The length is limited for the QR code that a page shows. */
const AUTHORITY = /^[\w.:[\]-]{1,255}$/;

/** The address by which the client reached this box, `https://host:port`; undefined where it is invalid. */
export function originOf(header: HeaderLookup): string | undefined {
  const authority = header(':authority') ?? '';
  return AUTHORITY.test(authority) ? `${header(':scheme') ?? 'http'}://${authority}` : undefined;
}
