/** Sends a file to a page that has signed in: complete, or the part that it asks for. */
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseRange } from '../../../pipelines/http/range.ts';

/** Two people who each save some files. */
const DOWNLOADS_MAX = 6;

export class Downloads {
  #running = 0;

  /**
   * Closes the file. False where too many run already.
   *
   * @param saveAs Name of the file for the person.
   */
  async send(
    request: IncomingMessage,
    response: ServerResponse,
    file: FileHandle,
    saveAs: string,
  ): Promise<boolean> {
    try {
      if (this.#running >= DOWNLOADS_MAX) return false;
      this.#running += 1;
      try {
        await sendFile(request, response, file, saveAs);
      } finally {
        this.#running -= 1;
      }
      return true;
    } finally {
      await file.close().catch(() => undefined);
    }
  }
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: FileHandle,
  saveAs: string,
): Promise<void> {
  const { size } = await file.stat();
  const range = parseRange(request.headers.range, size);
  response.setHeader('Accept-Ranges', 'bytes');
  if (range.type === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${size}` }).end();
    return;
  }
  const [from, to] = range.type === 'part' ? [range.from, range.to] : [0, size - 1];
  response.writeHead(range.type === 'part' ? 206 : 200, {
    'Content-Type': 'video/mp4',
    'Content-Length': Math.max(0, to - from + 1),
    'Content-Disposition': `attachment; filename="${saveAs.replace(/[^\w.-]/g, '_')}"`,
    ...(range.type === 'part' ? { 'Content-Range': `bytes ${from}-${to}/${size}` } : {}),
  });
  if (request.method === 'HEAD' || size === 0) {
    response.end();
    return;
  }
  const bytes = file.createReadStream({ start: from, end: to, autoClose: false });
  // A person who closes the page ends it.
  await pipeline(bytes, response).catch(() => undefined);
}
