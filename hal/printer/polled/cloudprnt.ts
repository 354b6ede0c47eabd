/** Star CloudPRNT (Star CloudPRNT Protocol Guide 2.4, HTTP): POST polls, GET fetches, DELETE confirms. */

import { parseJson } from '../../os/files/json.ts';
import type { Job, Offer } from './offer.ts';

export interface Request {
  readonly method: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body?: string | Buffer;
  /** The job that goes with it. */
  readonly taken?: Job;
}

const PNG = 'image/png';

/** Answers one request of the printer. */
export function answerCloudPrnt(
  { method, query, body }: Request,
  offer: Offer,
  nowMs: number,
): Answer {
  switch (method) {
    case 'POST':
      return answerPoll(body, offer, nowMs);
    case 'GET': {
      // Old firmware confirms by GET with a code (deleteMethod), which is not asked for here.
      if ((query.get('type') ?? PNG) !== PNG) return { status: 415 };
      const taken = offer.take(query.get('token'));
      return taken === undefined
        ? { status: 404 }
        : { status: 200, type: PNG, body: taken.png, taken };
    }
    case 'DELETE': {
      const code = query.get('code') ?? '';
      offer.report(
        query.get('token'),
        isOk(code) ? undefined : `the printer reports ${clean(code)}`,
      );
      return { status: 200 };
    }
    default:
      return { status: 405 };
  }
}

function answerPoll(body: string, offer: Offer, nowMs: number): Answer {
  const poll = parse(body);
  if (poll === undefined) return { status: 400 };
  const code = decode(String(poll['statusCode'] ?? ''));
  offer.seen(nowMs, stateOf(code));
  const { offered: job } = offer;
  const isFree = poll['printingInProgress'] !== true;
  const ready = { jobReady: true, mediaTypes: [PNG], jobToken: job?.token, deleteMethod: 'DELETE' };
  const answer = job !== undefined && isOk(code) && isFree ? ready : { jobReady: false };
  return { status: 200, type: 'application/json', body: JSON.stringify(answer) };
}

/** `2xx …`, or `OK` of a confirmation. */
const isOk = (code: string) => /^2\d\d\b|^OK\b/i.test(code) || code === '';

/** A status is a number and words: `410 Paper empty`, `420 Cover open`, `211 OK Paper low`. */
function stateOf(code: string) {
  if (/^211\b|paper low|near end/i.test(code)) return { paper: 'low' } as const;
  if (isOk(code)) return {};
  if (/^410\b|paper (?:empty|out)|out of paper/i.test(code)) return { paper: 'out' } as const;
  if (/^420\b|cover/i.test(code)) return { isCoverOpen: true };
  return { fault: `the printer reports ${clean(code)}` };
}

function parse(body: string): Readonly<Record<string, unknown>> | undefined {
  const value = parseJson(body);
  return typeof value === 'object' && value !== null ? { ...value } : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

const clean = (text: string) => text.replace(/[^\x20-\x7e]/g, '?').slice(0, 80);
