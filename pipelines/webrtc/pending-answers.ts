/** Answers of another process that are waited for, by the number of their request. */

export interface AnswerLimits {
  /** No more are asked for at once. */
  readonly max: number;
  /** It answers sooner, or not at all. */
  readonly maxMs: number;
}

export class PendingAnswers<Answer> {
  readonly #limits: AnswerLimits;
  readonly #waiting = new Map<number, (answer: Answer | undefined) => void>();
  #last = 0;

  constructor(limits: AnswerLimits) {
    this.#limits = limits;
  }

  /** Resolves with undefined where none comes. */
  ask(send: (request: number) => void): Promise<Answer | undefined> {
    if (this.#waiting.size >= this.#limits.max) return Promise.resolve(undefined);
    this.#last += 1;
    const request = this.#last;
    return new Promise((resolve) => {
      const settle = (answer: Answer | undefined) => {
        clearTimeout(timer);
        this.#waiting.delete(request);
        resolve(answer);
      };
      const timer = setTimeout(settle, this.#limits.maxMs, undefined);
      this.#waiting.set(request, settle);
      send(request);
    });
  }

  readonly settle = (request: number, answer: Answer): void => {
    this.#waiting.get(request)?.(answer);
  };
}
