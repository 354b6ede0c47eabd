/** The HTTP(S) server of a store: PUT of one file, by those who have the token. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { LogLimit } from '../../hal/os/limits/log-limit.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { openBearer } from '../http/access/bearer.ts';
import { SocketShares } from '../http/clients/socket-shares.ts';
import { listenOrExplain } from '../http/listen.ts';
import { openHttpPort, type TlsFiles } from '../http/tls-files.ts';
import { FILE_MAX_BYTES, type Stored, StoreFolder } from './folder.ts';
import { parseDigest, parseName } from './names.ts';

export interface StoreOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly folder: string;
  readonly quotaBytes: number;
  readonly token: string;
  /** HTTPS, where it is given. */
  readonly tls?: TlsFiles;
}

export interface StoreDeps {
  readonly log: Log;
  readonly onStart?: (port: number) => void;
}

/**
 * A box sends one file at a time; several may be behind one address. More that are known than a
 * relay has boxes: one more ends the upload of another one.
 */
const SHARES = { strangers: 32, known: 256, perAddress: 4 } as const;
const HEADERS_MS = 10_000;
/** So often those that say nothing are looked for. */
const SILENT_CHECK_MS = 2_000;
/** Between two packets of a body: a radio link may pause. */
const IDLE_MS = 30_000;

const STATUS: Readonly<Record<Stored, readonly [status: number, text: string]>> = {
  created: [201, 'stored'],
  same: [200, 'was stored before'],
  other: [409, 'another file has this name'],
  'wrong-digest': [422, 'the bytes do not have this digest'],
  full: [507, 'the store is full'],
};

/** Runs until `signal` aborts. Rejects where the port or the folder cannot be had. */
export async function runStore(
  { listen, folder, quotaBytes, token, tls }: StoreOptions,
  { log, onStart }: StoreDeps,
  signal: AbortSignal,
): Promise<void> {
  const store = await StoreFolder.open(folder, quotaBytes, log);
  // Digests have one length, so the time tells nothing of the token.
  const isAllowed = openBearer(token);
  const refusals = new LogLimit(() => performance.now());
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const isKnown = isAllowed(request.headers.authorization);
    if (isKnown) shares.setKnown(request);
    answer(request, store, isKnown).then(
      ([status, text]) => {
        const refused = status >= 300 ? refusals.count() : undefined;
        if (refused !== undefined) log.warn('uploads refused', { refused, status, reason: text });
        reply(request, response, status, text);
      },
      (error: unknown) => {
        log.error('upload failed', { reason: messageOf(error) });
        reply(request, response, 500, 'it could not be stored');
      },
    );
  };
  const limits = {
    ...{ maxHeaderSize: 8_192, headersTimeout: HEADERS_MS, requestTimeout: 0 },
    connectionsCheckingInterval: SILENT_CHECK_MS,
  };
  const { server, follow } = openHttpPort(tls, { whose: '--store-cert-file', log }, limits);
  server.setTimeout(IDLE_MS);
  const shares = new SocketShares(server, SHARES, onRequest);
  await listenOrExplain(server, 'the store’s port', listen, 'choose another port');
  const address = server.address();
  onStart?.(typeof address === 'object' && address !== null ? address.port : listen.port);
  await follow(signal);
  server.closeAllConnections();
  server.close();
}

async function answer(
  request: IncomingMessage,
  store: StoreFolder,
  isKnown: boolean,
): Promise<readonly [status: number, text: string]> {
  if (!isKnown) return [401, 'the token is wrong'];
  if (request.method !== 'PUT') return [405, 'only PUT'];
  const name = parseName(request.url ?? '');
  if (name === undefined) return [400, 'must be PUT /BOX/RECORDING/FILE'];
  const sha256 = parseDigest(request.headersDistinct['content-digest']?.join());
  if (sha256 === undefined) return [400, 'needs Content-Digest with sha-256'];
  const length = request.headers['content-length'] ?? '';
  if (!/^\d{1,12}$/.test(length)) return [411, 'needs Content-Length'];
  const bytes = Number(length);
  if (bytes > FILE_MAX_BYTES) return [413, `has more than ${FILE_MAX_BYTES} bytes`];
  return STATUS[await store.put(name, { bytes, sha256, body: request })];
}

/** The connection of a body that was not read is closed. */
function reply(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  const isRead = request.complete;
  response.writeHead(status, {
    'Content-Type': 'text/plain',
    ...(isRead ? {} : { Connection: 'close' }),
  });
  response.end(`${text}\n`);
  request.resume();
}
