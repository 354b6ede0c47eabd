/**
 * WHEP over HTTP: a viewer's offer goes to the WHEP process, by way of the daemon, and its
 * answer comes back. draft-ietf-wish-whep; the life of a session is that of RFC 9725 §4.
 */
import { openAttemptLimit } from '../../../hal/os/limits/attempt-limit.ts';
import { readSecret } from '../../http/access/access.ts';
import { openBearer } from '../../http/access/bearer.ts';
import type { Exchange, HttpRequest } from '../../http/handlers.ts';
import { type Reply, refuse, reply, SHARED_HEADERS } from '../../http/reply.ts';
import { type IceServers, openIceLinks } from '../../webrtc/ice-servers.ts';
import { PendingAnswers } from '../../webrtc/pending-answers.ts';
import type { WhepAnswer, WhepRequest } from '../messages.ts';

/** A login of the TURN servers that does not expire is for those who have the token. */
export interface WhepOptions extends IceServers {
  /** With the token that viewers send; empty: they need none. */
  readonly tokenFile: string;
}

export interface WhepDeps {
  readonly options: WhepOptions;
  /** The request without the crew's address, or the reply that refuses it: see `NotLiveFilter`. */
  readonly admit: (request: HttpRequest) => HttpRequest | Reply;
  /** Names of those that a viewer may get, as of a playlist; never rejects. */
  readonly renditions: (request: HttpRequest) => Promise<readonly string[]>;
  readonly send: (request: WhepRequest) => void;
  readonly nowMs: () => number;
}

export interface Whep {
  /** Undefined for a path that is not WHEP's. */
  readonly exchange: (request: HttpRequest, method: string) => Exchange | Reply | undefined;
  readonly onAnswer: (request: number, answer: WhepAnswer) => void;
  /** Ends all sessions: the stream is not for guests any more. */
  readonly endAll: () => void;
}

const PATH = /^\/live\/whep(?:\/([\w-]{1,64}))?$/;
const BODY_MAX_BYTES = 65_536;
/**
 * The WHEP process answers within milliseconds; with a STUN server, within a second. As many wait
 * as offers are taken at once: a room that sees the stream begin comes within a second.
 */
const ANSWERS = { max: 64, maxMs: 5_000 };
/** A guest who reloads the page sends one, and one before to leave; one address may have many guests. */
const OFFERS = { burst: 20, perS: 1, totalBurst: 60, totalPerS: 10, keptForNewcomers: 30 };

/** What the page waits for, where the process is starting, and where there are too many viewers. */
const [SOON_S, LATER_S] = ['1', '5'];
/** The operator's page, of another port, reads it too. */
const RETRY_EXPOSED = ['Access-Control-Expose-Headers', 'Retry-After'] as const;
const NO_PROCESS = unavailable('the box cannot connect anybody now', true);
const TOO_OFTEN = refuse(429, 'too many requests', 0, ['Retry-After', LATER_S, ...RETRY_EXPOSED]);
const NO_TOKEN = refuse(401, 'send the token of this box, as Authorization: Bearer', 0, [
  ...['WWW-Authenticate', 'Bearer'],
]);
const NOT_SDP = refuse(415, 'send an SDP offer, as application/sdp', 0, [
  ...['Accept-Post', 'application/sdp'],
]);

