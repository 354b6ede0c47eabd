import { readFileSync } from 'node:fs';
import type { ServerOptions } from './server.ts';

/** {@link ServerOptions} as they travel to a child: certificates by their files. */
export interface ServerSettings {
  readonly host: string;
  readonly port: number;
  readonly tls?: { readonly port: number; readonly certFile: string; readonly keyFile: string };
  readonly maxConnections: number;
  readonly maxConnectionsPerAddress: number;
}

/** @throws where a certificate cannot be read. */
export function openServerOptions({ tls, ...options }: ServerSettings): ServerOptions {
  if (tls === undefined) return options;
  return {
    ...options,
    tls: { port: tls.port, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) },
  };
}
