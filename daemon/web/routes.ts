/** Routes of the operator's server. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { checkServerIdentity, type PeerCertificate, TLSSocket } from 'node:tls';
import { acceptsGzip } from '../../pipelines/http/negotiate.ts';
import { chooseLanguage, isLanguage, type Language } from '../../pipelines/player/text/language.ts';
import type { AnswerWebhook, WebhookAnswer } from '../model/orders.ts';
import { type Answer, answerJson, commonHeaders, refuse, send } from './answer.ts';
import type { Assets } from './assets.ts';
import type { BoxAnswers } from './box-answers.ts';
import type { CrewAnswers } from './crew/answers.ts';
import type { Events } from './events.ts';
import { type Header, isOwnHost, isOwnPage, readCookie } from './guard.ts';
import { LANGUAGE_COOKIE, type ViewerPorts } from './protocol.ts';
import type { SessionAnswers } from './session-answers.ts';
import type { Role } from './sessions.ts';
import type { SetUpAnswers } from './setup/answers.ts';
import type { WhipAnswers } from './whip/answers.ts';

export interface RouteDeps {
  readonly assets: Assets;
  readonly sessions: SessionAnswers;
  readonly box: BoxAnswers;
  readonly crew: CrewAnswers;
  readonly events: Events;
  /** Undefined for a box that cannot be set up so. */
  readonly setUp?: SetUpAnswers;
  readonly viewers: () => ViewerPorts;
  /** Undefined where there is none on this port. */
  readonly webhook?: () => AnswerWebhook | undefined;
  /** Undefined where no camera comes by WHIP. */
  readonly whip?: WhipAnswers;
  /** As the settings have them now. */
  readonly hostNames: () => ReadonlySet<string>;
}

/**
 * Answers one request. Checks in this order: the Host header, the page's files, the
 * request's origin, the session.
 *
 * @param onSigned Called where it is a signed order, or a publisher with the token: its
 *   connection is no stranger's.
 */
export async function route(
  request: IncomingMessage,
  response: ServerResponse,
  deps: RouteDeps,
  onSigned: () => void,
): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  // It is signed, uses no session, and comes by the name of a proxy.
  const webhook = path === '/orders/webhook' ? deps.webhook?.() : undefined;
  if (webhook !== undefined) {
    const answer = await webhook(request);
    if (answer.isSigned === true) onSigned();
    return send(response, webhookAnswer(answer));
  }
  const host = request.headers.host ?? '';
  // A proxy before the box may have read the other one (RFC 9112 §3.2).
  if (hostsOf(request) > 1) return send(response, refuse(400, 'two-hosts'));
  const isOwn = isOwnHost(host, deps.hostNames()) || isCertified(request, host);
  if (!isOwn) return send(response, refuse(421, 'wrong-host'));
  const headers = commonHeaders(pictureOrigins(host, deps.viewers()), deps.whip?.isOn === true);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);

  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const whip = await deps.whip?.answer(request, path, onSigned);
  if (whip !== undefined) return send(response, whip);
  const asset = isRead ? assetOf(request, path, deps) : undefined;
  if (asset !== undefined) return send(response, asset);
  if (!isAllowed(request, isRead)) return send(response, refuse(403, 'not-the-own-page'));
  if (path === '/session') return send(response, await deps.sessions.answer(request));
  const opened = await deps.setUp?.open(request, path);
  if (opened !== undefined) return send(response, opened);

  const session = deps.sessions.find(request);
  if (session === undefined) return send(response, refuse(401, 'sign-in'));
  deps.setUp?.use(request);
  const by = { session, role: deps.sessions.roleOf(session) };
  if (path === '/events' && request.method === 'GET') {
    if (openEvents(response, by, deps.events)) deps.setUp?.follow(request, response);
    return;
  }
  const setUp = by.role === 'crew' ? await deps.setUp?.answer(request, path) : undefined;
  if (setUp !== undefined) return send(response, setUp);
  const answer = await deps.crew.answer(request, response, path, by);
  if (answer === 'sent') return;
  return send(response, answer ?? (await deps.box.answer(request, path, by.role)));
}

function assetOf(request: IncomingMessage, path: string, { assets }: RouteDeps) {
  const isGzip = acceptsGzip(String(request.headers['accept-encoding'] ?? ''));
  return assets(path, languageOf(request), isGzip);
}

/** As the switch of the page says, or by what the browser accepts. */
function languageOf({ headers }: IncomingMessage): Language {
  const chosen = readCookie(headers.cookie, LANGUAGE_COOKIE) ?? '';
  return isLanguage(chosen) ? chosen : chooseLanguage(headers['accept-language'] ?? '');
}

/** No other site has this name: the browser has compared it with the certificate of this connection. */
function isCertified({ socket }: IncomingMessage, host: string): boolean {
  const certificate = socket instanceof TLSSocket ? socket.getCertificate() : null;
  if (certificate === null || !('subject' in certificate)) return false;
  const name = host.replace(/:\d+$/, '');
  return checkServerIdentity(name, certificate as PeerCertificate) === undefined;
}

function hostsOf({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length;
}

function webhookAnswer({ status, body, retryAfterS }: WebhookAnswer): Answer {
  const retry = retryAfterS === undefined ? {} : { 'Retry-After': String(retryAfterS) };
  return answerJson(status, body, { 'Cache-Control': 'no-store', ...retry });
}

/** Origins of the viewers' server, on the host under which this page is open. */
function pictureOrigins(host: string, { port, tlsPort }: ViewerPorts): readonly string[] {
  const name = host.replace(/:\d+$/, '');
  const secure = tlsPort === undefined ? [] : [`https://${name}:${tlsPort}`];
  return [`http://${name}:${port}`, ...secure];
}

/** A page of another site can neither read nor change, even with the session's cookie. */
function isAllowed(request: IncomingMessage, isRead: boolean): boolean {
  const header: Header = (name) => {
    const value = request.headers[name];
    return Array.isArray(value) ? value[0] : value;
  };
  if (!isRead) return isOwnPage(header);
  const site = header('sec-fetch-site');
  return site === undefined || site === 'same-origin' || site === 'none';
}

function openEvents(
  response: ServerResponse,
  { session, role }: { readonly session: string; readonly role: Role },
  events: Events,
): boolean {
  response.setHeader('Content-Type', 'text/event-stream');
  // Otherwise nginx buffers events.
  response.setHeader('X-Accel-Buffering', 'no');
  const isOpen = events.open(response, session, role);
  if (!isOpen) send(response, refuse(503, 'too-many-pages'));
  return isOpen;
}
