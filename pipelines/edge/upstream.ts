import { Agent, type IncomingHttpHeaders, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Fetches one address. Rejects when there is no whole answer in time. */
export type Upstream = (
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<UpstreamAnswer>;

/** A 4K segment stays well below it. */
const BODY_MAX_BYTES = 32_000_000;
const SOCKETS_MAX = 64;

/** @param base Of the other box or origin, for example `http://10.0.0.5:8080`. */
export function openUpstream(base: URL): Upstream {
  const isSecure = base.protocol === 'https:';
  const options = { keepAlive: true, maxSockets: SOCKETS_MAX };
  const agent = isSecure ? new SecureAgent(options) : new Agent(options);
  const request = isSecure ? requestHttps : requestHttp;
  return (url, headers, signal) =>
    new Promise((resolve, reject) => {
      const sent = request(new URL(url, base), { agent, headers, signal }, (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          chunks.push(chunk);
          bytes += chunk.length;
          if (bytes > BODY_MAX_BYTES) response.destroy(new Error('the answer is too large'));
        });
        response.once('error', reject);
        // A connection that is cut closes without an end.
        response.once('close', () => reject(new Error('the answer was cut short')));
        response.once('end', () => {
          const { statusCode: status = 0, headers: got } = response;
          resolve({ status, headers: got, body: Buffer.concat(chunks) });
        });
      });
      sent.once('error', reject);
      sent.end();
    });
}
