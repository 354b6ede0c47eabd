/** The server of the control socket. */
import { lstat, mkdir, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { pause, untilAborted } from '../../../hal/os/async.ts';
import { messageOf } from '../../../hal/os/log.ts';
import { type ControlDeps, refuseClient, serveClient } from './session.ts';

/** Shells and scripts of one machine. */
const MAX_CLIENTS = 16;
/** Clients over the limit that get an error; more are cut off. */
const MAX_REFUSED = 16;
const RETRY_MS = 5_000;

/**
 * Serves the command line of this machine over a Unix socket until `signal`
 * aborts. Its owner and its group may do everything.
 *
 * Never fails: another box at this path, or a folder of another user, is reported
 * in the journal and tried again.
 */
export async function runControl(
  path: string,
  deps: ControlDeps,
  signal: AbortSignal,
): Promise<void> {
  let lastReason: string | undefined;
  while (!signal.aborted) {
    try {
      await serve(path, deps, signal);
      return;
    } catch (error) {
      const reason = messageOf(error);
      if (reason !== lastReason) deps.log.warn('control socket failed', { path, reason });
      lastReason = reason;
    }
    await pause(deps.clock, RETRY_MS, signal);
  }
}

async function serve(path: string, deps: ControlDeps, signal: AbortSignal): Promise<void> {
  await makeFolder(dirname(path));
  await removeStale(path);
  const clients = new Set<Promise<void>>();
  const refused = new Set<Promise<void>>();
  const slots = new Slots();
  const server = createServer({ pauseOnConnect: true, allowHalfOpen: true }, (socket) => {
    const isServed = slots.take(socket);
    if (!isServed && refused.size >= MAX_REFUSED) return void socket.destroy();
    const list = isServed ? clients : refused;
    const work = isServed
      ? serveClient(socket, deps, signal, () => slots.setAsked(socket))
      : refuseClient(socket, deps.clock, signal);
    const kept = work.finally(() => list.delete(kept));
    list.add(kept);
  });
  await listen(server, path);
  deps.log.info('control socket listening', { path });
  try {
    await unlessFailed(server, signal);
  } finally {
    // Closing also removes the file; clients end by the signal.
    server.close();
    await Promise.all([...clients, ...refused]);
  }
}

/** Clients that are served. One that has asked nothing yet makes room for a newcomer. */
class Slots {
  readonly #hasAsked = new Map<Socket, boolean>();

  take(socket: Socket): boolean {
    const silent = [...this.#hasAsked].find(([, hasAsked]) => !hasAsked)?.[0];
    if (this.#hasAsked.size >= MAX_CLIENTS) {
      if (silent === undefined) return false;
      this.#hasAsked.delete(silent);
      silent.destroy();
    }
    this.#hasAsked.set(socket, false);
    socket.once('close', () => this.#hasAsked.delete(socket));
    return true;
  }

  setAsked(socket: Socket): void {
    if (this.#hasAsked.has(socket)) this.#hasAsked.set(socket, true);
  }
}

/** The socket is born with its mode: no one can open it before a chmod. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    const before = process.umask(0o117);
    try {
      server.listen({ path });
    } finally {
      process.umask(before);
    }
  });
}

/** Resolves when `signal` aborts. Rejects when the server fails before. */
function unlessFailed(server: Server, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    untilAborted(signal).then(resolve, reject);
  });
}

/** In /tmp another user may have created it first: it must belong to this user, and be writable by no other. */
async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o750 });
  if (!folder.startsWith('/tmp/')) return;
  const found = await lstat(folder);
  const isOurs = found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
  if (!found.isDirectory() || !isOurs) throw new Error(`${folder} belongs to somebody else`);
}

/** A box that was killed leaves its socket behind, which does not answer. */
async function removeStale(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found === undefined) return;
  if (!found.isSocket()) throw new Error(`${path} is there and no socket`);
  if (await isAnswered(path)) throw new Error('another box answers there');
  await rm(path, { force: true });
}

function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED' || error.code === 'ENOENT') resolve(false);
      else reject(error);
    });
  });
}
