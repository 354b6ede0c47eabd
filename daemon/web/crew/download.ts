/** Sends a file to a page that has signed in: complete, or the part that it asks for. */
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { parseRange } from '../../../pipelines/http/range.ts';

/** People who each save some files. */
const DOWNLOADS_MAX = 6;
const SESSION_MAX = 2;
/** A phone that sleeps, or a client that holds the place of somebody else by reading a little. */
const PACE: Pace = { overMs: 60_000, minBytes: 2_000_000 };

/** What a client must take, again and again, or it is ended. */
export interface Pace {
  readonly overMs: number;
  readonly minBytes: number;
}

export class Downloads {
  /** The session of each. */
  #running: readonly string[] = [];
  readonly #pace: Pace;

  constructor(pace = PACE) {
    this.#pace = pace;
  }

  /**
   * Closes the file. False where too many run already, of this session or of all.
   *
   * @param saveAs Name of the file for the person.
   */
  async send(
    request: IncomingMessage,
    response: ServerResponse,
    file: FileHandle,
    { saveAs, session }: { readonly saveAs: string; readonly session: string },
  ): Promise<boolean> {
    try {
      const own = this.#running.filter((one) => one === session).length;
      if (this.#running.length >= DOWNLOADS_MAX || own >= SESSION_MAX) return false;
      this.#running = [...this.#running, session];
      try {
        await sendFile(request, response, file, { saveAs, pace: this.#pace });
      } finally {
        this.#running = this.#running.toSpliced(this.#running.indexOf(session), 1);
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
  { saveAs, pace }: { readonly saveAs: string; readonly pace: Pace },
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
  let before = 0;
  const timer = setInterval(() => {
    if (bytes.bytesRead - before < pace.minBytes) response.destroy();
    before = bytes.bytesRead;
  }, pace.overMs);
  // A person who closes the page ends it.
  await pipeline(bytes, response).catch(() => undefined);
  clearInterval(timer);
}
