/** Settings of the viewers' server. */
import type { Server as TlsServer } from 'node:tls';
import { type Log, messageOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors/pipeline-error.ts';
import type { ConnectionLimits } from './clients/connections.ts';
import { followCertificate, readTlsFiles } from './tls-files.ts';

export interface ServerOptions extends ConnectionLimits {
  readonly host: string;
  readonly port: number;
  /** A socket that is bound to it already: of this process, in settings the child's own once inherited. */
  readonly fd?: number;
  /** See `openTrustedProxies`. */
  readonly trustedProxies?: readonly string[];
  /** Further names of this box: see `OwnNames`. */
  readonly hostNames?: readonly string[];
  /** HTTP/2 over TLS beside the clear port, where there is a certificate. */
  readonly tls?: {
    readonly port: number;
    readonly fd?: number | undefined;
    readonly cert: Buffer;
    readonly key: Buffer;
    /** Until `signal` aborts the server gets what cert and key were renewed to. */
    readonly follow?: (
      server: Pick<TlsServer, 'setSecureContext'>,
      signal: AbortSignal,
    ) => Promise<void>;
  };
}

/** Networks of the box where this server is the captive portal: its port is 80 then. */
export interface PortalSettings {
  /** IPv4 of the box there; all names lead to it. */
  readonly address: string;
  /** It makes one for guests; without it there is its hotspot alone. */
  readonly hasGuests: boolean;
}

/** {@link ServerOptions} as they are sent to a child process: certificates by their files. */
export interface ServerSettings extends Omit<ServerOptions, 'tls'> {
  readonly tls?: {
    readonly port: number;
    readonly fd?: number | undefined;
    readonly certFile: string;
    readonly keyFile: string;
  };
  readonly portal?: PortalSettings;
}

/** @throws PipelineError BAD_CERTIFICATE where a certificate cannot be read. */
export function openServerOptions({ tls, ...options }: ServerSettings, log: Log): ServerOptions {
  if (tls === undefined) return options;
  const files = { cert_file: tls.certFile, key_file: tls.keyFile };
  const about = { whose: 'viewers.tls', log };
  try {
    return {
      ...options,
      tls: {
        ...{ port: tls.port, fd: tls.fd },
        ...readTlsFiles(files),
        follow: (server, signal) => followCertificate(server, files, about, signal),
      },
    };
  } catch (cause) {
    throw new PipelineError('BAD_CERTIFICATE', messageOf(cause), { cause });
  }
}
