/** Where a release comes from: a file of this machine, or an address. */
import { open } from 'node:fs/promises';
import { errnoOf } from '../../hal/os/errors.ts';
import { messageOf } from '../../hal/os/log.ts';
import { ReleaseError } from './release.ts';

/** A server that sends nothing for so long is given up. */
const SILENT_MS = 30_000;
/** Compressed it has about a third of this. */
const BYTES_MAX = 2_000_000_000;

/**
 * The bytes of `from`, an http or https address or the path of a file; `{arch}` in it is this machine's.
 * Rejects, while it is read, with ReleaseError, or with the reason of an aborted `signal`.
 */
export async function* readSource(from: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const place = from.replaceAll('{arch}', process.arch);
  const source = /^https?:\/\//.test(place) ? download(place, signal) : readFrom(place);
  let bytes = 0;
  for await (const chunk of source) {
    signal.throwIfAborted();
    bytes += chunk.length;
    if (bytes > BYTES_MAX) throw new ReleaseError('it is too large to be a release of venuebox');
    yield chunk;
  }
}

async function* readFrom(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r').catch((error: unknown) => {
    throw new ReleaseError(`${path} cannot be read: ${messageOf(error)}`);
  });
  try {
    if (!(await file.stat()).isFile()) throw new ReleaseError(`${path} is no file`);
    yield* file.createReadStream({ autoClose: false, highWaterMark: 1 << 18 });
  } finally {
    await file.close();
  }
}

async function* download(url: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const silent = new AbortController();
  const timer = setTimeout(() => silent.abort(), SILENT_MS);
  const ends = AbortSignal.any([signal, silent.signal]);
  try {
    const response = await fetch(url, { signal: ends, redirect: 'follow' });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new ReleaseError(`the server answers ${response.status}: check the address`);
    }
    for await (const chunk of response.body) {
      timer.refresh();
      yield chunk as Uint8Array;
      timer.refresh();
    }
  } catch (error) {
    if (error instanceof ReleaseError) throw error;
    signal.throwIfAborted();
    if (silent.signal.aborted) throw new ReleaseError('the server sends nothing: try again');
    throw new ReleaseError(`it cannot be fetched: ${causeOf(error)}; check the network`);
  } finally {
    clearTimeout(timer);
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
