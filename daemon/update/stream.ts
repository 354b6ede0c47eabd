/** The bytes of a release as they come: its first lines, and then the rest. */
import {
  HEADER_BYTES_MAX,
  type Head,
  ReleaseError,
  readHead,
  SIGNATURE_BYTES_MAX,
} from './release.ts';

const NEWLINE = 10;

/** Reads a stream line by line, each within a limit, and then what is left of it. */
export class LineStream {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffered: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Without its end. Rejects with ReleaseError where there is none within so many bytes. */
  async line(maxBytes: number): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    for (let chunk = this.#buffered; ; ) {
      const end = chunk.indexOf(NEWLINE);
      bytes += end === -1 ? chunk.length : end;
      if (bytes > maxBytes) throw new ReleaseError('this is no release of venuebox');
      if (end !== -1) {
        this.#buffered = chunk.subarray(end + 1);
        return Buffer.concat([...chunks, chunk.subarray(0, end)]);
      }
      chunks.push(chunk);
      const next = await this.#source.next();
      if (next.done === true) throw new ReleaseError(TOO_SHORT);
      chunk = Buffer.from(next.value);
    }
  }

  async *rest(): AsyncGenerator<Buffer> {
    yield this.#buffered;
    for (;;) {
      const next = await this.#source.next();
      if (next.done === true) return;
      yield Buffer.from(next.value);
    }
  }

  /** Nothing more is wanted of it, nor why a download that was stopped cannot be closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#source.return?.().catch(() => undefined);
  }
}

export const TOO_SHORT = 'the release ends too early: fetch it again; nothing of it was installed';

export interface Opened extends Head {
  readonly lines: readonly [header: Buffer, signature: Buffer];
}

/** The header of what comes, with its signature checked. Rejects with ReleaseError. */
export async function openRelease(stream: LineStream, key: string): Promise<Opened> {
  const header = await stream.line(HEADER_BYTES_MAX);
  const signature = await stream.line(SIGNATURE_BYTES_MAX);
  return { ...readHead(header, signature, key), lines: [header, signature] };
}
