/** The way to a USB printer, by the kernel's usblp. */

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Clock } from '../../os/clock.ts';
import { errnoOf, HalError, halErrorOf } from '../../os/errors.ts';
import { type OpenTransport, STALL_MS } from './transport.ts';
import { chooseUsbPrinter, listUsbPrinters } from './usb-printers.ts';

/** usblp takes 8 KiB a transfer; less keeps the place of a torn job known. */
const CHUNK_BYTES = 4096;
const POLL_MS = 10;

/** What of an open file is used. */
export type LpFile = Pick<FileHandle, 'read' | 'write' | 'close'>;

export interface LpDeps {
  readonly openFile?: (path: string, flags: number) => Promise<LpFile>;
  readonly list?: typeof listUsbPrinters;
}

/**
 * A USB printer by the kernel's usblp, read-write and non-blocking. One that comes back
 * under another number is found again.
 *
 * @param wanted `/dev/usb/lp0`, an id like `usb:04b8:0202:L4XF001234`, or `auto` for the first there is.
 */
export function lpTransport(
  wanted: string,
  clock: Clock,
  { openFile = open, list = listUsbPrinters }: LpDeps = {},
): OpenTransport {
  let known: string | undefined;
  return async (signal) => {
    signal.throwIfAborted();
    // A name of the machine's own, by a udev rule, is opened as it is.
    const isOwnName = wanted.startsWith('/') && !wanted.startsWith('/dev/usb/lp');
    const { path, id } = isOwnName
      ? { path: wanted, id: '' }
      : chooseUsbPrinter(await list(), wanted, known);
    const flags = constants.O_RDWR | constants.O_NONBLOCK;
    const file = await openFile(path, flags).catch((error: unknown) => {
      throw halErrorOf(error, path);
    });
    if (id !== '') known = id;
    return {
      name: path,
      write: (bytes, stop, onSent) => writeAll(file, path, bytes, clock, stop, onSent),
      read: (timeoutMs, stop) => readSome(file, path, timeoutMs, clock, stop),
      [Symbol.asyncDispose]: () => file.close(),
    };
  };
}

async function writeAll(
  file: LpFile,
  device: string,
  bytes: Uint8Array,
  clock: Clock,
  signal: AbortSignal,
  onSent?: (bytes: number) => void,
): Promise<void> {
  let sent = 0;
  let movedMs = clock.monotonicMs();
  const waited = async (sinceMs: number) => {
    if (clock.monotonicMs() - sinceMs > STALL_MS) {
      throw new HalError('TIMEOUT', `${device}: it took no byte for ${STALL_MS} ms`);
    }
    await clock.sleep(POLL_MS, signal);
  };
  while (sent < bytes.length) {
    signal.throwIfAborted();
    const length = Math.min(CHUNK_BYTES, bytes.length - sent);
    const written = await unlessBusy(device, async () => {
      try {
        return (await file.write(bytes, sent, length)).bytesWritten;
      } catch (error) {
        // A transfer that broke off: how much of it arrived is not known.
        if (errnoOf(error) === 'EIO') onSent?.(sent + length);
        throw error;
      }
    });
    if (written === undefined || written === 0) {
      await waited(movedMs);
      continue;
    }
    sent += written;
    movedMs = clock.monotonicMs();
    onSent?.(sent);
  }
  // The driver has the last transfer, and would call it off when the file is closed: a write of
  // nothing is refused until that one is over.
  while ((await unlessBusy(device, () => file.write(bytes, 0, 0))) === undefined) {
    await waited(movedMs);
  }
}

async function readSome(
  file: LpFile,
  device: string,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Buffer> {
  const endMs = clock.monotonicMs() + timeoutMs;
  const bytes = Buffer.alloc(64);
  for (;;) {
    signal.throwIfAborted();
    const read = await unlessBusy(device, () => readOnce(file, bytes));
    if (read === 'one-way') return Buffer.alloc(0);
    if (read !== undefined && read > 0) return bytes.subarray(0, read);
    if (clock.monotonicMs() >= endMs) return Buffer.alloc(0);
    await clock.sleep(POLL_MS, signal);
  }
}

/** A printer without a way back is no fault: usblp refuses each read of it with EINVAL. */
async function readOnce(file: LpFile, bytes: Buffer): Promise<number | 'one-way'> {
  try {
    return (await file.read(bytes)).bytesRead;
  } catch (error) {
    if (errnoOf(error) === 'EINVAL') return 'one-way';
    throw error;
  }
}

/** Undefined while the driver would block. */
async function unlessBusy<T>(device: string, call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (errnoOf(error) === 'EAGAIN') return undefined;
    throw halErrorOf(error, device);
  }
}
