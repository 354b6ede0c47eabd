/** The certificate of the webhook's port, read again when it was renewed. */
import { statSync } from 'node:fs';
import { createServer, type Server, type ServerOptions } from 'node:https';
import { every } from '../../../hal/os/async.ts';
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import { PipelineError } from '../../../pipelines/errors/pipeline-error.ts';

export interface TlsFiles {
  readonly cert_file: string;
  readonly key_file: string;
}

const LOOK_EVERY_MS = 60_000;
const HANDSHAKE_MS = 8_000;

/** @throws PipelineError BAD_CERTIFICATE */
export function openTlsServer(files: TlsFiles, options: ServerOptions): Server {
  try {
    return createServer({ ...options, ...read(files), handshakeTimeout: HANDSHAKE_MS });
  } catch (cause) {
    const message = `orders.webhook.tls: ${messageOf(cause)}`;
    throw new PipelineError('BAD_CERTIFICATE', message, { cause });
  }
}

/** Until `signal` aborts: one that was renewed is used for new connections, a broken one is not. */
export async function followCertificate(
  server: Server,
  files: TlsFiles,
  log: Log,
  signal: AbortSignal,
  everyMs = LOOK_EVERY_MS,
): Promise<void> {
  let key = keyOf(files);
  await every(everyMs, signal, () => {
    const now = keyOf(files);
    if (now === key) return;
    key = now;
    try {
      server.setSecureContext(read(files));
      log.info('webhook certificate read again');
    } catch (error) {
      log.error('webhook certificate not used', { reason: messageOf(error) });
    }
  });
}

function read({ cert_file, key_file }: TlsFiles) {
  return {
    cert: readRegular(cert_file, CERTIFICATE_BYTES_MAX),
    key: readRegular(key_file, CERTIFICATE_BYTES_MAX),
  };
}

/** Files that cannot be looked at, as in a folder that was closed, are a state like any other. */
function keyOf({ cert_file, key_file }: TlsFiles): string {
  return [cert_file, key_file].map(stateOf).join(' ');
}

function stateOf(path: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return [mtimeMs, size, ino].join();
  } catch (error) {
    return messageOf(error);
  }
}
