/** Reads requests of HTTP/1.1 and HTTP/2. */
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest, ServerHttp2Stream } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { addressKeyOf } from './clients/address-key.ts';
import type { Connection } from './clients/connection.ts';
import { lacksHost } from './clients/every-request.ts';
import { forwardedFor, type IsTrusted } from './clients/trusted-proxies.ts';
import type { HttpRequest } from './handlers.ts';
import type { HeaderLookup } from './negotiate.ts';
import { forwardedAddress, type OwnNames, ownAddress } from './own-address.ts';
import { PREFLIGHT, type Reply, refuse } from './reply.ts';

export type Request = IncomingMessage | Http2ServerRequest;

/** The reply to a request that needs no handler: any method but GET and HEAD. */
export function immediateReply(method = 'GET'): Reply | undefined {
  if (method === 'GET' || method === 'HEAD') return undefined;
  if (method === 'OPTIONS') return PREFLIGHT;
  const allow = ['Allow', 'GET, HEAD, POST, OPTIONS'];
  return refuse(405, `${method.slice(0, 20)} is not allowed here`, 0, allow);
}

/** What a request came by: the HTTP/2 session, or the socket of HTTP/1.1. */
export function carrierOf(request: Request): object {
  return (request as Http2ServerRequest).stream?.session ?? request.socket;
}

/** True where the client has reset the stream of an HTTP/2 request, and its session goes on. */
export function wasReset(request: Request, connection: Connection): boolean {
  const stream = (request as Http2ServerRequest).stream as ServerHttp2Stream | undefined;
  return stream !== undefined && stream.rstCode !== 0 && connection.hasSession;
}

const BODY_TIMEOUT_MS = 8_000;

/**
 * Reads the body of a request: a small text.
 *
 * @param onBody Gets the text, or undefined where it is longer than `maxBytes`; not called
 * where the client sends none.
 * @returns how to stop waiting.
 */
export function receiveBody(
  request: Request,
  maxBytes: number,
  onBody: (body: string | undefined) => void,
): () => void {
  let body: string | undefined = '';
  const timer = setTimeout(() => request.destroy(), BODY_TIMEOUT_MS);
  request.setEncoding('utf8');
  request.on('error', () => undefined);
  request.on('data', (text: string) => {
    if (body === undefined) return;
    body += text;
    if (body.length <= maxBytes) return;
    // What else comes is not kept.
    body = undefined;
    onBody(undefined);
  });
  request.once('end', () => {
    clearTimeout(timer);
    if (body !== undefined) onBody(body);
  });
  return () => clearTimeout(timer);
}

/** What has to be known of the box to read a request. */
export interface RequestContext {
  readonly isTrusted: IsTrusted;
  readonly names: OwnNames;
}

/**
 * The header `:authority` of HTTP/2 (RFC 9113 §8.3.1) exists for HTTP/1.1 too.
 *
 * @returns the reply where the request is malformed.
 */
export function parseRequest(
  request: Request,
  connection: Connection,
  context: RequestContext,
): HttpRequest | Reply {
  if (lacksHost(request) || hasTwoHosts(request)) return NOT_ONE_HOST;
  const { address } = connection;
  const target = request.url ?? '/';
  const absolute = target.startsWith('/') ? undefined : ABSOLUTE_FORM.exec(target);
  const [, targetAuthority, url = target] = absolute ?? [];
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const header = (name: string): string | undefined => {
    const value =
      name === ':authority'
        ? (targetAuthority ?? request.headers[name] ?? request.headers.host)
        : request.headers[name];
    return Array.isArray(value) ? value.join(', ') : value || undefined;
  };
  const forwarded = address.isProxy
    ? forwardedFor(header('x-forwarded-for'), context.isTrusted)
    : undefined;
  return {
    path: path === '' ? '/' : path,
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    address: forwarded === undefined ? address.key : addressKeyOf(forwarded),
    header,
    connection: request.method === 'HEAD' ? undefined : connection,
    ownAddress: () => ownAddressOf(request, header, address.isProxy, context.names),
  };
}

/** A proxy's request, and what any server has to accept (RFC 9112 §3.2.2). */
const ABSOLUTE_FORM = /^https?:\/\/([^/?#]*)([^#]*)/i;
const NOT_ONE_HOST = refuse(400, 'a request has one Host header (RFC 9112 §3.2)');

function hasTwoHosts({ rawHeaders, headers }: Request): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts === 0) return false;
  const authority = headers[':authority'];
  return hosts > 1 || (authority !== undefined && authority !== headers.host);
}

function ownAddressOf(
  { socket }: Request,
  header: HeaderLookup,
  isProxy: boolean,
  names: OwnNames,
): string {
  const isTls = (socket as Partial<TLSSocket>).encrypted === true;
  const at = { address: socket.localAddress ?? '127.0.0.1', port: socket.localPort ?? 0, isTls };
  const own = ownAddress(header(':authority') ?? '', at, names);
  if (!isProxy) return own;
  const first = (name: string) => header(name)?.split(',')[0]?.trim();
  return forwardedAddress(
    {
      proto: first('x-forwarded-proto')?.toLowerCase(),
      host: first('x-forwarded-host') ?? header(':authority'),
      prefix: first('x-forwarded-prefix'),
    },
    own,
  );
}
