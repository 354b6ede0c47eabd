/** Where a release comes from: a file of this machine, or an address. */
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf } from '../../hal/os/errors.ts';
import { assertRegular, NotRegular } from '../../hal/os/files/read-regular.ts';
import { messageOf } from '../../hal/os/log.ts';
import { ReleaseError } from './release.ts';

/** What a server is given up for. */
export interface Limits {
  /** It sends nothing for so long. */
  readonly silentMs: number;
  /** While it was waited for so long it sent less than this. */
  readonly pace: { readonly overMs: number; readonly minBytes: number };
  readonly totalMs: number;
}

/** A weak mobile network brings a release within the hour. */
const LIMITS: Limits = {
  silentMs: 30_000,
  pace: { overMs: 60_000, minBytes: 500_000 },
  totalMs: 3_600_000,
};
/** Compressed it has about a third of this. */
const BYTES_MAX = 2_000_000_000;

/**
 * The bytes of `from`, an http or https address or the path of a file; `{arch}` in it is this machine's.
 * Rejects, while it is read, with ReleaseError, or with the reason of an aborted `signal`.
 */
export async function* readSource(
  from: string,
  signal: AbortSignal,
  limits = LIMITS,
): AsyncGenerator<Uint8Array> {
  const place = from.replaceAll('{arch}', process.arch);
  const source = /^https?:\/\//.test(place) ? download(place, signal, limits) : readFrom(place);
  let bytes = 0;
  for await (const chunk of source) {
    signal.throwIfAborted();
    bytes += chunk.length;
    if (bytes > BYTES_MAX) throw new ReleaseError('it is too large to be a release of venuebox');
    yield chunk;
  }
}

async function* readFrom(path: string): AsyncGenerator<Uint8Array> {
  const file = await openFile(path).catch((error: unknown) => {
    const isOther = error instanceof NotRegular;
    throw new ReleaseError(
      isOther ? `${path} is no file` : `${path} cannot be read: ${messageOf(error)}`,
    );
  });
  try {
    if (!(await file.stat()).isFile()) throw new ReleaseError(`${path} is no file`);
    yield* file.createReadStream({ autoClose: false, highWaterMark: 1 << 18 });
  } finally {
    await file.close();
  }
}

/** Nothing but a file is opened: a pipe would hold a thread of this process until it has a writer. */
async function openFile(path: string): Promise<FileHandle> {
  assertRegular(path);
  return await open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
}

async function* download(
  url: string,
  signal: AbortSignal,
  { silentMs, pace, totalMs }: Limits,
): AsyncGenerator<Uint8Array> {
  const limit = new AbortController();
  const giveUp = (why: string) => () =>
    limit.abort(new ReleaseError(`the server ${why}: try again`));
  const ends = AbortSignal.any([signal, limit.signal]);
  const total = setTimeout(giveUp('takes too long'), totalMs);
  const isSilent = giveUp('sends nothing');
  let silence = setTimeout(isSilent, silentMs);
  try {
    const response = await fetch(url, { signal: ends, redirect: 'follow' });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new ReleaseError(`the server answers ${response.status}: check the address`);
    }
    let [askedMs, waitedMs, bytes] = [performance.now(), 0, 0];
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      // How long a slow card takes for it is not the server's fault.
      clearTimeout(silence);
      waitedMs += performance.now() - askedMs;
      bytes += chunk.length;
      if (waitedMs > pace.overMs) {
        if (bytes < pace.minBytes) throw new ReleaseError('the server is too slow: try again');
        [waitedMs, bytes] = [0, 0];
      }
      yield chunk;
      silence = setTimeout(isSilent, silentMs);
      askedMs = performance.now();
    }
  } catch (error) {
    if (error instanceof ReleaseError) throw error;
    signal.throwIfAborted();
    limit.signal.throwIfAborted();
    throw new ReleaseError(`the update cannot be fetched: ${causeOf(error)}; check the network`);
  } finally {
    clearTimeout(silence);
    clearTimeout(total);
  }
}

/** https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const NOT_NOW: readonly unknown[] = ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'];

/** fetch says "fetch failed", and why only below. */
export function causeOf(error: unknown, today = new Date()): string {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  if (!NOT_NOW.includes(errnoOf(cause))) return messageOf(cause);
  // Of a box that has just been started the clock is wrong more often than the server.
  const day = today.toISOString().slice(0, 10);
  return `${messageOf(cause)}; the box’s clock says ${day}, and where that is wrong it needs a network with a time server`;
}
