/** Signing in and out: `/session` by GET, POST and DELETE. */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { type Answer, answerJson, readJson, refuse } from './answer.ts';
import { clientKey, readCookie } from './guard.ts';
import type { SignIn } from './sign-in.ts';

export interface SessionDeps {
  readonly signIn: SignIn;
  /** Ends the pages of a session. */
  readonly onEnd: (session: string) => void;
  readonly isTls: boolean;
  /** Part of the cookie's name: cookies ignore ports, and two boxes may share a host. */
  readonly port: number;
  readonly sessionS: number;
}

const pinSchema = v.strictObject({ pin: v.pipe(v.string(), v.maxLength(64)) });

export class SessionAnswers {
  readonly #deps: SessionDeps;
  readonly #cookie: string;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    this.#cookie = `${deps.isTls ? '__Host-' : ''}venuebox-${deps.port}`;
  }

  /** The session of a request. */
  find(request: IncomingMessage): string | undefined {
    return this.#deps.signIn.use(readCookie(request.headers.cookie, this.#cookie));
  }

  async answer(request: IncomingMessage): Promise<Answer> {
    const session = this.find(request);
    const address = clientKey(request.socket.remoteAddress);
    switch (request.method) {
      case 'GET': {
        const refusal = this.#deps.signIn.refusal(address) ?? null;
        return answerJson(200, { isSignedIn: session !== undefined, refusal });
      }
      case 'POST':
        return await this.#answerPin(await readJson(request), address, session);
      case 'DELETE':
        this.#end(session);
        return answerJson(200, {}, this.#setCookie('', 0));
      default:
        return refuse(405, 'no-such-method');
    }
  }

  async #answerPin(body: unknown, address: string, before: string | undefined): Promise<Answer> {
    const parsed = v.safeParse(pinSchema, body);
    if (!parsed.success) return refuse(400, 'bad-request');
    const outcome = await this.#deps.signIn.tryPin(parsed.output.pin, address);
    if ('session' in outcome) {
      this.#end(before);
      return answerJson(200, {}, this.#setCookie(outcome.session, this.#deps.sessionS));
    }
    const status = { 'wrong-pin': 401, wait: 429, locked: 429, busy: 503 }[outcome.error];
    const retryAfter = { 'Retry-After': String(Math.ceil(outcome.waitMs / 1000)) };
    return answerJson(status, outcome, retryAfter);
  }

  #end(session: string | undefined): void {
    if (session === undefined) return;
    this.#deps.signIn.end(session);
    this.#deps.onEnd(session);
  }

  #setCookie(value: string, maxAgeS: number) {
    const secure = this.#deps.isTls ? '; Secure' : '';
    const rest = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeS}${secure}`;
    return { 'Set-Cookie': `${this.#cookie}=${value}; ${rest}` };
  }
}
