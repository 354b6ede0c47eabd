/** Leads every client of the box's own hotspot to the page: a captive portal, on port 80. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { pause, untilAborted } from '../../hal/os/async.ts';
import { listen } from '../../hal/os/listen.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { plainAddress } from '../../hal/os/tcp/plain-address.ts';
import { answerAnyHost } from '../../pipelines/captive/probes.ts';
import { SocketShares } from '../../pipelines/http/clients/socket-shares.ts';

export interface PortalDeps {
  /** Of the box on the hotspot: no other network is served. */
  readonly address: string;
  readonly port: number;
  readonly pageUrl: string;
  /** The client of this address needs the page no more. */
  readonly hasSeen: (client: string) => boolean;
  /** A way to another page, by a path of the portal's own: who takes it has seen it. */
  readonly entry?: {
    readonly path: string;
    readonly url: string;
    readonly onEnter: (client: string, userAgent: string | undefined) => void;
  };
}

/** A phone asks from several programs at once; a room of phones keeps few open. */
const SHARES = { strangers: 64, known: 0, perAddress: 16 } as const;
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 1_000,
  connectionsCheckingInterval: 1_000,
} as const;

const RETRY_MS = 5_000;

/** Serves until `signal` aborts; while it cannot, the page is still reached by its address. */
export async function keepPortal(
  deps: PortalDeps,
  { clock, log }: ClockAndLog,
  signal: AbortSignal,
): Promise<void> {
  let reported = '';
  do {
    try {
      await servePortal(deps, signal);
    } catch (error) {
      // The player, or the portal of another network, may just be leaving the port.
      const reason = messageOf(error);
      if (reason !== reported) log.warn('captive portal not served', { reason });
      reported = reason;
    }
  } while (await pause(clock, RETRY_MS, signal));
}

/** Serves until `signal` aborts. Rejects with the system's error where it cannot listen. */
async function servePortal(deps: PortalDeps, signal: AbortSignal): Promise<void> {
  const server = createServer(LIMITS);
  new SocketShares(server, SHARES, (request, response) => answer(request, response, deps));
  await listen(server, deps.address, deps.port);
  await untilAborted(signal);
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function answer(request: IncomingMessage, response: ServerResponse, deps: PortalDeps): void {
  response.on('error', () => undefined);
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const client = plainAddress(request.socket.remoteAddress);
  const { entry } = deps;
  const enters = entry?.path === path;
  if (enters) entry.onEnter(client, request.headers['user-agent']);
  const pageUrl = enters ? entry.url : deps.pageUrl;
  const isDone = !enters && deps.hasSeen(client);
  const found = answerAnyHost(request.headers.host ?? '', path, pageUrl, isDone);
  const type = found.type === undefined ? {} : { 'Content-Type': found.type };
  response.writeHead(found.status, { ...type, ...found.headers, Connection: 'close' });
  response.end(request.method === 'HEAD' ? undefined : found.body);
}
