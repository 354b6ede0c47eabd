/** Opens a port, with an error message that names it. */
import type { Server } from 'node:net';
import { listen, listenOnFd } from '../../hal/os/listen.ts';
import { PipelineError } from '../errors/pipeline-error.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
  /** A socket that is bound to it already; left out: one is opened. */
  readonly fd?: number | undefined;
}

/**
 * Rejects with a PipelineError PORT_TAKEN or LISTEN_FAILED.
 *
 * @param whose For example `viewers' port`.
 * @param advice What to do where another program has the port.
 */
export async function listenOrExplain(
  server: Server,
  whose: string,
  { host, port, fd }: ListenAddress,
  advice: string,
): Promise<void> {
  const opened = fd === undefined ? listen(server, host, port) : listenOnFd(server, fd);
  await opened.catch((cause: unknown) => {
    throw listenError(`${whose} ${port} on ${host}`, cause, advice);
  });
}

/** The PipelineError for an error of `listen`. */
export function listenError(where: string, cause: unknown, advice?: string): PipelineError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code !== 'EADDRINUSE') {
    return new PipelineError('LISTEN_FAILED', `${where}: ${message}`, { cause });
  }
  const what = `${where}: another program listens there already`;
  return new PipelineError('PORT_TAKEN', what, advice === undefined ? {} : { advice });
}
