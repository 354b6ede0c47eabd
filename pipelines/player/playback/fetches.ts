/** Requests of one track, and how fast the line carries them. */
import { anySignal, timeoutSignal } from './signals.ts';

const REQUEST_TIMEOUT_MS = 8_000;

/** A part that was asked for before the playlist had it. */
export interface Prefetched {
  readonly href: string;
  readonly bytes: ArrayBuffer | undefined;
}

/** Parts that are fetched at once share the line: together they say how fast it is. */
export class Fetches {
  bytes = 0;
  /** Of the first byte of any. */
  beginMs = Number.POSITIVE_INFINITY;
  endMs = 0;

  async fetch(url: URL, signal: AbortSignal): Promise<ArrayBuffer> {
    const response = await request(url, signal);
    this.beginMs = Math.min(this.beginMs, performance.now());
    const body = await response.arrayBuffer();
    this.bytes += body.byteLength;
    this.endMs = performance.now();
    return body;
  }
}

export async function request(url: URL, signal: AbortSignal): Promise<Response> {
  const ends = anySignal(signal, timeoutSignal(REQUEST_TIMEOUT_MS));
  const response = await fetch(url, { signal: ends });
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return response;
}
