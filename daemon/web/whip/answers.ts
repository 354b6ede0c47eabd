/**
 * WHIP over HTTP (RFC 9725): a phone or OBS offers its picture, with the box's token; the answer
 * is that of the WHIP process. Other pages may publish too: they need the token, and no cookie.
 */
import type { IncomingMessage } from 'node:http';
import { openAttemptLimit } from '../../../hal/os/limits/attempt-limit.ts';
import { openBearer } from '../../../pipelines/http/access/bearer.ts';
import { addressKeyOf } from '../../../pipelines/http/clients/address-key.ts';
import type { WhipAnswer, WhipEndpoint } from '../../../pipelines/whip/messages.ts';
import { type Answer, readInTime } from '../answer.ts';

const PATH = /^\/whip(?:\/([\w-]{1,64}))?$/;
const BODY_MAX_BYTES = 65_536;
/** A phone whose network fails tries again each second or two. */
const ATTEMPTS = { burst: 20, perS: 1, totalBurst: 60, totalPerS: 5 } as const;

const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': 'Location, ETag, Link',
} as const;

export class WhipAnswers {
  readonly #endpoint: () => WhipEndpoint | undefined;
  readonly #nowMs: () => number;
  readonly #ofStrangers = openAttemptLimit(ATTEMPTS);
  readonly #ofPublishers = openAttemptLimit(ATTEMPTS);

  /** @param endpoint Undefined while no camera comes so. */
  constructor(endpoint: () => WhipEndpoint | undefined, nowMs: () => number) {
    this.#endpoint = endpoint;
    this.#nowMs = nowMs;
  }

  get isOn(): boolean {
    return this.#endpoint() !== undefined;
  }

  /**
   * Undefined for a path that is not WHIP's.
   *
   * @param onKnown Called where the token is right: its connection is no stranger's.
   */
  async answer(
    request: IncomingMessage,
    path: string,
    onKnown: () => void,
  ): Promise<Answer | undefined> {
    const [isOurs, id] = PATH.exec(path) ?? [];
    const endpoint = this.#endpoint();
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (endpoint === undefined || isOurs === undefined || isRead) return undefined;
    const allowed = id === undefined ? 'POST' : 'DELETE';
    const isKnown = openBearer(endpoint.token)(request.headers.authorization);
    if (request.method === 'OPTIONS') return preflight(allowed, linkOf(endpoint, isKnown));
    // Strangers do not use up what the camera may ask.
    const attempts = isKnown ? this.#ofPublishers : this.#ofStrangers;
    if (!attempts.take(addressKeyOf(request.socket.remoteAddress), this.#nowMs())) {
      return said(429, 'too many attempts', { 'Retry-After': '5' });
    }
    if (!isKnown) {
      return said(401, 'send the token of this box, as Authorization: Bearer', {
        'WWW-Authenticate': 'Bearer realm="WHIP"',
      });
    }
    onKnown();
    if (request.method !== allowed) {
      // New addresses of a publisher (trickle) are not needed: the box answers where packets come from.
      return said(405, `${request.method} is not allowed here`, { Allow: `${allowed}, OPTIONS` });
    }
    if (id !== undefined) return answerOf(await endpoint.end(id), endpoint);
    return await this.#offer(request, endpoint);
  }

  async #offer(request: IncomingMessage, endpoint: WhipEndpoint): Promise<Answer> {
    if (!/^application\/sdp\s*(?:;|$)/i.test(request.headers['content-type'] ?? '')) {
      return said(415, 'send an SDP offer, as application/sdp', {
        'Accept-Post': 'application/sdp',
      });
    }
    const body = await readInTime(request, BODY_MAX_BYTES).catch(() => undefined);
    if (body === undefined) return said(413, `an offer has ${BODY_MAX_BYTES} bytes at most`);
    return answerOf(await endpoint.offer(body.toString('utf8')), endpoint);
  }
}

type Headers = Readonly<Record<string, string>>;

/** RFC 9725 §4.6. */
function linkOf({ iceLinks }: WhipEndpoint, isKnown: boolean): Headers {
  const links = iceLinks(isKnown).join(', ');
  return links === '' ? {} : { Link: links };
}

function answerOf(answer: WhipAnswer, endpoint: WhipEndpoint): Answer {
  if (answer.status === 200) return said(200, '');
  if (answer.status !== 201) {
    const later = answer.status === 503 || answer.status === 409 ? { 'Retry-After': '3' } : {};
    return said(answer.status, answer.line, later);
  }
  const { id, sdp } = answer;
  const session = { Location: `whip/${id}`, ETag: `"${id.slice(0, 8)}"` };
  const headers = { ...HEADERS, ...session, ...linkOf(endpoint, true) };
  return { status: 201, type: 'application/sdp', body: sdp, headers };
}

function said(status: number, line: string, headers: Headers = {}): Answer {
  const body = line === '' ? '' : `${line}\n`;
  return { status, type: 'text/plain; charset=utf-8', body, headers: { ...HEADERS, ...headers } };
}

function preflight(allowed: 'POST' | 'DELETE', link: Headers): Answer {
  return said(204, '', {
    ...{ Allow: `${allowed}, OPTIONS`, 'Access-Control-Allow-Methods': `${allowed}, OPTIONS` },
    'Access-Control-Allow-Headers': 'Content-Type, Authorization, If-Match',
    ...{ 'Access-Control-Max-Age': '86400', 'Accept-Post': 'application/sdp' },
    ...link,
  });
}
