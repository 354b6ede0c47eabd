/**
 * The captive portal of a guests' network where the player has port 80 itself, on which phones ask
 * whether there is an internet: what they ask other hosts for is answered as a portal does.
 */
import type { HttpRequest, Wait } from '../http/handlers.ts';
import { type Reply, SHARED_HEADERS } from '../http/reply.ts';
import type { PortalSettings } from '../http/server-settings.ts';
import { answerAnyHost, type ProbeAnswer } from './probes.ts';
import { ENTRY, Visits } from './visits.ts';

type Get = (request: HttpRequest) => Reply | Wait;

/** Where phones of the box's own hotspot are led, while that is up: it has the same address. */
export interface LedPhones {
  page?: string | undefined;
}

/** @param portal Undefined where this server has none to be. */
export function withPortal(
  portal: PortalSettings | undefined,
  get: Get,
  nowMs: () => number,
  led: LedPhones = {},
): Get {
  if (portal === undefined) return get;
  const { address, hasGuests } = portal;
  const page = `http://${address}/`;
  const visits = new Visits(nowMs);
  return (request) => {
    if (!hasGuests && led.page === undefined) return get(request);
    const { path, header, address: client = '' } = request;
    const host = header(':authority') ?? '';
    // A name that is none of the box's leaves the address at which the request came in.
    const isAtPortal = hostnameOf(request.ownAddress?.() ?? '') === address;
    if (!isAtPortal) return get(request);
    const isNamed = host !== '' && hostnameOf(`http://${host}`) !== address;
    // Its set-up would be closed by a yes.
    if (led.page !== undefined)
      return isNamed ? replyOf(answerAnyHost(host, path, led.page, false)) : get(request);
    if (path === ENTRY) {
      visits.enter(client, header('user-agent'));
      return replyOf(answerAnyHost('', path, page, false));
    }
    if (!isNamed) return get(request);
    return replyOf(answerAnyHost(host, path, `http://${address}${ENTRY}`, visits.hasSeen(client)));
  };
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}

function replyOf({ status, type, body = '', headers = {} }: ProbeAnswer): Reply {
  const bytes = Buffer.from(body);
  return {
    status,
    headers: [
      ...(type === undefined ? [] : ['Content-Type', type]),
      // No status 204 has a length (RFC 9110 §8.6).
      ...(status === 204 ? [] : ['Content-Length', String(bytes.length)]),
      ...SHARED_HEADERS,
      ...Object.entries(headers).flat(),
    ],
    body: bytes.length === 0 ? [] : [bytes],
  };
}
