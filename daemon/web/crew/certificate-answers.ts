/** Requests about the certificate that the crew uploads: `/certificate`. */
import type { IncomingMessage } from 'node:http';
import { type Answer, answerJson, readInTime, refuse } from '../answer.ts';
import type { CertificateStore } from './certificate-store.ts';

/** A long chain with its key has 20 kB. */
const BODY_MAX_BYTES = 64 * 1024;

export class CertificateAnswers {
  readonly #store: CertificateStore;
  #isWriting = false;

  constructor(store: CertificateStore) {
    this.#store = store;
  }

  /** Undefined for a request that is not for it. */
  async answer(request: IncomingMessage, path: string): Promise<Answer | undefined> {
    if (path !== '/certificate') return undefined;
    switch (request.method) {
      case 'GET':
        return answerJson(200, await this.#store.state());
      case 'PUT':
        return await this.#once(() => this.#put(request));
      case 'DELETE':
        return await this.#once(() => this.#store.remove());
      default:
        return refuse(405, 'no-such-method');
    }
  }

  async #put(request: IncomingMessage) {
    const bytes = await readInTime(request, BODY_MAX_BYTES).catch(() => undefined);
    const isTry = new URL(request.url ?? '', 'http://box').searchParams.has('isTry');
    if (bytes !== undefined) return await this.#store.put(bytes.toString('latin1'), isTry);
    return { status: 'rejected', fault: 'no-certificate' } as const;
  }

  async #once(work: () => Promise<unknown>): Promise<Answer> {
    if (this.#isWriting) return refuse(503, 'busy');
    this.#isWriting = true;
    try {
      return answerJson(200, await work());
    } finally {
      this.#isWriting = false;
    }
  }
}
