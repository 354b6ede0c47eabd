/** The way to a printer over a stream: a socket or a serial port. */

import type { Duplex } from 'node:stream';
import { anySignal, pause, withTimeout } from '../../os/async.ts';
import type { Clock } from '../../os/clock.ts';
import { HalError, halErrorOf } from '../../os/errors.ts';
import { STALL_MS, type Transport } from './transport.ts';

/** Sent by the printer and not yet read; older bytes are dropped. */
const MAX_UNREAD_BYTES = 1024;

/**
 * Bytes handed over at once: at 9600 baud a second's worth, so that a long job on a
 * slow line is no stall, and a torn one is known to a second.
 */
const CHUNK_BYTES = 1024;
/** The last bytes of a job lie in the kernel, a serial line's up to 4 kB of them. */
const DRAIN_MS = 5000;

export interface Line {
  /** Resolves when the other side, or the wire, has what was written. */
  drain(): Promise<void>;
  /** Closes it; what is not out yet is lost. Resolves when it can be opened again. */
  close(): Promise<void>;
}

/**
 * A transport over a stream that is open: a socket or a serial port.
 *
 * @param line How its last bytes are let out and how it is closed: serialport's
 *   `destroy` leaves the port open and claimed.
 */
export function streamTransport(name: string, stream: Duplex, clock: Clock, line: Line): Transport {
  let held = Buffer.alloc(0);
  let failure: HalError | undefined;
  let wake = () => {};
  stream.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]).subarray(-MAX_UNREAD_BYTES);
    wake();
  });
  stream.on('error', (error) => {
    failure ??= halErrorOf(error, name);
    wake();
  });
  stream.on('close', () => {
    failure ??= new HalError('GONE', `${name}: it closed the connection`);
    wake();
  });

  const changed = async (timeoutMs: number, signal: AbortSignal) => {
    const woken = new AbortController();
    wake = () => woken.abort();
    using ends = anySignal(signal, woken.signal);
    await pause(clock, timeoutMs, ends.signal);
    signal.throwIfAborted();
  };
  const writeChunk = async (chunk: Uint8Array, signal: AbortSignal) => {
    signal.throwIfAborted();
    if (failure !== undefined) throw failure;
    let isTaken = false;
    stream.write(chunk, (error) => {
      if (error) failure ??= halErrorOf(error, name);
      isTaken = true;
      wake();
    });
    const endMs = clock.monotonicMs() + STALL_MS;
    while (!isTaken && failure === undefined) {
      if (clock.monotonicMs() > endMs) throw stalled(name);
      await changed(STALL_MS / 10, signal);
    }
    if (failure !== undefined) throw failure;
  };
  return {
    name,
    write: (bytes, signal, onSent) => inChunks(bytes, (chunk) => writeChunk(chunk, signal), onSent),
    read: async (timeoutMs, signal) => {
      if (held.length === 0 && failure === undefined) await changed(timeoutMs, signal);
      if (held.length === 0 && failure !== undefined) throw failure;
      const bytes = held;
      held = Buffer.alloc(0);
      return bytes;
    },
    [Symbol.asyncDispose]: async () => {
      if (failure === undefined) await forAWhile(line.drain(), clock);
      await forAWhile(line.close(), clock);
    },
  };
}

/** A cable that was pulled must not keep the next job. */
async function forAWhile(work: Promise<void>, clock: Clock): Promise<void> {
  const timeoutError = () => new HalError('TIMEOUT', 'not drained');
  const limit = { clock, timeoutMs: DRAIN_MS, timeoutError };
  await withTimeout(() => work, limit).catch(() => undefined);
}

async function inChunks(
  bytes: Uint8Array,
  write: (chunk: Uint8Array) => Promise<void>,
  onSent: ((sent: number) => void) | undefined,
): Promise<void> {
  for (let sent = 0; sent < bytes.length; ) {
    const chunk = bytes.subarray(sent, sent + CHUNK_BYTES);
    await write(chunk);
    sent += chunk.length;
    onSent?.(sent);
  }
}

function stalled(name: string): HalError {
  return new HalError('TIMEOUT', `${name}: it took no byte for ${STALL_MS} ms`);
}
