/** The TLS server of the viewers: HTTP/2, and HTTP/1.1 for those that speak no other. */

import type { ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type Http2ServerResponse } from 'node:http2';
import { messageOf } from '../../hal/os/log.ts';
import { PipelineError } from '../errors/pipeline-error.ts';
import type { Request } from './request.ts';

/** @throws PipelineError BAD_CERTIFICATE */
export function openSecureServer(
  { cert, key }: { readonly cert: Buffer; readonly key: Buffer },
  handshakeTimeoutMs: number,
  requestsMax: number,
  onRequest: (request: Request, response: ServerResponse | Http2ServerResponse) => void,
): Http2SecureServer {
  const options = {
    cert,
    key,
    allowHTTP1: true,
    maxSessionMemory: 8,
    handshakeTimeout: handshakeTimeoutMs,
    settings: { maxConcurrentStreams: requestsMax },
  };
  try {
    return createSecureServer(options, onRequest);
  } catch (cause) {
    throw new PipelineError('BAD_CERTIFICATE', messageOf(cause), { cause });
  }
}
