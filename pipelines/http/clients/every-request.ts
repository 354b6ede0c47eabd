/** Requests that Node would answer by itself, uncounted: thousands of them would come at once. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from 'node:net';

/** Those without `Host`, and those that expect what it does not know, come as `request`, too. */
export function hearEveryRequest(server: Server): void {
  Object.assign(server, { requireHostHeader: false });
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    server.emit('request', request, response),
  );
}

/** RFC 9112 §3.2: it gets 400. */
export function lacksHost({
  httpVersion,
  headers,
}: Pick<IncomingMessage, 'httpVersion' | 'headers'>): boolean {
  return httpVersion === '1.1' && headers.host === undefined;
}
