/** What people ask for beside commands: settings, files, support, sessions. The crew alone changes things. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { WhipEndpoint } from '../../../pipelines/whip/messages.ts';
import type { Commander, Outcome } from '../../model/commands.ts';
import type { OrderList } from '../../model/orders.ts';
import { hasCamera } from '../../model/phase.ts';
import type { DropPhase } from '../../model/snapshot.ts';
import { type Answer, answerJson, readJson, refuse } from '../answer.ts';
import type { LogTail } from '../log-tail.ts';
import type { Role } from '../sessions.ts';
import type { BrandingAnswers } from './branding-answers.ts';
import type { CertificateAnswers } from './certificate-answers.ts';
import type { LibraryAnswers } from './library-answers.ts';
import { answerOrders } from './order-answers.ts';
import type { SessionList } from './session-list.ts';
import type { SettingsAnswers } from './settings-answers.ts';

export interface CrewDeps {
  readonly settings: SettingsAnswers;
  readonly library: LibraryAnswers;
  readonly look: BrandingAnswers;
  readonly certificate: CertificateAnswers;
  readonly orders: OrderList;
  readonly sessions: SessionList;
  readonly logTail: LogTail;
  readonly commander: Commander;
  readonly testBroker: (signal: AbortSignal) => Promise<Outcome>;
  readonly testUplink: () => Promise<Outcome>;
  /** Camera and sound while nothing else has them. */
  readonly preview: { want(): void; stop(): void } | undefined;
  readonly renderSupport: (signal: AbortSignal) => Promise<string>;
  readonly phase: () => DropPhase;
  /** Undefined where no camera comes by WHIP. */
  readonly whip: () => Pick<WhipEndpoint, 'token'> | undefined;
  /** Undefined where nothing starts the box again. */
  readonly restart: (() => void) | undefined;
  readonly signal: AbortSignal;
}

/** The request is answered first. */
const ANSWER_MS = 500;
const QUERY_CHARS_MAX = 100;
const FOUND_MAX = 200;

/** Hosts have the buttons, and see what is there. */
const CREW_ONLY =
  /^\/(?:settings|look|certificate|support\.txt|restart|sessions|tests(?!\/preview$)|update|camera-access|orders\.csv)(?:\/|$)/;

const updateSchema = v.strictObject({
  version: v.optional(v.pipe(v.string(), v.maxLength(40))),
  back: v.optional(v.boolean()),
  stop: v.optional(v.boolean()),
  isDryRun: v.optional(v.boolean(), false),
});

const previewSchema = v.strictObject({ isOn: v.boolean() });

export class CrewAnswers {
  readonly #deps: CrewDeps;
  #isCollecting = false;

  constructor(deps: CrewDeps) {
    this.#deps = deps;
  }

  /** Undefined for a request that is not for it; `sent` where the answer was sent. */
  async answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    by: { readonly session: string; readonly role: Role },
  ): Promise<Answer | 'sent' | undefined> {
    const isCrewOnly = CREW_ONLY.test(path) || request.method === 'DELETE';
    if (isCrewOnly && by.role !== 'crew') return refuse(403, 'crew-only');
    const { settings, library, look, certificate, sessions, logTail } = this.#deps;
    switch (`${request.method} ${path}`) {
      case 'GET /support.txt':
        return await this.#support();
      case 'GET /camera-access':
        return this.#cameraAccess();
      case 'POST /tests/broker':
        return answerJson(200, await this.#deps.testBroker(this.#deps.signal));
      case 'POST /tests/uplink':
        return answerJson(200, await this.#deps.testUplink());
      case 'POST /tests/preview':
        return this.#preview(await readJson(request));
      case 'POST /update':
        return await this.#update(await readJson(request));
      case 'POST /restart':
        return this.#restart();
      case 'GET /log':
        return answerJson(200, logTail.find(queryOf(request), FOUND_MAX));
    }
    return (
      (await answerOrders(this.#deps.orders, `${request.method} ${path}`, queryOf(request))) ??
      (await settings.answer(request, path)) ??
      (await library.answer(request, response, path, by.session)) ??
      (await look.answer(request, path)) ??
      (await certificate.answer(request, path)) ??
      sessions.answer(request, path, by.session)
    );
  }

  async #support(): Promise<Answer> {
    if (this.#isCollecting) return refuse(503, 'busy');
    this.#isCollecting = true;
    try {
      const body = await this.#deps.renderSupport(this.#deps.signal);
      const headers = { 'Content-Disposition': 'attachment; filename="venuebox-support.txt"' };
      return { status: 200, type: 'text/plain; charset=utf-8', body, headers };
    } finally {
      this.#isCollecting = false;
    }
  }

  /** What a phone or OBS needs to send its picture. */
  #cameraAccess(): Answer {
    const whip = this.#deps.whip();
    if (whip === undefined) return refuse(404, 'not-here');
    return answerJson(200, { path: '/whip', token: whip.token });
  }

  /** It goes on when its page is closed; the page sees in the state how it goes. */
  async #update(body: unknown): Promise<Answer> {
    const parsed = v.safeParse(updateSchema, body);
    if (!parsed.success) return refuse(400, 'bad-request');
    const { commander, signal } = this.#deps;
    const { isDryRun, ...args } = parsed.output;
    const command = { verb: 'update', args, by: 'page', isDryRun } as const;
    return answerJson(200, await commander.run(command, () => undefined, signal));
  }

  #preview(body: unknown): Answer {
    const parsed = v.safeParse(previewSchema, body);
    if (!parsed.success) return refuse(400, 'bad-request');
    if (parsed.output.isOn) this.#deps.preview?.want();
    else this.#deps.preview?.stop();
    return answerJson(200, {});
  }

  #restart(): Answer {
    const { restart, phase } = this.#deps;
    if (restart === undefined) return refuse(409, 'no-supervisor');
    const isOnAir = () => hasCamera(phase());
    if (isOnAir()) return refuse(409, 'on-air');
    // Somebody may have armed a drop meanwhile.
    setTimeout(() => isOnAir() || restart(), ANSWER_MS);
    return answerJson(200, {});
  }
}

function queryOf({ url = '' }: IncomingMessage): string {
  const query = new URL(url, 'http://box').searchParams.get('q') ?? '';
  return query.slice(0, QUERY_CHARS_MAX);
}
