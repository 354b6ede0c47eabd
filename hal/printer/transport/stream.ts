import type { Duplex } from 'node:stream';
import { HalError, halErrorOf } from '../../errors.ts';
import type { Clock } from '../../os/clock.ts';
import { STALL_MS, type Transport } from './transport.ts';

/** Said by the printer and not yet asked for: more than this is chatter. */
const MOST_HELD_BYTES = 1024;

/** A transport over a stream that is open: a socket or a serial port. */
export function streamTransport(name: string, stream: Duplex, clock: Clock): Transport {
  let held = Buffer.alloc(0);
  let failure: HalError | undefined;
  let wake = () => {};
  stream.on('data', (bytes: Buffer) => {
    held = Buffer.concat([held, bytes]).subarray(-MOST_HELD_BYTES);
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
    const either = AbortSignal.any([signal, woken.signal]);
    await clock.sleep(timeoutMs, either).catch(() => undefined);
    signal.throwIfAborted();
  };
  return {
    name,
    write: async (bytes, signal, onSent) => {
      signal.throwIfAborted();
      if (failure !== undefined) throw failure;
      let isTaken = false;
      stream.write(bytes, () => {
        isTaken = true;
        wake();
      });
      const startMs = clock.monotonicMs();
      while (!isTaken && failure === undefined) {
        if (clock.monotonicMs() - startMs > STALL_MS) {
          throw new HalError('TIMEOUT', `${name}: it took no byte for ${STALL_MS} ms`);
        }
        await changed(STALL_MS / 10, signal);
      }
      if (failure !== undefined) throw failure;
      onSent?.(bytes.length);
    },
    read: async (timeoutMs, signal) => {
      if (held.length === 0 && failure === undefined) await changed(timeoutMs, signal);
      if (held.length === 0 && failure !== undefined) throw failure;
      const bytes = held;
      held = Buffer.alloc(0);
      return bytes;
    },
    [Symbol.asyncDispose]: async () => {
      if (failure === undefined) await ended(stream, clock);
      stream.destroy();
    },
  };
}

/** Lets the last bytes out, for a second at most. */
async function ended(stream: Duplex, clock: Clock): Promise<void> {
  const done = new AbortController();
  stream.end(() => done.abort());
  await clock.sleep(1000, done.signal).catch(() => undefined);
}
