/** The session at the box: an offer makes it (RFC 9725 §4.2), and it is deleted when the page leaves. */

import { timeoutSignal } from '../signals.ts';
import { WhepFailed } from './tries.ts';

const ANSWER_MAX_MS = 1_500;
/** Where the box does not say, or says something else. */
const BUSY_S = { usual: 5, max: 60 };

export class WhepResource {
  readonly #endpoint: URL;
  readonly #authorization: Readonly<Record<string, string>>;
  #location: URL | undefined;
  #hasLeft = false;

  constructor(endpoint: URL, authorization: Readonly<Record<string, string>>) {
    this.#endpoint = endpoint;
    this.#authorization = authorization;
  }

  /**
   * Resolves with the answer; rejects with {@link WhepFailed} where the box refuses. In the room the
   * box needs no address of this device: it answers where packets come from.
   */
  async offer(sdp: string): Promise<string> {
    const response = await fetch(this.#endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/sdp', ...this.#authorization },
      body: sdp,
      signal: timeoutSignal(ANSWER_MAX_MS),
    });
    if (response.status !== 201) throw failureOf(this.#endpoint, response);
    const location = response.headers.get('Location');
    if (location !== null) this.#location = new URL(location, this.#endpoint);
    const answer = await response.text();
    addEventListener('pagehide', this.leave);
    // It was called off while the answer was on its way.
    if (this.#hasLeft) this.leave();
    return answer;
  }

  /** The box need not wait until it notices. */
  readonly leave = (): void => {
    this.#hasLeft = true;
    removeEventListener('pagehide', this.leave);
    const location = this.#location;
    this.#location = undefined;
    if (location === undefined) return;
    const headers = this.#authorization;
    fetch(location, { method: 'DELETE', keepalive: true, headers }).catch(() => undefined);
  };
}

function failureOf({ pathname }: URL, { status, headers }: Response): WhepFailed {
  const after = headers.get('Retry-After');
  const message = `${pathname}: ${status}`;
  if (status === 429) {
    const afterS = Number(after) || BUSY_S.usual;
    return new WhepFailed(message, 'busy', Math.min(afterS, BUSY_S.max) * 1_000);
  }
  // It says so where it expects to answer in a moment.
  const isStarting = status === 503 && after === '1';
  return new WhepFailed(message, isStarting ? 'starting' : 'refused');
}
