/** Signing in and out: `/session` by GET, POST and DELETE. */
import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { plainAddress } from '../../hal/os/tcp/plain-address.ts';
import { addressKeyOf } from '../../pipelines/http/clients/address-key.ts';
import type { KnownDevices } from './access/devices.ts';
import { type Answer, answerJson, readJson, refuse } from './answer.ts';
import { ownCookie, readCookie } from './guard.ts';
import type { Client } from './lockout.ts';
import type { SignInRefusal } from './protocol.ts';
import type { OpenSession, Role } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

export interface SessionDeps {
  readonly signIn: SignIn;
  readonly devices: KnownDevices;
  /** Ends the pages of a session. */
  readonly onEnd: (session: string) => void;
  /** Somebody has typed a PIN that is right. */
  readonly onPin?: (request: IncomingMessage) => void;
  readonly isTls: boolean;
  /** Part of the cookie's name: cookies ignore ports, and two boxes may share a host. */
  readonly port: number;
  readonly sessionS: number;
}

/** Browsers keep no cookie for longer. */
const DEVICE_S = 400 * 86_400;

const pinSchema = v.strictObject({ pin: v.pipe(v.string(), v.maxLength(64)) });

export class SessionAnswers {
  readonly #deps: SessionDeps;
  readonly #cookie: string;
  readonly #deviceCookie: string;

  constructor(deps: SessionDeps) {
    this.#deps = deps;
    const prefix = deps.isTls ? '__Host-' : '';
    this.#cookie = `${prefix}venuebox-${deps.port}`;
    this.#deviceCookie = `${prefix}venuebox-device-${deps.port}`;
  }

  /** The session of a request. */
  find(request: IncomingMessage): string | undefined {
    return this.#deps.signIn.use(readCookie(request.headers.cookie, this.#cookie));
  }

  async answer(request: IncomingMessage): Promise<Answer> {
    const session = this.find(request);
    const client = this.#clientOf(request);
    // Before the body is read: one that is too long ends the connection.
    const from = fromOf(request);
    switch (request.method) {
      case 'GET': {
        const refusal = this.#deps.signIn.refusal(client) ?? null;
        const role = session === undefined ? null : this.#deps.signIn.roleOf(session);
        return answerJson(200, { isSignedIn: session !== undefined, refusal, role });
      }
      case 'POST':
        return await this.#answerPin(await readJson(request), request, { client, session, from });
      case 'DELETE':
        this.#end(session);
        return answerJson(200, {}, { 'Set-Cookie': this.#setCookie(this.#cookie, '', 0) });
      default:
        return refuse(405, 'no-such-method');
    }
  }

  /** The cookie of a new session without a PIN, for the set-up: one phone at a time. */
  enter(request: IncomingMessage): string {
    for (const { key } of this.list()) this.#end(key);
    const session = this.#deps.signIn.openSession(fromOf(request));
    return this.#setCookie(this.#cookie, session, this.#deps.sessionS);
  }

  list(): readonly OpenSession[] {
    return this.#deps.signIn.list();
  }

  /** Ends a session and its pages. */
  readonly end = (session: string): void => this.#end(session);

  roleOf(session: string): Role {
    return this.#deps.signIn.roleOf(session);
  }

  /** Asks for the PIN once more; undefined where it is right. Each try counts as one to sign in. */
  async confirmPin(pin: string, request: IncomingMessage): Promise<SignInRefusal | undefined> {
    const { signIn } = this.#deps;
    const outcome = await signIn.tryPin(pin, this.#clientOf(request));
    if (!('session' in outcome)) return outcome;
    const session = signIn.use(outcome.session);
    if (session !== undefined) signIn.end(session);
    return undefined;
  }

  /** Whether the client has signed in now, or at some time before. */
  isCrew(request: IncomingMessage): boolean {
    return this.#clientOf(request).isDevice || this.find(request) !== undefined;
  }

  #clientOf(request: IncomingMessage): Client {
    const device = this.#deps.devices.idOf(readCookie(request.headers.cookie, this.#deviceCookie));
    if (device !== undefined) return { key: `device ${device}`, isDevice: true };
    return { key: addressKeyOf(request.socket.remoteAddress), isDevice: false };
  }

  async #answerPin(
    body: unknown,
    request: IncomingMessage,
    before: {
      readonly client: Client;
      readonly session: string | undefined;
      readonly from: string;
    },
  ): Promise<Answer> {
    const { client, from } = before;
    const parsed = v.safeParse(pinSchema, body);
    if (!parsed.success) return refuse(400, 'bad-request');
    const outcome = await this.#deps.signIn.tryPin(parsed.output.pin, client, from);
    if ('session' in outcome) {
      this.#deps.onPin?.(request);
      this.#end(before.session);
      const session = this.#setCookie(this.#cookie, outcome.session, this.#deps.sessionS);
      const device = this.#setCookie(this.#deviceCookie, this.#deps.devices.issue(), DEVICE_S);
      return answerJson(200, {}, { 'Set-Cookie': [session, device] });
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

  #setCookie(name: string, value: string, maxAgeS: number): string {
    return ownCookie(name, value, maxAgeS, this.#deps.isTls);
  }
}

const DEVICES = ['iPhone', 'iPad', 'Android', 'Windows', 'Macintosh', 'Linux'] as const;

/** The device as people know it, and its address. */
function fromOf({ headers, socket }: IncomingMessage): string {
  const agent = headers['user-agent'] ?? '';
  const device = DEVICES.find((one) => agent.includes(one)) ?? 'device';
  return `${device === 'Macintosh' ? 'Mac' : device}, ${plainAddress(socket.remoteAddress)}`;
}
