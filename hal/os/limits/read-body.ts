/** Reads the body of a request up to a limit, so that one that is longer can still be answered. */
import type { IncomingMessage } from 'node:http';

/**
 * Undefined where it is longer: what is left of it goes nowhere. Rejects where not all of it came.
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<Buffer | undefined> {
  let bytes = Number(request.headers['content-length'] ?? 0);
  const chunks: Buffer[] = [];
  if (bytes <= maxBytes) {
    bytes = 0;
    // Destroyed at the return, it could not be answered.
    const body: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  }
  if (bytes <= maxBytes) return Buffer.concat(chunks);
  request.resume();
  return undefined;
}

/** Whether some of its body was not read: its answer is the last of its connection. */
export function isBodyLeft({ complete, headers }: IncomingMessage): boolean {
  const hasBody =
    headers['transfer-encoding'] !== undefined || headers['content-length'] !== undefined;
  return hasBody && !complete;
}
