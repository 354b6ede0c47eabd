import type { Server } from 'node:net';
import { listen } from '../../hal/os/listen.ts';
import { PipelineError } from '../errors.ts';

/**
 * Listens, or says in one line whose port it is and what is in the way.
 *
 * Rejects with PipelineError PORT_TAKEN or LISTEN_FAILED.
 *
 * @param whose For example `viewers' port`.
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

/** What an EADDRINUSE and its like are called. */
export function listenError(where: string, cause: unknown, advice = ''): PipelineError {
  const { code, message } = cause as NodeJS.ErrnoException;
  const isTaken = code === 'EADDRINUSE';
  const why = isTaken ? 'another program listens there already' : message;
  return new PipelineError(isTaken ? 'PORT_TAKEN' : 'LISTEN_FAILED', `${where}: ${why}${advice}`, {
    cause,
  });
}
