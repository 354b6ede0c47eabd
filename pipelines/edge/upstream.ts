/** HTTP client for the upstream. */
import {
  Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';
import { withTimeout } from '../../hal/os/async.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { MAX_PENDING_FETCHES } from './pending-fetches.ts';
import { openUrlMap } from './url-map.ts';

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Fetches one address. Rejects where there is no complete answer within `timeoutMs`. */
export type Upstream = (
  url: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs: number,
  signal: AbortSignal,
) => Promise<UpstreamAnswer>;

/** A 4K segment stays well below it. */
const BODY_MAX_BYTES = 32_000_000;
/** Of all answers that are still coming: three segments of 4K at 40 Mb/s for each of four renditions. */
const COMING_MAX_BYTES = 128_000_000;

type Ask = (signal: AbortSignal) => Promise<UpstreamAnswer>;

/** @param base Of another box, or any origin's multivariant playlist: see {@link openUrlMap}. */
export function openUpstream(base: URL, comingMaxBytes = COMING_MAX_BYTES): Upstream {
  const target = openUrlMap(base);
  const isSecure = base.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: MAX_PENDING_FETCHES };
  const agent = isSecure ? new SecureAgent(options) : new Agent(options);
  const request = isSecure ? requestHttps : requestHttp;
  const coming = { bytes: 0, maxBytes: comingMaxBytes };
  return async (url, headers, timeoutMs, signal) => {
    const to = target(url);
    if (to === undefined) throw new Error(`not an address of the origin: ${url.slice(0, 80)}`);
    const ask: Ask = (until) =>
      new Promise((resolve, reject) => {
        const sent = request(to, { agent, headers, signal: until }, (response) => {
          receive(response, coming).then(resolve, reject);
        });
        sent.once('error', (cause) =>
          reject(sent.reusedSocket ? new IdleConnectionClosed({ cause }) : cause),
        );
        sent.end();
      });
    return withTimeout((until) => ask(until).catch(retryOnce(ask, until)), {
      ...{ clock: systemClock, timeoutMs, signal },
      timeoutError: () => new Error(`no answer within ${timeoutMs} ms`),
    });
  };
}

/** Of all answers of an upstream that are not complete. */
interface Coming {
  bytes: number;
  readonly maxBytes: number;
}

function receive(response: IncomingMessage, coming: Coming): Promise<UpstreamAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve, reject) => {
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      coming.bytes += chunk.length;
      const isTooMuch = bytes > BODY_MAX_BYTES || coming.bytes > coming.maxBytes;
      if (isTooMuch) response.destroy(new Error('the answer is too large'));
    });
    response.once('error', reject);
    // A lost connection closes without an end event.
    response.once('close', () => {
      coming.bytes -= bytes;
      reject(new Error('the connection closed before the end of the answer'));
    });
    response.once('end', () => {
      const { statusCode: status = 0, headers } = response;
      resolve({ status, headers, body: Buffer.concat(chunks) });
    });
  });
}

/** The origin closed an idle connection at the moment of the request (a keep-alive race). */
class IdleConnectionClosed extends Error {
  constructor(options: ErrorOptions) {
    super('the origin closed the connection', options);
    this.name = 'IdleConnectionClosed';
  }
}

/** A closed idle connection is no failure of the origin: the request is sent once more. */
function retryOnce(ask: Ask, until: AbortSignal) {
  return (error: unknown) => {
    if (error instanceof IdleConnectionClosed && !until.aborted) return ask(until);
    throw error;
  };
}
