/** Clips and recordings for the crew: the list, downloads, and what is deleted. */
import type { FileHandle } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { halErrorOf } from '../../../hal/os/errors.ts';
import { type Answer, answerJson, refuse } from '../answer.ts';
import { Downloads } from './download.ts';
import type { Library } from './library.ts';

const CLIP = /^\/library\/clips\/([\w-]{11})$/;
const RECORDING = /^\/library\/recordings\/([a-z0-9-]{1,32})\/([\w.-]{1,60})$/;

export class LibraryAnswers {
  readonly #library: Library;
  readonly #downloads = new Downloads();

  constructor(library: Library) {
    this.#library = library;
  }

  /** Undefined for a request that is not for it; `sent` where a file was sent. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    session: string,
  ): Promise<Answer | 'sent' | undefined> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (path === '/library' && method === 'GET') return answerJson(200, await this.#library.list());
    const clip = CLIP.exec(path)?.[1];
    const [, target, name] = RECORDING.exec(path) ?? [];
    if (clip !== undefined && method === 'GET') {
      const file = this.#library.openClip(clip);
      return await this.#send(request, response, file, {
        ...{ saveAs: `clip-${clip}.mp4`, session },
      });
    }
    if (clip !== undefined && method === 'DELETE') {
      return await deleted(this.#library.deleteClip(clip).then(() => true));
    }
    if (target === undefined || name === undefined) return undefined;
    if (method === 'GET') {
      const file = this.#library.openRecording(target, name);
      return await this.#send(request, response, file, {
        ...{ saveAs: `${name}.mp4`, session },
      });
    }
    if (method === 'DELETE') return await deleted(this.#library.deleteRecording(target, name));
    return undefined;
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    opening: Promise<FileHandle>,
    by: { readonly saveAs: string; readonly session: string },
  ): Promise<Answer | 'sent'> {
    const file = await opening.catch(() => undefined);
    if (file === undefined) return refuse(404, 'not-here');
    const isSent = await this.#downloads.send(request, response, file, by);
    return isSent ? 'sent' : refuse(503, 'busy');
  }
}

/** @param done False for what is still being written. */
async function deleted(done: Promise<boolean>): Promise<Answer> {
  return await done.then(
    (isDone) => (isDone ? answerJson(200, {}) : refuse(409, 'being-written')),
    (error: unknown) =>
      halErrorOf(error, 'delete').code === 'NOT_FOUND'
        ? refuse(404, 'not-here')
        : refuse(503, 'not-deleted'),
  );
}