/** @throws PipelineError BAD_SECRET, which never holds the secret. */
export function openWhep(deps: WhepDeps): Whep {
  const { admit, send } = deps;
  const pending = new PendingAnswers<WhepAnswer>(ANSWERS);
  const [ofGuests, ofCrew] = [openAttemptLimit(OFFERS), openAttemptLimit(OFFERS)];
  const ofLeavers = openAttemptLimit(OFFERS);
  const linksFor = openLinks(deps.options);
  const isAllowed = openTokenCheck(deps.options.tokenFile);
  const ask = (render: (request: number) => WhepRequest): Promise<WhepAnswer | undefined> =>
    pending.ask((request) => send(render(request)));
  const offerTo = (request: HttpRequest, isPreview: boolean): Exchange | Reply => {
    const type = request.header('content-type') ?? '';
    if (!/^application\/sdp\s*(?:;|$)/i.test(type)) return NOT_SDP;
    const { address = '' } = request;
    // Guests do not use up what the crew may ask.
    const offers = isPreview ? ofCrew : ofGuests;
    if (!offers.take(address, deps.nowMs())) return TOO_OFTEN;
    return {
      bodyMaxBytes: BODY_MAX_BYTES,
      answer: async (sdp) => {
        const renditions = await deps.renditions(request);
        const offer = { type: 'offer', address, renditions, isPreview, sdp } as const;
        return renderAnswer(await ask((number) => ({ ...offer, request: number })), linksFor(true));
      },
    };
  };
  const end = (id: string, { address = '' }: HttpRequest): Exchange | Reply => {
    // Who has made up a name holds up no offer; who is not heard of any more is gone without it.
    if (!ofLeavers.take(address, deps.nowMs())) return TOO_OFTEN;
    return {
      bodyMaxBytes: BODY_MAX_BYTES,
      answer: async () => renderAnswer(await ask((request) => ({ type: 'end', request, id })), []),
    };
  };
  const exchange = (request: HttpRequest, method: string) => {
    if (!request.path.includes('/live/whep')) return undefined;
    const admitted = admit(request);
    // A viewer who watched until now may still leave.
    const path = 'status' in admitted ? request.path : admitted.path;
    const [isOurs, id] = PATH.exec(path) ?? [];
    if (isOurs === undefined) return undefined;
    const isPreview = path !== request.path;
    // The crew's address is a secret itself.
    const mayWatch = isPreview || isAllowed(request);
    if (method === 'OPTIONS') {
      return preflight(id === undefined, linksFor(mayWatch && !('status' in admitted)));
    }
    if (!mayWatch) return NO_TOKEN;
    if (id !== undefined)
      return method === 'DELETE' ? end(id, request) : notAllowed(method, 'DELETE');
    if (method !== 'POST') return notAllowed(method, 'POST');
    return 'status' in admitted ? admitted : offerTo(admitted, isPreview);
  };
  return { exchange, onAnswer: pending.settle, endAll: () => send({ type: 'end-all' }) };
}

function openTokenCheck(file: string): (request: HttpRequest) => boolean {
  if (file === '') return () => true;
  const isToken = openBearer(readSecret(file, 'viewers.whep.token_file').toString());
  return ({ header }) => isToken(header('authorization'));
}

function renderAnswer(answer: WhepAnswer | undefined, links: readonly string[]): Reply {
  if (answer === undefined) return NO_PROCESS;
  if (answer.status === 200) return reply(200, [], HEADERS);
  if (answer.status !== 201) {
    if (answer.status !== 503) return refuse(answer.status, answer.line);
    return unavailable(answer.line, answer.isSoon);
  }
  const { id, sdp } = answer;
  const extra = ['Location', `whep/${id}`, 'ETag', `"${id.slice(0, 8)}"`, ...links, ...EXPOSED];
  return reply(201, [Buffer.from(sdp)], { ...HEADERS, type: 'application/sdp', extra });
}

const HEADERS = {
  type: 'text/plain; charset=utf-8',
  cacheS: 0,
  freshness: { kind: 'no-store' },
  source: 'method',
} as const;
/** Pages elsewhere may read these, too. */
const EXPOSED = ['Access-Control-Expose-Headers', 'Location, ETag, Link'] as const;

export function unavailable(line: string, isSoon = false): Reply {
  return refuse(503, line, 0, ['Retry-After', isSoon ? SOON_S : LATER_S, ...RETRY_EXPOSED]);
}

/** See {@link WhepOptions}. */
function openLinks(options: WhepOptions): (mayWatch: boolean) => readonly string[] {
  const { iceServers, turn, tokenFile } = options;
  const isForAll = turn?.username === '' || tokenFile !== '';
  const links = openIceLinks(isForAll ? options : { iceServers });
  return (mayWatch) => {
    const values = links(mayWatch);
    return values.length === 0 ? [] : ['Link', values.join(', ')];
  };
}

/** New addresses of a viewer (trickle) are not needed: the box answers where packets come from. */
function notAllowed(method: string, allowed: 'POST' | 'DELETE'): Reply {
  const allow = ['Allow', `${allowed}, OPTIONS`];
  return refuse(405, `${method.slice(0, 20)} is not allowed here`, 0, allow);
}

function preflight(isEndpoint: boolean, links: readonly string[]): Reply {
  const methods = isEndpoint ? 'POST, OPTIONS' : 'DELETE, OPTIONS';
  const headers = [
    ...SHARED_HEADERS,
    ...['Access-Control-Allow-Methods', methods, 'Allow', methods],
    ...['Access-Control-Allow-Headers', 'Content-Type, Authorization, If-Match'],
    ...['Access-Control-Max-Age', '86400', 'Accept-Post', 'application/sdp'],
    ...['Content-Length', '0'],
    ...links,
    ...EXPOSED,
  ];
  return { status: 204, headers, body: [] };
}
