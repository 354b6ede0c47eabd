import { readFileSync } from 'node:fs';
import { messageOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors.ts';
import type { ServerOptions } from './server.ts';

/** {@link ServerOptions} as they travel to a child: certificates by their files. */
export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly port: number; readonly certFile: string; readonly keyFile: string };
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

/** @throws PipelineError BAD_CERTIFICATE where a certificate cannot be read. */
export function openServerOptions({ tls, ...options }: ServerSettings): ServerOptions {
  if (tls === undefined) return options;
  return {
    ...options,
    tls: { port: tls.port, cert: readCertificate(tls.certFile), key: readCertificate(tls.keyFile) },
  };
}

function readCertificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new PipelineError('BAD_CERTIFICATE', messageOf(cause), { cause });
  }
}
