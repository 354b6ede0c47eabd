/** The box's connection to its network helper: what was asked for holds as long as it is open. */
import { connect, type Socket } from 'node:net';
import * as v from 'valibot';
import { withTimeout } from '../os/async.ts';
import type { Clock } from '../os/clock.ts';
import { errnoOf, HalError } from '../os/errors.ts';
import { LineReader } from '../os/limits/lines.ts';
import { LINE_BYTES_MAX, type Reply, type Request, replySchema } from './plan.ts';

export const HELPER_SOCKET = '/run/venuebox-network.sock';
/** A Pi starts the helper in a second or two; it then runs a dozen programs. */
const ANSWER_MS = 30_000;

export interface NetworkHelper extends Disposable {
  /**
   * One request at a time. Rejects with `HalError`: NOT_FOUND where there is no helper,
   * NOT_PERMITTED, GONE, TIMEOUT, BAD_REPLY. The next request connects again.
   */
  ask(request: Request, signal: AbortSignal): Promise<Reply>;
}

export function openNetworkHelper(clock: Clock, path: string = HELPER_SOCKET): NetworkHelper {
  let socket: Socket | undefined;
  const close = () => {
    socket?.destroy();
    socket = undefined;
  };
  return {
    ask: async (request, signal) => {
      const timeoutError = () => new HalError('TIMEOUT', 'network helper: no answer');
      const limit = { clock, timeoutMs: ANSWER_MS, timeoutError, signal };
      try {
        return await withTimeout(async (ends) => {
          // A helper that has ended since is started again by its socket.
          if (socket?.destroyed === true) socket = undefined;
          socket ??= await connectTo(path, ends);
          return await exchange(socket, request, ends);
        }, limit);
      } catch (error) {
        // A late answer would be taken for the next one's.
        close();
        throw error;
      }
    },
    [Symbol.dispose]: close,
  };
}

function connectTo(path: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    const stop = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    socket.once('connect', () => {
      signal.removeEventListener('abort', stop);
      socket.removeAllListeners('error');
      // It shows at the next request.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', (cause) => {
      const isForbidden = errnoOf(cause) === 'EACCES' || errnoOf(cause) === 'EPERM';
      const code = isForbidden ? 'NOT_PERMITTED' : 'NOT_FOUND';
      reject(new HalError(code, `network helper: ${path} cannot be opened`, { cause }));
    });
  });
}

function exchange(socket: Socket, request: Request, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const reader = new LineReader(LINE_BYTES_MAX);
    const end = (settle: () => void) => {
      socket.off('data', onData);
      socket.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
      settle();
    };
    const onData = (chunk: Buffer) => {
      try {
        const [line] = reader.push(chunk);
        if (line === undefined) return;
        const reply = v.parse(replySchema, JSON.parse(line));
        end(() => resolve(reply));
      } catch (cause) {
        const error = new HalError('BAD_REPLY', 'network helper: no known answer', { cause });
        end(() => reject(error));
      }
    };
    const onClose = () => end(() => reject(new HalError('GONE', 'network helper: it has ended')));
    const onAbort = () => end(() => reject(signal.reason));
    socket.on('data', onData);
    socket.on('close', onClose);
    signal.addEventListener('abort', onAbort);
    if (socket.destroyed) onClose();
    else socket.write(`${JSON.stringify(request)}\n`);
  });
}
