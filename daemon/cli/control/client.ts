/** The client of the control socket. */
import { connect, type Socket } from 'node:net';
import { LineReader } from '../../../hal/os/limits/lines.ts';
import { type Answer, type RequestInput, renderLine } from './protocol.ts';

/** The box cannot be asked; the message says what to do. */
export class ControlError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ControlError';
  }
}

const CONNECT_MS = 3_000;
const MAX_LINE_BYTES = 16_000_000;

/**
 * Asks the first box that answers at one of `paths`, and yields its answers until
 * it closes or `signal` aborts.
 *
 * @throws ControlError
 */
export async function* ask(
  paths: readonly string[],
  request: RequestInput,
  signal: AbortSignal,
): AsyncGenerator<Answer> {
  const socket = await connectFirst(paths, connectTo);
  const onAbort = () => socket.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    if (signal.aborted) return;
    socket.write(renderLine(request));
    const reader = new LineReader(MAX_LINE_BYTES);
    for await (const chunk of socket) {
      for (const line of reader.push(chunk as Buffer)) yield JSON.parse(line) as Answer;
    }
  } catch (error) {
    if (signal.aborted) return;
    throw new ControlError('the box stopped answering', { cause: error });
  } finally {
    signal.removeEventListener('abort', onAbort);
    socket.destroy();
  }
}

/**
 * A box that may not be asked, or is stuck, hides no other one: what is wrong with it is said where
 * none answers.
 *
 * @param open Resolves with the errno name where it fails.
 * @throws ControlError
 */
export async function connectFirst<One extends object>(
  paths: readonly string[],
  open: (path: string) => Promise<One | string>,
): Promise<One> {
  let fault: string | undefined;
  for (const path of paths) {
    const result = await open(path);
    if (typeof result !== 'string') return result;
    fault ??= faultOf(path, result);
  }
  throw new ControlError(fault ?? `no box runs here; looked at ${paths.join(', ')}`);
}

/** Undefined where no box listens. */
function faultOf(path: string, code: string): string | undefined {
  if (code === 'EACCES' || code === 'EPERM') {
    return `${path} may not be opened: join the group venuebox (sudo adduser $USER venuebox), or use sudo`;
  }
  return code === 'ETIMEDOUT' ? `${path}: the box does not answer` : undefined;
}

/** An open socket, or the errno name. */
function connectTo(path: string): Promise<Socket | string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const timer = setTimeout(() => {
      socket.destroy();
      resolve('ETIMEDOUT');
    }, CONNECT_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      resolve(error.code ?? 'EIO');
    });
  });
}
