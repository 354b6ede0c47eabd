/** Opens a port, with an error message that names it. */
import type { Server } from 'node:net';
import { listen } from '../../hal/os/listen.ts';
import { PipelineError } from '../errors/pipeline-error.ts';

/**
 * Rejects with a PipelineError PORT_TAKEN or LISTEN_FAILED.
 *
 * @param whose For example `viewers' port`.
 * @param advice Added to the error message.
 */
export async function listenOrExplain(
  server: Server,
  whose: string,
  { host, port }: { readonly host: string; readonly port: number },
  advice = '',
): Promise<void> {
  await listen(server, host, port).catch((cause: unknown) => {
    throw listenError(`${whose} ${port} on ${host}`, cause, advice);
  });
}

/** The PipelineError for an error of `listen`. */
export function listenError(where: string, cause: unknown, advice = ''): PipelineError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isTaken = code === 'EADDRINUSE';
  const why = isTaken ? 'another program listens there already' : message;
  return new PipelineError(isTaken ? 'PORT_TAKEN' : 'LISTEN_FAILED', `${where}: ${why}${advice}`, {
    cause,
  });
}
