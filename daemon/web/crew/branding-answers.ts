/**
 * Requests about the guests’ branding: `/look`, `/look/colors`, `/look/logo`, `/look/title`, and `/undo`
 * below each; and files for coming drops: `/look/picture` and `/look/cube`, with their names.
 */
import type { IncomingMessage } from 'node:http';
import { turns } from '../../../hal/os/async.ts';
import { BrandingError } from '../../../pipelines/player/brand/colors.ts';
import { UPLOAD_MAX_BYTES, UPLOAD_MS } from '../../model/look.ts';
import { type Answer, answerJson, readInTime, readJson, refuse } from '../answer.ts';
import { type BrandingPart, type BrandingStore, BrandingUploadError } from './branding-store.ts';
import type { DropFileKind } from './drop-files.ts';

/** Returns the name for drops.yaml. Rejects with BrandingUploadError. */
type SaveDropFile = (kind: DropFileKind, name: string, bytes: Buffer) => Promise<string>;

/** They are in memory, 16 MB each, until they are decoded and saved. */
const UPLOADS_MAX = 3;

export class BrandingAnswers {
  readonly #store: BrandingStore;
  readonly #saveDropFile: SaveDropFile;
  readonly #uploadMs: number;
  /** One at a time: decoding takes memory. */
  readonly #inTurn = turns();
  #uploads = 0;

  constructor(store: BrandingStore, saveFile: SaveDropFile, uploadMs = UPLOAD_MS) {
    this.#store = store;
    this.#saveDropFile = saveFile;
    this.#uploadMs = uploadMs;
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
      return await this.#upload(request, async (bytes) => {
        const name = decoded(request.url?.split('?', 2)[1] ?? '');
        return { file: await this.#saveDropFile(kind as DropFileKind, name, bytes) };
      });
    }
    const [, named, undo] = /^\/look\/(colors|logo|title)(\/undo)?$/.exec(path) ?? [];
    if (named === undefined) return refuse(404, 'not-here');
    const part = named as BrandingPart;
    if (undo !== undefined) {
      if (method !== 'POST') return NO_SUCH_METHOD;
      return await this.#change(() => this.#store.undo(part));
    }
    if (method === 'GET' && part !== 'colors') return this.#picture(part);
    if (method === 'PUT') return await this.#put(part, request);
    if (method === 'DELETE') return await this.#change(() => this.#store.remove(part));
    return NO_SUCH_METHOD;
  }

  #picture(part: 'logo' | 'title'): Answer {
    const file = this.#store.picture(part);
    if (file === undefined) return refuse(404, 'not-here');
    return { status: 200, type: file.type, body: file.bytes };
  }

  async #put(part: BrandingPart, request: IncomingMessage): Promise<Answer> {
    if (part !== 'colors') {
      return await this.#upload(request, (bytes) => this.#store.setPicture(part, bytes));
    }
    const colors = await readJson(request);
    return await this.#change(() => this.#store.setColors(colors));
  }

  /** One that comes slowly, or no further, keeps nobody else waiting. */
  async #upload(request: IncomingMessage, use: (bytes: Buffer) => Promise<unknown>) {
    if (this.#uploads >= UPLOADS_MAX) return refuse(503, 'busy');
    this.#uploads += 1;
    try {
      const file = await readInTime(request, UPLOAD_MAX_BYTES, this.#uploadMs)
        .then((bytes) => bytes ?? TOO_LARGE)
        .catch(() => INCOMPLETE);
      return typeof file === 'string' ? rejected(file) : await this.#change(() => use(file));
    } finally {
      this.#uploads -= 1;
    }
  }

  async #change(work: () => Promise<unknown>): Promise<Answer> {
    try {
      const result = (await this.#inTurn(work)) ?? this.#store.state();
      return answerJson(200, { status: 'done', detail: '', result });
    } catch (error) {
      if (!(error instanceof BrandingUploadError || error instanceof BrandingError)) throw error;
      return rejected(error.message);
    }
  }
}

const NO_SUCH_METHOD = refuse(405, 'no-such-method');

const TOO_LARGE = 'the file has more than 16 MB';
const INCOMPLETE = 'not all of the file came in time: send it again, nearer to the Wi-Fi';

function rejected(detail: string): Answer {
  return answerJson(200, { status: 'rejected', code: 'LOOK', detail });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
