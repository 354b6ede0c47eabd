/** Requests for clips that wait for an answer of the clips process. */
import { unlessAborted } from '../../hal/os/async.ts';
import type { FromClips } from './messages.ts';

export type ClipAnswer = Extract<FromClips, { type: 'clip' | 'clip-failed' }>;

export class ClipRequests {
  readonly #waiting = new Map<number, (answer: ClipAnswer) => void>();
  #count = 0;

  /** @param send Sends the request under this number. */
  async ask(send: (request: number) => void, signal: AbortSignal): Promise<ClipAnswer> {
    this.#count += 1;
    const request = this.#count;
    const answered = new Promise<ClipAnswer>((resolve) => this.#waiting.set(request, resolve));
    send(request);
    try {
      return await unlessAborted(answered, signal);
    } finally {
      this.#waiting.delete(request);
    }
  }

  answer(answer: ClipAnswer): void {
    this.#waiting.get(answer.request)?.(answer);
  }

  /** The process has ended: all that wait get this reason. */
  fail(reason: string): void {
    for (const [request, answer] of this.#waiting) answer({ type: 'clip-failed', request, reason });
  }
}
