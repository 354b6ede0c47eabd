/** A port in clear or for HTTPS: its certificate, read again when it was renewed, and the names in it. */
import { X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { createServer as createClearServer, type Server } from 'node:http';
import { createServer, type ServerOptions } from 'node:https';
import { isIP } from 'node:net';
import { createSecureContext, type Server as TlsServer } from 'node:tls';
import { every, untilAborted } from '../../hal/os/async.ts';
import { CERTIFICATE_BYTES_MAX, readRegular } from '../../hal/os/files/read-regular.ts';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors/pipeline-error.ts';

/** As the config names them: PEM, the certificate with its chain. */
export interface TlsFiles {
  readonly cert_file: string;
  readonly key_file: string;
}

const LOOK_EVERY_MS = 60_000;
const HANDSHAKE_MS = 8_000;

/** How they were when they were read last: a renewal before they are followed is one, too. */
const asRead = new WeakMap<TlsFiles, string>();

/** @throws what the file system says, or NotRegular. */
export function readTlsFiles(files: TlsFiles) {
  const { cert_file, key_file } = files;
  asRead.set(files, keyOf(files));
  return {
    cert: readRegular(cert_file, CERTIFICATE_BYTES_MAX),
    key: readRegular(key_file, CERTIFICATE_BYTES_MAX),
  };
}

/** @throws what a server would end with: they cannot be read, are none, or do not go together. */
export function checkTlsFiles(files: TlsFiles | undefined): void {
  if (files !== undefined) createSecureContext(readTlsFiles({ ...files }));
}

/** A server that does not listen yet, and how its certificate is followed until `signal` aborts. */
export interface HttpPort {
  readonly server: Server;
  readonly follow: (signal: AbortSignal, everyMs?: number) => Promise<void>;
}

/**
 * HTTPS where there are `tls` files.
 *
 * @throws PipelineError BAD_CERTIFICATE
 */
export function openHttpPort(
  tls: TlsFiles | undefined,
  about: { readonly whose: string; readonly log: Log },
  options: ServerOptions,
): HttpPort {
  if (tls === undefined) return { server: createClearServer(options), follow: untilAborted };
  try {
    const secured = { ...options, ...readTlsFiles(tls), handshakeTimeout: HANDSHAKE_MS };
    const server = createServer(secured);
    return { server, follow: (...until) => followCertificate(server, tls, about, ...until) };
  } catch (cause) {
    throw new PipelineError('BAD_CERTIFICATE', `${about.whose}: ${messageOf(cause)}`, { cause });
  }
}

/** Until `signal` aborts: one that was renewed is used for new connections, a broken one is not. */
export async function followCertificate(
  server: Pick<TlsServer, 'setSecureContext'>,
  files: TlsFiles,
  { whose, log }: { readonly whose: string; readonly log: Log },
  signal: AbortSignal,
  everyMs = LOOK_EVERY_MS,
): Promise<void> {
  let key = asRead.get(files) ?? keyOf(files);
  await every(everyMs, signal, () => {
    const now = keyOf(files);
    if (now === key) return;
    key = now;
    try {
      server.setSecureContext(readTlsFiles(files));
      log.info('certificate read again', { whose });
    } catch (error) {
      log.error('certificate not used', { whose, reason: messageOf(error) });
    }
  });
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

/** Undefined where it is no certificate: opening the port reports that. */
export function readX509(cert: Buffer): X509Certificate | undefined {
  try {
    return new X509Certificate(cert);
  } catch {
    return undefined;
  }
}

/** Host names, perhaps with a wildcard, and IP addresses. */
export function certifiedNames(certificate: X509Certificate | undefined): readonly string[] {
  const names = certificate?.subjectAltName?.split(', ') ?? [];
  return names.flatMap((name) => /^(?:DNS|IP Address):([\w.:*-]{1,253})$/.exec(name)?.[1] ?? []);
}

/**
 * How a client that comes to an address finds it in a certificate: by that, or by a host name, where
 * all of them lead to it. Undefined where it cannot be found, or the file cannot be read.
 */
export function certifiedHost(certFile: string, address: string): string | undefined {
  try {
    const names = certifiedNames(readX509(readRegular(certFile, CERTIFICATE_BYTES_MAX)));
    if (names.includes(address)) return address;
    // A client takes its own for itself.
    const hosts = names.filter((name) => isIP(name) === 0 && name !== 'localhost');
    return hosts.find((name) => !name.includes('*')) ?? hosts[0]?.replace('*', 'box');
  } catch {
    return undefined;
  }
}
