/** HTTP answers of the operator's server: JSON, refusals, security headers. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { withTimeout } from '../../hal/os/async.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { parseJson } from '../../hal/os/files/json.ts';
import { isBodyLeft, readBody } from '../../hal/os/limits/read-body.ts';

/** A complete answer; only server-sent events are not one. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

export function answerJson(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string | string[]>> = {},
): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value), headers };
}

/** @param error A code that the page turns into a sentence. */
export function refuse(status: number, error: string): Answer {
  return answerJson(status, { error });
}

/**
 * Headers of every answer. The page loads from its own server only, may fetch the
 * picture from the viewers' ports of the same host, and no site may frame it.
 *
 * @param sendsCamera The page may open the camera of its device, to send it to the box.
 */
export function commonHeaders(
  pictureOrigins: readonly string[],
  sendsCamera: boolean,
): Record<string, string> {
  const picture = pictureOrigins.join(' ');
  const own = sendsCamera ? '(self)' : '()';
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      `connect-src 'self' ${picture}`,
      `media-src blob: ${picture}`,
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'X-Frame-Options': 'DENY',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': `camera=${own}, microphone=${own}, geolocation=(), payment=()`,
  };
}

export function send(response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(answer.status, {
    ...(answer.body.length === 0 ? {} : { 'Content-Type': answer.type }),
    'Content-Length': Buffer.byteLength(answer.body),
    ...(isBodyLeft(response.req) && { Connection: 'close' }),
    ...answer.headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : answer.body);
}

/** All but files are a few packets. */
const BODY_MS = 10_000;

/** Undefined where it is longer. Rejects where not all of it came in time. */
export function readInTime(
  request: IncomingMessage,
  maxBytes: number,
  timeoutMs = BODY_MS,
): Promise<Buffer | undefined> {
  const timeoutError = () => new Error('not all of the body came in time');
  const limit = { clock: systemClock, timeoutMs, timeoutError };
  return withTimeout(() => readBody(request, maxBytes), limit);
}

const BODY_MAX_BYTES = 4_096;

/** Reads a small JSON body. Undefined when it is not JSON, too long or incomplete. */
export async function readJson(
  request: IncomingMessage,
  maxBytes = BODY_MAX_BYTES,
): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) return undefined;
  const body = await readInTime(request, maxBytes).catch(() => undefined);
  return body && parseJson(body.toString('utf8'));
}
