/** One connection to the control socket. */
import type { Socket } from 'node:net';
import { anySignal, Condition, pause } from '../../../hal/os/async.ts';
import { type Clock, isAbort } from '../../../hal/os/clock.ts';
import { LineReader } from '../../../hal/os/limits/lines.ts';
import { type ClockAndLog, messageOf } from '../../../hal/os/log.ts';
import type { Commander } from '../../model/commands.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';
import { type Answer, parseRequest, type Request, renderLine } from './protocol.ts';

export interface ControlDeps extends ClockAndLog {
  readonly snapshot: () => BoxSnapshot;
  readonly commander: Commander;
  /** A PNG of a document or a slip; undefined where there is none of that name. */
  readonly prints: { preview(name: string): Promise<Buffer | undefined> };
}

const MAX_LINE_BYTES = 64 * 1024;
/** Lines that came while one is answered. */
const MAX_WAITING_LINES = 32;
const IDLE_MS = 60_000;
/** Time for a refused client to read the reason and to close its half. */
const CLOSE_TIMEOUT_MS = 2_000;
/** A client with more unread bytes is disconnected. */
const MAX_BACKLOG_BYTES = 4_000_000;

/**
 * Serves one client until it leaves, sends an invalid request, or `signal` aborts. Never rejects.
 *
 * @param onAsked Called for each line.
 */
export async function serveClient(
  socket: Socket,
  deps: ControlDeps,
  signal: AbortSignal,
  onAsked: () => void,
): Promise<void> {
  const gone = watchFor(socket);
  using ends = anySignal(signal, gone.signal);
  const send = (answer: Answer) => {
    if (socket.writableLength > MAX_BACKLOG_BYTES) gone.abort();
    if (!ends.signal.aborted) socket.write(renderLine(answer));
  };
  try {
    for await (const line of linesOf(socket, ends.signal)) {
      onAsked();
      const request = parseRequest(line);
      if (typeof request === 'string') send({ type: 'error', message: request });
      else await answer(request, socket, send, deps, ends.signal);
    }
  } catch (error) {
    if (!ends.signal.aborted) send({ type: 'error', message: messageOf(error) });
  }
  await dismiss(socket, deps.clock, ends.signal);
}

/** Refuses a client over the limit. Never rejects. */
export async function refuseClient(
  socket: Socket,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  using ends = anySignal(signal, watchFor(socket).signal);
  socket.write(renderLine({ type: 'error', message: 'too many clients: try again' }));
  await dismiss(socket, clock, ends.signal);
}

/** Aborts when the client has left, or was idle for too long. */
function watchFor(socket: Socket): AbortController {
  const gone = new AbortController();
  // A killed client is not an error of the box.
  socket.on('error', () => gone.abort());
  socket.on('close', () => gone.abort());
  socket.setTimeout(IDLE_MS, () => gone.abort());
  return gone;
}

/**
 * Ends this half, and after a time limit the connection. What the client still sends is discarded
 * meanwhile: unread, it would cause a reset in place of the last answer.
 */
async function dismiss(socket: Socket, clock: Clock, signal: AbortSignal): Promise<void> {
  socket.removeAllListeners('data').resume();
  socket.end();
  // It rejects when the client has left, or the box ends.
  await pause(clock, CLOSE_TIMEOUT_MS, signal);
  socket.destroy();
}

/** Lines one by one: the socket is not read while one is answered. */
async function* linesOf(socket: Socket, signal: AbortSignal): AsyncGenerator<string> {
  const reader = new LineReader(MAX_LINE_BYTES);
  const waiting: string[] = [];
  let failure: unknown;
  let hasEnded = false;
  const received = new Condition();
  socket.on('data', (chunk: Buffer) => {
    try {
      waiting.push(...reader.push(chunk));
      if (waiting.length > MAX_WAITING_LINES) throw new RangeError('too many lines at once');
    } catch (error) {
      failure = error;
    }
    socket.pause();
    received.notifyAll();
  });
  socket.on('end', () => {
    hasEnded = true;
    received.notifyAll();
  });
  for (;;) {
    if (failure !== undefined) throw failure;
    signal.throwIfAborted();
    const line = waiting.shift();
    if (line !== undefined) {
      if (line.trim() !== '') yield line;
      continue;
    }
    if (hasEnded) return;
    socket.resume();
    await received.wait(signal);
  }
}

async function answer(
  request: Request,
  socket: Socket,
  send: (answer: Answer) => void,
  { snapshot, commander, prints, clock }: ControlDeps,
  signal: AbortSignal,
): Promise<void> {
  switch (request.ask) {
    case 'status':
      return send({ type: 'snapshot', snapshot: snapshot() });
    case 'preview': {
      const png = await prints.preview(request.document);
      if (png !== undefined) return send({ type: 'preview', png: png.toString('base64') });
      return send({ type: 'error', message: `no document ${request.document}` });
    }
    case 'watch':
      socket.setTimeout(0);
      // A client that leaves while watching is noticed by reading on.
      socket.resume();
      for (;;) {
        // A slow reader gets the newest state, not all that it missed.
        if (socket.writableLength === 0) send({ type: 'snapshot', snapshot: snapshot() });
        await clock.sleep(request.everyMs, signal);
      }
    case 'cmd': {
      const { verb, args, expect, isDryRun } = request;
      socket.setTimeout(0);
      socket.resume();
      const command = { verb, args, by: 'cli', isDryRun } as const;
      try {
        const outcome = await commander.run(
          expect === undefined ? command : { ...command, expect },
          (progress) => send({ type: 'progress', progress }),
          signal,
        );
        send({ type: 'outcome', outcome });
      } catch (error) {
        // The box ends, or the client left; the command goes on.
        if (!isAbort(error, signal)) throw error;
      }
      socket.setTimeout(IDLE_MS);
    }
  }
}
