/** The way to a network printer. */

import { connect } from 'node:net';
import { anySignal } from '../../os/async.ts';
import type { Clock } from '../../os/clock.ts';
import { HalError, halErrorOf } from '../../os/errors.ts';
import { streamTransport } from './stream.ts';
import type { OpenTransport } from './transport.ts';

const CONNECT_TIMEOUT_MS = 3000;
/** Raw printing, as HP's JetDirect began it. */
const RAW_PORT = 9100;

/** A network printer. */
export function tcpTransport(host: string, clock: Clock, port: number = RAW_PORT): OpenTransport {
  return async (signal) => {
    signal.throwIfAborted();
    const name = `${host}:${port}`;
    const socket = connect({ host, port });
    using ends = anySignal(signal, AbortSignal.timeout(CONNECT_TIMEOUT_MS));
    const limit = ends.signal;
    await new Promise<void>((resolve, reject) => {
      const stop = () => {
        socket.destroy();
        const late = new HalError('TIMEOUT', `${name}: no connection in ${CONNECT_TIMEOUT_MS} ms`);
        reject(signal.aborted ? signal.reason : late);
      };
      limit.addEventListener('abort', stop, { once: true });
      socket.once('error', (error) => reject(halErrorOf(error, name)));
      socket.once('connect', () => {
        limit.removeEventListener('abort', stop);
        resolve();
      });
    });
    socket.setNoDelay(true);
    return streamTransport(name, socket, clock, {
      drain: () => new Promise((resolve) => socket.end(resolve)),
      close: async () => {
        socket.destroy();
      },
    });
  };
}
