/** Requests about the guests' look: `/look`, `/look/colors`, `/look/logo`, `/look/title`, and `/undo` below each. */
import type { IncomingMessage } from 'node:http';
import { BrandingError } from '../../../pipelines/player/brand/colors.ts';
import { UPLOAD_MAX_BYTES } from '../../model/look.ts';
import { type Answer, answerJson, readJson, refuse } from '../answer.ts';
import { LookError, type LookPart, type LookStore } from './look-store.ts';

export class LookAnswers {
  readonly #store: LookStore;
  #isWriting = false;

  constructor(store: LookStore) {
    this.#store = store;
  }

  /** Undefined for a request that is not for it. */
  async answer(request: IncomingMessage, path: string): Promise<Answer | undefined> {
    const { method = '' } = request;
    if (path !== '/look' && !path.startsWith('/look/')) return undefined;
    if (path === '/look') {
      return method === 'GET' ? answerJson(200, this.#store.state()) : NO_SUCH_METHOD;
    }
    const [, named, undo] = /^\/look\/(colors|logo|title)(\/undo)?$/.exec(path) ?? [];
    if (named === undefined) return refuse(404, 'not-here');
    const part = named as LookPart;
    if (undo !== undefined) {
      if (method !== 'POST') return NO_SUCH_METHOD;
      return await this.#once(() => this.#store.undo(part));
    }
    if (method === 'GET' && part !== 'colors') return this.#picture(part);
    if (method === 'PUT') return await this.#once(() => this.#put(part, request));
    if (method === 'DELETE') return await this.#once(() => this.#store.remove(part));
    return NO_SUCH_METHOD;
  }

  #picture(part: 'logo' | 'title'): Answer {
    const file = this.#store.picture(part);
    if (file === undefined) return refuse(404, 'not-here');
    return { status: 200, type: file.type, body: file.bytes };
  }

  async #put(part: LookPart, request: IncomingMessage): Promise<void> {
    if (part === 'colors') {
      await this.#store.setColors(await readJson(request));
    } else {
      const bytes = await readBytes(request);
      if (bytes === undefined) throw new LookError('the picture has more than 16 MB');
      await this.#store.setPicture(part, bytes);
    }
  }

  /** One at a time: decoding takes memory. */
  async #once(work: () => Promise<void>): Promise<Answer> {
    if (this.#isWriting) return closing(refuse(503, 'busy'));
    this.#isWriting = true;
    try {
      await work();
      return answerJson(200, { status: 'done', detail: '', result: this.#store.state() });
    } catch (error) {
      if (!(error instanceof LookError || error instanceof BrandingError)) throw error;
      const outcome = { status: 'rejected', code: 'LOOK', detail: error.message };
      return closing(answerJson(200, outcome));
    } finally {
      this.#isWriting = false;
    }
  }
}

const NO_SUCH_METHOD = refuse(405, 'no-such-method');

/** What is left of a body is not read. */
function closing(answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, Connection: 'close' } };
}

/** Undefined where there are too many, or not all came. */
async function readBytes(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > UPLOAD_MAX_BYTES) return undefined;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    // Destroyed, it could not be answered.
    const body: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > UPLOAD_MAX_BYTES) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  } catch {
    return undefined;
  }
}
