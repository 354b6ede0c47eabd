/**
 * Requests about the guests' look: `/look`, `/look/colors`, `/look/logo`, `/look/title`, and `/undo`
 * below each; and files for coming drops: `/look/picture` and `/look/cube`, with their names.
 */
import type { IncomingMessage } from 'node:http';
import { readBody } from '../../../hal/os/limits/read-body.ts';
import { BrandingError } from '../../../pipelines/player/brand/colors.ts';
import { UPLOAD_MAX_BYTES } from '../../model/look.ts';
import { type Answer, answerJson, readJson, refuse } from '../answer.ts';
import type { DropFileKind } from './drop-files.ts';
import { LookError, type LookPart, type LookStore } from './look-store.ts';

/** Returns the name for drops.yaml. Rejects with LookError. */
type SaveDropFile = (kind: DropFileKind, name: string, bytes: Buffer) => Promise<string>;

export class LookAnswers {
  readonly #store: LookStore;
  readonly #saveDropFile: SaveDropFile;
  #isWriting = false;

  constructor(store: LookStore, saveFile: SaveDropFile) {
    this.#store = store;
    this.#saveDropFile = saveFile;
  }

  /** Undefined for a request that is not for it. */
  async answer(request: IncomingMessage, path: string): Promise<Answer | undefined> {
    const { method = '' } = request;
    if (path !== '/look' && !path.startsWith('/look/')) return undefined;
    if (path === '/look') {
      return method === 'GET' ? answerJson(200, this.#store.state()) : NO_SUCH_METHOD;
    }
    const [, kind] = /^\/look\/(picture|cube)$/.exec(path) ?? [];
    if (kind !== undefined) {
      if (method !== 'PUT') return NO_SUCH_METHOD;
      return await this.#once(() => this.#putDropFile(kind as DropFileKind, request));
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
    if (part === 'colors') await this.#store.setColors(await readJson(request));
    else await this.#store.setPicture(part, await readBytes(request));
  }

  async #putDropFile(kind: DropFileKind, request: IncomingMessage) {
    const name = decoded(request.url?.split('?', 2)[1] ?? '');
    return { file: await this.#saveDropFile(kind, name, await readBytes(request)) };
  }

  /** One at a time: decoding takes memory. */
  async #once(work: () => Promise<unknown>): Promise<Answer> {
    if (this.#isWriting) return refuse(503, 'busy');
    this.#isWriting = true;
    try {
      const result = (await work()) ?? this.#store.state();
      return answerJson(200, { status: 'done', detail: '', result });
    } catch (error) {
      if (!(error instanceof LookError || error instanceof BrandingError)) throw error;
      const outcome = { status: 'rejected', code: 'LOOK', detail: error.message };
      return answerJson(200, outcome);
    } finally {
      this.#isWriting = false;
    }
  }
}

const NO_SUCH_METHOD = refuse(405, 'no-such-method');

const TOO_LARGE = 'the file has more than 16 MB';

/** Rejects with LookError where there are too many, or not all came. */
async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const bytes = await readBody(request, UPLOAD_MAX_BYTES).catch(() => undefined);
  if (bytes === undefined) throw new LookError(TOO_LARGE);
  return bytes;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
