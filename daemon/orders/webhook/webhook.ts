/** Answers a webhook: `POST /orders/webhook`. */
import type { IncomingMessage } from 'node:http';
import { withTimeout } from '../../../hal/os/async.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import { LogLimit } from '../../../hal/os/limits/log-limit.ts';
import { readBody } from '../../../hal/os/limits/read-body.ts';
import { type TokenBucket, takeFrom } from '../../../hal/os/limits/token-bucket.ts';
import { type Log, messageOf } from '../../../hal/os/log.ts';
import type { OrderIntake, OrderOutcome, WebhookAnswer } from '../../model/orders.ts';
import { readPayload } from './payload.ts';
import { Replays } from './replays.ts';
import type { Secrets } from './secrets.ts';
import { type Scheme, verify } from './signature.ts';

export interface WebhookDeps {
  readonly scheme: Scheme;
  readonly secrets: () => Secrets;
  readonly service: OrderIntake;
  /** The clock is known not to be synchronised: a message that seems late may not be. */
  readonly isClockFree: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** An event of a payment service has 5 to 20 KB. */
const BODY_MAX_BYTES = 65_536;
const RUNNING_MAX = 256;
const RATE = { perS: 500, max: 2_000 } as const;
/** One who sends its message slowly holds a place for so long. */
const BODY_MS = 3_000;
/** A sender waits some 15 s; then it sends again. */
const ANSWER_MS = 10_000;
/** Until the clock may be set; a sender tries for hours. */
const CLOCK_RETRY_S = 60;

export class Webhook {
  readonly #deps: WebhookDeps;
  readonly #bucket: TokenBucket = { left: RATE.max, atMs: 0 };
  readonly #replays = new Replays();
  #running = 0;
  readonly #refusals: LogLimit;
  readonly #ignored: LogLimit;

  constructor(deps: WebhookDeps) {
    this.#deps = deps;
    const now = deps.clock.monotonicMs.bind(deps.clock);
    this.#refusals = new LogLimit(now);
    this.#ignored = new LogLimit(now);
  }

  /** Never rejects. */
  async answer(request: IncomingMessage): Promise<WebhookAnswer> {
    if (request.method !== 'POST') return refuse(405, 'post-only');
    if (this.#running >= RUNNING_MAX) return refuse(429, 'too-many', 1);
    this.#running += 1;
    try {
      const { clock } = this.#deps;
      const timeoutError = () => new Error('the message did not come');
      const limit = { clock, timeoutMs: BODY_MS, timeoutError };
      const body = await withTimeout(() => readBody(request, BODY_MAX_BYTES), limit);
      const answer = body === undefined ? refuse(413, 'too-long') : await this.#take(request, body);
      if (answer.status >= 400) this.#logRefusal(answer.status, answer.body);
      return answer;
    } catch (error) {
      const answer = refuse(503, 'unavailable', 5);
      // One who goes away is no fault.
      const isGone = request.destroyed && !request.complete;
      if (!isGone) this.#logRefusal(answer.status, { error: messageOf(error) });
      return answer;
    } finally {
      this.#running -= 1;
    }
  }

  async #take(request: IncomingMessage, body: Buffer): Promise<WebhookAnswer> {
    const { scheme, secrets: read, clock, isClockFree } = this.#deps;
    const secrets = read();
    if ('fault' in secrets) return refuse(503, secrets.fault, 60);
    const header = (name: string) => {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(',') : value;
    };
    const verified = verify(scheme, header, body, secrets.secrets, clock.wallMs() / 1000);
    const isLate = verified.type === 'bad' && verified.reason === 'late';
    if (isLate && isClockFree()) return refuse(503, 'clock-not-set', CLOCK_RETRY_S);
    if (verified.type === 'bad') return refuse(isLate ? 400 : 401, verified.reason);
    if (this.#replays.has(verified.mark)) return refuse(409, 'replayed');
    return { ...(await this.#takeSigned(body, verified.mark)), isSigned: true };
  }

  async #takeSigned(body: Buffer, mark: string): Promise<WebhookAnswer> {
    const { scheme, service, clock } = this.#deps;
    // Strangers do not use up what those who sign may send.
    if (takeFrom(this.#bucket, 1, RATE, clock.monotonicMs()) === 0)
      return refuse(429, 'too-many', 1);
    const payload = readPayload(scheme, body);
    if ('ignored' in payload) {
      if (payload.isPaid === true) this.#logIgnored(payload.ignored);
      return { status: 200, body: { status: 'ignored' } };
    }
    // The order service reports a payment that it cannot take.
    const request = 'fault' in payload ? payload.paid : payload.request;
    if (request === undefined) return refuse(422, 'fault' in payload ? payload.fault : '');
    const timeoutError = () => new Error('the disk does not answer');
    const outcome = await withTimeout(() => service.take(request), {
      ...{ clock, timeoutMs: ANSWER_MS, timeoutError },
    });
    if (outcome.status !== 'unavailable') {
      this.#replays.note(mark, clock.monotonicMs());
    }
    return answerOf(outcome);
  }

  /** Another shop with the same account may have made it, or this one forgot what it sells. */
  #logIgnored(reason: string): void {
    const ignored = this.#ignored.count();
    if (ignored !== undefined) {
      this.#deps.log.warn('paid sessions are no orders of this box', { ignored, reason });
    }
  }

  #logRefusal(status: number, facts: WebhookAnswer['body']): void {
    const refused = this.#refusals.count();
    if (refused === undefined) return;
    this.#deps.log.warn('order webhooks refused', { refused, status, ...facts });
  }
}

/** What is settled is 200, also where the order got nothing: sending it again would not help. */
function answerOf(outcome: OrderOutcome): WebhookAnswer {
  switch (outcome.status) {
    case 'invalid':
      return refuse(422, outcome.detail);
    case 'stale':
      return refuse(409, 'older-than-known');
    case 'unavailable':
      return refuse(503, 'unavailable', 5);
    default:
      return { status: 200, body: { ...outcome } };
  }
}

function refuse(status: number, error: string, retryAfterS?: number): WebhookAnswer {
  return { status, body: { error }, ...(retryAfterS === undefined ? {} : { retryAfterS }) };
}
